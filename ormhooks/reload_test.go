package ormhooks_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// counting is a Source that learns of its second ring when it is asked to.
type counting struct {
	keys.Source
	next    keys.Source
	reloads []uint32
	err     error
}

func (c *counting) Reload(_ context.Context, id uint32) error {
	c.reloads = append(c.reloads, id)
	if c.next != nil {
		c.Source = c.next
	}
	return c.err
}

func TestAnUnknownKeyIsAskedForOnce(t *testing.T) {
	ring, id := added(t, celltest.Ring(t))
	ring = promoted(t, ring, id)
	rows := []*patient{{ID: 1}, {ID: 2}}
	for _, p := range rows {
		p.Email.Set(canary)
	}
	old := newDoor(t, patient{})
	old.with(ring).seal(t, &rows)
	for i, p := range rows {
		rows[i] = &patient{ID: p.ID}
		scanInto(t, p.Email, &rows[i].Email)
	}

	source := &counting{Source: old.source, next: ring}
	old.with(source).open(t, &rows)
	require.Equal(t, []uint32{id}, source.reloads)
	require.Equal(t, canary, rows[1].Email.Get())
	old.with(source).open(t, &rows)
	require.Len(t, source.reloads, 1, "it knows the key now")
}

func TestAnUnknownKeyThatStaysUnknown(t *testing.T) {
	ring, id := added(t, celltest.Ring(t))
	p := &patient{ID: 1}
	p.Email.Set(canary)
	d := newDoor(t, patient{})
	d.with(promoted(t, ring, id)).seal(t, p)
	p = throughTheDriver(t, p)

	source := &counting{Source: d.source}
	var unknown *keys.UnknownKeyError
	require.ErrorAs(t, d.with(source).openErr(t, p), &unknown)
	require.Len(t, source.reloads, 1)
	_, opened := p.Email.Lookup()
	require.False(t, opened)

	source = &counting{Source: d.source, err: errors.New("the key service is down")}
	err := d.with(source).openErr(t, p)
	require.ErrorAs(t, err, &unknown)
	require.ErrorIs(t, err, source.err)
	require.Len(t, source.reloads, 1)
}

func TestOtherErrorsReloadNothing(t *testing.T) {
	d := newDoor(t, patient{})
	source := &counting{Source: d.source}
	p := &patient{ID: 1}
	require.NoError(t, p.Email.Scan([]byte(canary)))
	d.with(source).openErr(t, p)
	require.Empty(t, source.reloads)
}

// A process whose ring is older than its pin learns of the key too.
func TestAnUnknownPinIsAskedFor(t *testing.T) {
	ring, id := rotateIndex(t, celltest.Ring(t), true)
	d := pinned(t, newDoor(t, users{}), id)
	for range 2 {
		source := &counting{Source: celltest.Ring(t), next: ring}
		d.with(source).seal(t, user(1, canary))
		require.Equal(t, []uint32{id}, source.reloads)
		source = &counting{Source: celltest.Ring(t), next: ring}
		require.Len(t, d.with(source).match(t, "users", "email__eq", canary), 1)
		require.Equal(t, []uint32{id}, source.reloads)
	}
}
