package ormhooks_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// flaky is a Source that does I/O: it fails with err or with its context's.
type flaky struct {
	keys.Source
	cells, index error
}

func (f flaky) Cells(ctx context.Context, path ...keys.Label) (*keys.Derived, error) {
	if err := errors.Join(f.cells, ctx.Err()); err != nil {
		return nil, err
	}
	return f.Source.Cells(ctx, path...)
}

func (f flaky) Index(ctx context.Context, path ...keys.Label) (*keys.Derived, error) {
	if err := errors.Join(f.index, ctx.Err()); err != nil {
		return nil, err
	}
	return f.Source.Index(ctx, path...)
}

var errDown = errors.New("the key service is down")

func TestASourcesErrorComesThrough(t *testing.T) {
	d := newDoor(t, people{})
	p := person(1, canary+"@example.com", canary)
	noCells, noIndex := d.with(flaky{celltest.Ring(t), errDown, nil}), d.with(flaky{celltest.Ring(t), nil, errDown})
	before := states(t, p)
	require.ErrorIs(t, noCells.sealErr(t, p), errDown)
	require.ErrorIs(t, noIndex.sealErr(t, p), errDown)
	require.Equal(t, before, states(t, p))
	_, err := ormhooks.Match(ctx, noIndex.source, d.Schema, "people", "email__eq", canary)
	require.ErrorIs(t, harmless(t, err), errDown)

	d.seal(t, p)
	back := throughTheDriver(t, p)
	require.ErrorIs(t, noCells.openErr(t, back), errDown)
	_, opened := back.Email.Lookup()
	require.False(t, opened)
	_, err = ormhooks.Stale(ctx, noCells.source, d.Schema, back)
	require.ErrorIs(t, harmless(t, err), errDown)
	require.ErrorIs(t, noIndex.openErr(t, back), errDown, "which checks the scanned terms")

	for _, h := range []*ormhooks.Hidden{&back.EmailEq, &back.PhoneEq, &back.PhoneLast4, &back.PointsEq, &back.NameCityEq, &back.Twins} {
		*h = ormhooks.Hidden{}
	}
	noIndex.open(t, back) // which was read without its terms
	require.Equal(t, p.Name.Get(), back.Name.Get())
}

func TestTheContextReachesTheSource(t *testing.T) {
	d := newDoor(t, people{}).with(flaky{Source: celltest.Ring(t)})
	p := person(1, canary+"@example.com", canary)
	d.seal(t, p)
	back := throughTheDriver(t, p)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	require.ErrorIs(t, ormhooks.Seal(gone, d.source, d.Schema, p), context.Canceled)
	require.ErrorIs(t, ormhooks.Open(gone, d.source, d.Schema, back), context.Canceled)
	_, err := ormhooks.Match(gone, d.source, d.Schema, "people", "email__eq", canary)
	require.ErrorIs(t, err, context.Canceled)
	_, err = ormhooks.Stale(gone, d.source, d.Schema, back)
	require.ErrorIs(t, err, context.Canceled)
}

// A key whose own methods fail or yield nothing identifies no row.
func TestAKeyThatYieldsNothingIsRefused(t *testing.T) {
	type ownKey struct {
		_    struct{}                `cell:"table=t,bind=id,scope=tenant(id)"`
		ID   lazyKey                 `db:"id"`
		Note ormhooks.Sealed[string] `db:"note" cell:"seal"`
	}
	d := newDoor(t, ownKey{})
	row := &ownKey{ID: lazyKey{canary}}
	row.Note.Set(canary)
	d.seal(t, row)
	row.ID.id = "refuse " + canary
	var column *ormhooks.ColumnError
	require.ErrorAs(t, d.sealErr(t, row), &column)
	require.Equal(t, "id", column.Column)
	row.ID.id = "null"
	var scope *ormhooks.ScopeError
	require.ErrorAs(t, d.sealErr(t, row), &scope)
}
