package ormhooks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

type note struct {
	_      struct{}                 `cell:"table=notes,bind=id"`
	ID     int64                    `db:"id"`
	Author ormhooks.Sealed[string]  `cell:"seal" db:"author"`
	Text   ormhooks.Sealed[*string] `cell:"seal,compartment=medical" db:"text"`
	Phone  ormhooks.Sealed[string]  `cell:"token" db:"phone"`
	Tok    ormhooks.Hidden          `db:"phone__tok"`
}

type keyed struct {
	_    struct{}                `cell:"table=keyed,bind=row_key"`
	ID   int64                   `db:"id"`
	Name ormhooks.Sealed[string] `cell:"seal" db:"name"`
	Key  ormhooks.Hidden         `db:"cellseal_row"`
}

// A source that gives single rows is asked once for a batch and compartment, and what was sealed
// with them opens with the compartment, and the other way round.
func TestByRow(t *testing.T) {
	d := newDoor(t, note{})
	source := celltest.NewByRow(d.source)
	byRow := d.with(source)
	var notes []*note
	for i := range 100 {
		n := &note{ID: int64(i + 1)}
		n.Author.Set(canary)
		n.Phone.Set(canary)
		if i%2 == 0 {
			text := canary
			n.Text.Set(&text)
		} else {
			n.Text.Set(nil)
		}
		notes = append(notes, n)
	}
	byRow.seal(t, &notes)
	times, rows := source.Asked()
	require.Equal(t, []int{2, 150}, []int{times, rows}, "two compartments, and no row for NULL")

	var back []*note
	for _, n := range notes {
		back = append(back, throughTheDriver(t, n))
	}
	d.open(t, &back)
	require.Equal(t, canary, back[99].Author.Get())
	back = nil
	for _, n := range notes {
		back = append(back, throughTheDriver(t, n))
	}
	byRow.open(t, &back)
	times, rows = source.Asked()
	require.Equal(t, []int{2, 150}, []int{times, rows})
	require.Equal(t, canary, *back[98].Text.Get())

	one := throughTheDriver(t, notes[0])
	byRow.open(t, one)
	times, rows = source.Asked()
	require.Equal(t, []int{2, 2}, []int{times, rows})

	denied := &keys.DeniedError{Path: "t:notes c:default", Capability: "cells"}
	source.Deny(denied)
	before := states(t, notes[0])
	require.ErrorIs(t, byRow.sealErr(t, &notes), denied)
	require.Equal(t, before, states(t, notes[0]))
	require.ErrorIs(t, byRow.openErr(t, throughTheDriver(t, notes[0])), denied)
}

// A new row's key is drawn once, though its row is asked for before it is sealed.
func TestNewRowKeysByRow(t *testing.T) {
	d := newDoor(t, keyed{})
	source := celltest.NewByRow(d.source)
	byRow := d.with(source)
	rows := []*keyed{{ID: 1}, {ID: 2}, {ID: 3}}
	for _, r := range rows {
		r.Name.Set(canary)
	}
	byRow.seal(t, &rows)
	times, n := source.Asked()
	require.Equal(t, []int{1, 3}, []int{times, n})
	for _, r := range rows {
		back := throughTheDriver(t, r)
		d.open(t, back)
		require.Equal(t, canary, back.Name.Get())
	}
	require.NotEqual(t, rows[0].Key, rows[1].Key)
}

// What is bound to no row is not to be had row by row, and the error says so.
func TestUnboundColumnsByRow(t *testing.T) {
	type loose struct {
		_    struct{} `cell:"table=loose,bind=column"`
		ID   int64
		Name ormhooks.Sealed[string] `cell:"seal"`
	}
	d := newDoor(t, loose{})
	l := &loose{ID: 1}
	l.Name.Set(canary)
	err := d.with(celltest.NewByRow(d.source)).sealErr(t, l)
	require.ErrorAs(t, err, new(*keys.RowsOnlyError))
	require.ErrorContains(t, err, "bind=column")
}
