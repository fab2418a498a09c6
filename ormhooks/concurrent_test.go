package ormhooks_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// One schema and one source serve every goroutine, while keys come and are promoted.
func TestOneSchemaAndOneSourceServeManyGoroutines(t *testing.T) {
	live := keys.NewLive(celltest.Ring(t), nil)
	d := newDoor(t, boundRow[int64]{}, people{}).with(live)
	rounds := 40
	if testing.Short() {
		rounds = 10
	}
	errs := make(chan error, 16)
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() { errs <- work(d, worker, rounds) })
	}
	for range rounds {
		ring, id := added(t, live.Ring())
		live.Swap(promoted(t, ring, id))
	}
	all.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
}

func work(d door, worker, rounds int) error {
	for round := range rounds {
		id := int64(worker*rounds + round + 1)
		rows := []*boundRow[int64]{{ID: id}, {ID: -id}}
		for _, row := range rows {
			row.set()
		}
		p := person(id, fmt.Sprint(id, "@example.com"), canary)
		if err := ormhooks.Seal(ctx, d.source, d.Schema, &rows); err != nil {
			return err
		}
		if err := ormhooks.Seal(ctx, d.source, d.Schema, p); err != nil {
			return err
		}
		v, err := rows[1].Note.Value()
		if err != nil {
			return err
		}
		back := &boundRow[int64]{ID: -id}
		if err := back.Note.Scan(v); err != nil {
			return err
		}
		if err := ormhooks.Open(ctx, d.source, d.Schema, back); err != nil {
			return err
		}
		if back.Note.Get() != canary {
			return fmt.Errorf("row %d holds something else", id)
		}
		if _, err := ormhooks.Match(ctx, d.source, d.Schema, "people", "email__eq", fmt.Sprint(id)); err != nil {
			return err
		}
	}
	return nil
}

// Copies of a sealed row may be read by many goroutines while each goes its own way.
func TestCopiesOfARowAreUsedAtTheSameTime(t *testing.T) {
	d := newDoor(t, boundRow[int64]{})
	row := boundRow[int64]{ID: 1}
	row.set()
	d.seal(t, &row)
	var all sync.WaitGroup
	for i := range 8 {
		mine := row
		all.Go(func() {
			_ = fmt.Sprint(mine.Note)
			if i%2 == 0 {
				mine.Note.Set("mine")
			}
			if err := ormhooks.Seal(ctx, d.source, d.Schema, &mine); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	require.Equal(t, canary, row.Note.Get())
}
