package cell

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
)

// These tests mean most under -race.

const goroutines = 16

// inParallel runs f in 16 goroutines and fails with the first error.
func inParallel(t *testing.T, f func(worker int) error) {
	t.Helper()
	errs := make(chan error, goroutines)
	var wg sync.WaitGroup
	for worker := range goroutines {
		wg.Go(func() { errs <- f(worker) })
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
}

// Rings are swapped 1 000 times while 16 goroutines write cells for one another.
// All rings share their keys and differ in their primaries, as during a
// rotation, so no cell is ever unreadable.
func TestSealAndOpenWhileRingsRotate(t *testing.T) {
	rings := rotatingRings(t)
	live := keys.NewLive(rings[0], nil)
	const swaps = 1000
	var cells, swapped atomic.Int64
	stop := make(chan struct{})
	var swapper sync.WaitGroup
	swapper.Go(func() {
		defer close(stop)
		for i := range swaps {
			before := cells.Load()
			live.Swap(rings[(i+1)%len(rings)])
			swapped.Add(1)
			for cells.Load() == before && !t.Failed() { // at least one cell between two swaps
				runtime.Gosched()
			}
		}
	})

	letters := make(chan letter, 4*goroutines)
	inParallel(t, func(worker int) error {
		column := fmt.Sprintf("patients.c%d", worker%3)
		for n := 0; ; n++ {
			select {
			case <-stop:
				return nil
			default:
			}
			id := RowID(BindInt("id", int64(n%5)))
			d, err := live.Cells(t.Context(), homePath...)
			if err != nil {
				return err
			}
			if err := exchange(d, id, column, n, letters); err != nil {
				t.Fail() // the swapper must not wait for ever
				return err
			}
			cells.Add(1)
		}
	})
	swapper.Wait()
	require.EqualValues(t, swaps, swapped.Load())
	require.GreaterOrEqual(t, cells.Load(), swapped.Load())
}

// rotatingRings share three keys; each has another primary.
func rotatingRings(t *testing.T) []*keys.Ring {
	ring, err := keys.NewRing()
	require.NoError(t, err)
	ks := ring.CellKeys()
	ids := []uint32{ks.Primary()}
	for range 2 {
		next, id, err := ks.Add()
		require.NoError(t, err)
		ks, ids = next, append(ids, id)
	}
	var rings []*keys.Ring
	for _, id := range ids {
		promoted, err := ks.Promote(id)
		require.NoError(t, err)
		rotated, err := ring.WithCellKeys(promoted)
		require.NoError(t, err)
		require.Equal(t, id, rotated.CellKeys().Primary())
		rings = append(rings, rotated)
	}
	return rings
}

// A letter is what one goroutine wrote and any other must be able to read.
type letter struct {
	id                []byte
	column            string
	bound             bool
	sealed            []byte
	ciphertext, token []byte
	plaintext         string
}

// exchange writes a letter and reads one, its own or another's.
func exchange(d *keys.Derived, id []byte, column string, n int, letters chan letter) error {
	l := letter{id: id, column: column, bound: n%4 != 0, plaintext: fmt.Sprintf("secret %d", n)}
	row := kind{bound: l.bound}.row(d, id)
	l.sealed = row.Seal(column, []byte(l.plaintext))
	l.ciphertext, l.token = row.Protect(column, []byte(l.plaintext))
	select {
	case letters <- l:
	default:
	}
	select {
	case l = <-letters:
	default:
	}
	row = kind{bound: l.bound}.row(d, l.id)
	for range 2 {
		out, err := row.Open(l.column, l.sealed)
		if err != nil || string(out) != l.plaintext {
			return fmt.Errorf("Open: %q, %w", out, err)
		}
		out, err = row.OpenProtected(l.column, l.ciphertext, l.token)
		if err != nil || string(out) != l.plaintext {
			return fmt.Errorf("OpenProtected: %q, %w", out, err)
		}
	}
	return nil
}

// One Row for all goroutines, with cells under the primary and under an older
// key, so that both are derived by whoever comes first.
func TestOneRowInManyGoroutines(t *testing.T) {
	older := derive(t, ringOf(t, secondKey), homePath...)
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			old := k.seal(k.row(older, homeRow), homeColumn, []byte("an old secret"))
			for range 50 {
				row := k.row(home(t), homeRow) // nothing is derived yet
				inParallel(t, func(worker int) error {
					want, sealed := "a secret", old
					if worker%2 == 0 {
						sealed = k.seal(row, homeColumn, []byte(want))
					} else {
						want = "an old secret"
					}
					out, err := row.Open(homeColumn, slices.Clone(sealed))
					if err != nil || string(out) != want {
						return fmt.Errorf("Open: %q, %w", out, err)
					}
					imprinted, err := row.Imprint(homeColumn, []byte("0123456789012345"), &ImprintOptions{Alphabet: Digits})
					if err != nil {
						return err
					}
					out, err = row.Reveal(homeColumn, imprinted, &ImprintOptions{Alphabet: Digits})
					if err != nil || string(out) != "0123456789012345" {
						return fmt.Errorf("Reveal: %q, %w", out, err)
					}
					_ = fmt.Sprintf("%v %+v %#v", row, row, row)
					return nil
				})
			}
		})
	}
}

// New columns turn up in many goroutines at once, some of them in two.
func TestManyColumnsInManyGoroutines(t *testing.T) {
	d := home(t)
	inParallel(t, func(worker int) error {
		row := NewRow(d, homeRow)
		for n := range 400 {
			column := fmt.Sprintf("patients.c%d", (worker+1)/2*300+n)
			out, err := row.Open(column, row.Seal(column, []byte("a secret")))
			if err != nil || string(out) != "a secret" {
				return fmt.Errorf("%s: %q, %w", column, out, err)
			}
			if out, err := row.Open("patients.email", row.Seal(column, nil)); err != ErrDecrypt {
				return fmt.Errorf("%s in another column: %q, %v", column, out, err)
			}
		}
		return nil
	})
	require.Len(t, *compartmentOf(d).columns.Load(), 2800+1, "none is lost between two writers")
}

func TestColumnsKeptAreBounded(t *testing.T) {
	d := home(t)
	row := NewRow(d, homeRow)
	for n := range maxColumns + 100 {
		column := fmt.Sprint("patients.c", n)
		out, err := row.Open(column, row.Seal(column, []byte("a secret")))
		require.NoError(t, err)
		require.Equal(t, "a secret", string(out))
	}
	require.Len(t, *compartmentOf(d).columns.Load(), maxColumns)
}
