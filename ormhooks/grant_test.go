package ormhooks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
)

func TestAGrantOpensItsOwnCompartmentOnly(t *testing.T) {
	d := newDoor(t, boundRow[int64]{})
	row := &boundRow[int64]{ID: 1}
	row.set()
	d.seal(t, row)
	compartment := func(name string) keys.Subtree { return keys.CellTree(keys.Table("bound"), keys.Compartment(name)) }
	some, err := keys.Grant(ctx, d.source, compartment("default"))
	require.NoError(t, err)

	back := throughTheDriver(t, row)
	var denied *keys.DeniedError
	require.ErrorAs(t, d.with(some).openErr(t, back), &denied)
	require.Equal(t, keys.DeniedError{Path: "t:bound c:medical", Capability: "cells"}, *denied)
	_, opened := back.Note.Lookup()
	require.False(t, opened, "nothing is changed on an error")
	require.ErrorAs(t, d.with(some).sealErr(t, row), &denied)

	part := &boundRow[int64]{ID: 1}
	scanInto(t, row.Note, &part.Note)
	d.with(some).open(t, part)
	require.Equal(t, canary, part.Note.Get())

	both, err := keys.Grant(ctx, d.source, compartment("default"), compartment("medical"))
	require.NoError(t, err)
	d.with(both).open(t, back)
	row.requireSame(t, &back.protected)
}

func TestAGrantWithoutTheIndexIsDenied(t *testing.T) {
	d := newDoor(t, people{})
	cells, err := keys.Grant(ctx, d.source, keys.CellTree(keys.Table("people")))
	require.NoError(t, err)
	p := person(1, canary+"@example.com", canary)
	var denied *keys.DeniedError
	require.ErrorAs(t, d.with(cells).sealErr(t, p), &denied, "a row without its term would never be found")
	require.Equal(t, "index", denied.Capability)
	_, err = ormhooks.Match(ctx, cells, d.Schema, "people", "email__eq", canary)
	require.ErrorAs(t, harmless(t, err), &denied)
	require.Equal(t, "t:people i:email/exact/trim.v1+fold.v1", denied.Path)

	d.seal(t, p)
	back := throughTheDriver(t, p)
	d.with(cells).open(t, back)
	require.Equal(t, canary, back.Name.Get())
}
