package keys_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
)

// grantForTest holds a scope, a compartment, an index, and a table of each ring.
func grantForTest(t *testing.T, from keys.Source) *keys.Granted {
	t.Helper()
	g, err := keys.Grant(t.Context(), from,
		keys.CellTree(acme),
		keys.CellTree(patients, medical),
		keys.CellTree(keys.Table("visits")),
		keys.IndexTree(patients, email),
		keys.IndexTree(keys.Table("bills")))
	require.NoError(t, err)
	return g
}

func path(l ...keys.Label) []keys.Label { return l }

// What grantForTest lets through is the same as the ring's own.
func requireHolds(t *testing.T, r *keys.Ring, g *keys.Granted) {
	t.Helper()
	for _, p := range [][]keys.Label{
		path(acme),
		path(acme, patients),
		path(acme, patients, medical),
		path(acme, keys.Table("anything")),
		path(patients, medical),
		path(keys.Table("visits")),
		path(keys.Table("visits"), keys.Compartment("notes")),
	} {
		require.Equal(t, cells(t, r, p...), cells(t, g, p...), "cells %s", p)
	}
	for _, p := range [][]keys.Label{
		path(patients, email),
		path(keys.Table("bills")),
		path(keys.Table("bills"), keys.Index("sum", "exact", "")),
	} {
		require.Equal(t, index(t, r, p...), index(t, g, p...), "index %s", p)
	}
}

// Everything beside, above or in the other ring is denied, by a path that names
// no scope's id.
func requireDenies(t *testing.T, g *keys.Granted) {
	t.Helper()
	for _, c := range []struct {
		ring string
		path []keys.Label
		says string
	}{
		// above
		{"cells", nil, "the root"},
		{"index", nil, "the root"},
		{"cells", path(patients), "t:patients"},
		{"index", path(patients), "t:patients"},
		// beside
		{"cells", path(patients, keys.Compartment("default")), "t:patients c:default"},
		{"cells", path(keys.Scope("tenant", "acme2"), patients), "s:tenant t:patients"},
		{"cells", path(keys.Scope("tenant", "acm"), patients), "s:tenant t:patients"},
		{"cells", path(keys.Scope("tenant", "evil/acme"), patients, medical), "s:tenant t:patients c:medical"},
		{"cells", path(keys.Scope("customer", "acme")), "s:customer"},
		{"cells", path(keys.Table("visits2")), "t:visits2"},
		{"cells", path(keys.Table("visit")), "t:visit"},
		{"cells", path(keys.Table("visits2"), medical), "t:visits2 c:medical"},
		{"cells", path(patients, keys.Compartment("medical2")), "t:patients c:medical2"},
		{"index", path(patients, keys.Index("email", "exact", "")), "t:patients i:email/exact"},
		// in the other ring
		{"index", path(acme), "s:tenant"},
		{"index", path(keys.Table("visits")), "t:visits"},
		{"cells", path(keys.Table("bills")), "t:bills"},
		{"index", path(acme, patients, email), "s:tenant t:patients i:email/exact/trim.v1+fold.v1"},
	} {
		d, err := walks(g)[c.ring](t.Context(), c.path...)
		require.Nil(t, d)
		var denied *keys.DeniedError
		require.ErrorAs(t, err, &denied, "%s %s", c.ring, c.path)
		require.Equal(t, keys.DeniedError{Path: c.says, Capability: c.ring}, *denied)
		require.EqualError(t, err, fmt.Sprintf("cellseal: %s of %s are not granted to this process: ask the holder of the ring for a grant of that subtree", c.ring, c.says))
	}
}

func TestAGrantHoldsWhatItNamesAndNothingElse(t *testing.T) {
	r, _ := addKey(t, newRing(t))
	g := grantForTest(t, r)
	requireHolds(t, r, g)
	requireDenies(t, g)
}

func TestAGrantOfAWholeRing(t *testing.T) {
	r := newRing(t)
	g, err := keys.Grant(t.Context(), r, keys.CellTree())
	require.NoError(t, err)
	require.Equal(t, cells(t, r), cells(t, g))
	require.Equal(t, cells(t, r, acme, patients), cells(t, g, acme, patients))
	_, err = g.Index(t.Context(), patients)
	require.ErrorAs(t, err, new(*keys.DeniedError), "but not of its sibling")
}

// Any Source can grant; a grant only what it was granted.
func TestAGrantCanBeNarrowedNeverWidened(t *testing.T) {
	r := newRing(t)
	wide, err := keys.Grant(t.Context(), keys.NewLive(r, nil), keys.CellTree(acme))
	require.NoError(t, err)
	narrow, err := keys.Grant(t.Context(), wide, keys.CellTree(acme, patients))
	require.NoError(t, err)
	require.Equal(t, cells(t, r, acme, patients, medical), cells(t, narrow, acme, patients, medical))
	_, err = narrow.Cells(t.Context(), acme)
	require.ErrorAs(t, err, new(*keys.DeniedError))

	g, err := keys.Grant(t.Context(), narrow, keys.CellTree(acme, patients), keys.CellTree(acme))
	require.ErrorAs(t, err, new(*keys.DeniedError))
	require.Nil(t, g)
	g, err = keys.Grant(t.Context(), narrow, keys.IndexTree(acme, patients))
	require.ErrorAs(t, err, new(*keys.DeniedError))
	require.Nil(t, g)
}

func TestGrantsOfNothing(t *testing.T) {
	r := newRing(t)
	_, err := keys.Grant(t.Context(), r)
	require.ErrorContains(t, err, "cellseal/keys: Grant of no subtrees")
	_, err = keys.Grant(t.Context(), r, keys.IndexTree(patients, medical))
	require.ErrorContains(t, err, "the index ring reads [Scope] Table Index")
}

// A label that could never stand there is a mistake and no denial, granted or not.
func TestAGrantStillChecksLabels(t *testing.T) {
	g := grantForTest(t, newRing(t))
	for _, p := range [][]keys.Label{
		path(acme, "medical"), // below what is granted
		path("medical"),       // beside it
		path(patients, medical, medical),
	} {
		_, err := g.Cells(t.Context(), p...)
		require.ErrorContains(t, err, "cellseal/keys: ")
		require.ErrorContains(t, err, "label")
	}
}

func TestAGrantKeepsEveryEnabledKey(t *testing.T) {
	r, added := addKey(t, newRing(t))
	old := r.CellKeys().Primary()
	k, err := r.CellKeys().Promote(added)
	require.NoError(t, err)
	r, err = r.WithCellKeys(k)
	require.NoError(t, err)

	g := grantForTest(t, r)
	d, err := g.Cells(t.Context(), patients, medical)
	require.NoError(t, err)
	require.Equal(t, added, d.PrimaryID())
	require.Len(t, secrets(d), 2)

	later, err := keys.Grant(t.Context(), disableKey(t, r, old), keys.CellTree(patients))
	require.NoError(t, err)
	require.Len(t, cells(t, later, patients), 1)
	require.Len(t, cells(t, g, patients, medical), 2, "a grant is a copy of its day")
}

func TestTheContextReachesTheGrantingSource(t *testing.T) {
	r := newRing(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := keys.Grant(ctx, remote{r}, keys.CellTree(patients))
	require.ErrorIs(t, err, context.Canceled)
	_, err = keys.Grant(ctx, remote{r}, keys.IndexTree(patients))
	require.ErrorIs(t, err, context.Canceled)
}

// A remote is a Source that heeds its context.
type remote struct{ *keys.Ring }

func (r remote) Cells(ctx context.Context, path ...keys.Label) (*keys.Derived, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return r.Ring.Cells(ctx, path...)
}

func (r remote) Index(ctx context.Context, path ...keys.Label) (*keys.Derived, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return r.Ring.Index(ctx, path...)
}
