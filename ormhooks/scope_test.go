package ormhooks_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
)

// Tenants by a column of each type, and by the context alone.
type scoped[K any] struct {
	_       struct{}                `cell:"table=scoped,bind=id,scope=tenant(tenant)"`
	ID      int64                   `db:"id"`
	Tenant  K                       `db:"tenant"`
	Note    ormhooks.Sealed[string] `db:"note" cell:"seal" search:"exact;exact,name=global,scope=none"`
	NoteEq  ormhooks.Hidden         `db:"note__eq"`
	NoteAll ormhooks.Hidden         `db:"note__global"`
}

type unscopedColumn struct {
	_       struct{}                `cell:"table=scoped,bind=id,scope=tenant"`
	ID      int64                   `db:"id"`
	Note    ormhooks.Sealed[string] `db:"note" cell:"seal" search:"exact"`
	NoteEq  ormhooks.Hidden         `db:"note__eq"`
	Account string                  `db:"account"`
}

func tenant(id string) context.Context { return ormhooks.WithScope(ctx, "tenant", id) }

// underScope checks that cells of tenant k are those of the scope id in the key tree.
func underScope[K any](t *testing.T, k K, id string) {
	t.Run(fmt.Sprintf("%T", k), func(t *testing.T) {
		d := newDoor(t, scoped[K]{})
		row := &scoped[K]{ID: 1, Tenant: k}
		row.Note.Set(canary)
		d.seal(t, row)
		derived, err := d.source.Cells(ctx, keys.Scope("tenant", id), keys.Table("scoped"), keys.Compartment("default"))
		require.NoError(t, err)
		v, err := row.Note.Value()
		require.NoError(t, err)
		plain, err := cell.NewRow(derived, cell.RowID(cell.BindInt("id", 1))).Open("scoped.note", v.([]byte))
		require.NoError(t, err)
		require.Equal(t, canary, string(plain))

		back := &scoped[K]{ID: 1, Tenant: k}
		scanInto(t, row.Note, &back.Note)
		require.NoError(t, ormhooks.Open(tenant(id), d.source, d.Schema, back), "the context agrees")
		var scope *ormhooks.ScopeError
		require.ErrorAs(t, harmless(t, ormhooks.Open(tenant(canary), d.source, d.Schema, back)), &scope)
		require.Equal(t, ormhooks.ScopeError{Table: "scoped", Kind: "tenant", Problem: "the row belongs to another than the context names"}, *scope)
		require.ErrorAs(t, harmless(t, ormhooks.Seal(tenant(canary), d.source, d.Schema, row)), &scope)
	})
}

func TestAScopeIsWrittenInOneWay(t *testing.T) {
	underScope(t, int64(-42), "-42")
	underScope(t, uint32(42), "42")
	underScope(t, number(7), "7")
	underScope(t, "Ünïversity/of\n"+canary, "Ünïversity/of\n"+canary)
	underScope(t, libraryUUID(someUUID), "018f3c5e-00ff-7a10-8080-c1f5275c0a22")
}

func TestAScopeColumnMustBeFilledIn(t *testing.T) {
	d := newDoor(t, scoped[int64]{})
	row := &scoped[int64]{ID: 1}
	row.Note.Set(canary)
	for _, c := range []context.Context{ctx, tenant("42")} {
		var scope *ormhooks.ScopeError
		require.ErrorAs(t, ormhooks.Seal(c, d.source, d.Schema, row), &scope, "or the stored row would not say whose it is")
		require.ErrorContains(t, scope, "its column tenant is not filled in")
	}
	row.Tenant = 42
	d.seal(t, row)
	back := &scoped[int64]{ID: 1}
	scanInto(t, row.Note, &back.Note)
	var scope *ormhooks.ScopeError
	require.ErrorAs(t, d.openErr(t, back), &scope)
}

func TestAScopeOfTheContextAlone(t *testing.T) {
	d := newDoor(t, unscopedColumn{})
	row := &unscopedColumn{ID: 1, Account: "1"}
	row.Note.Set(canary)
	var scope *ormhooks.ScopeError
	require.ErrorAs(t, d.sealErr(t, row), &scope)
	require.ErrorContains(t, scope, "scoped: scope tenant: there is none: set it with ormhooks.WithScope(ctx, …)")
	require.ErrorAs(t, ormhooks.Seal(tenant(""), d.source, d.Schema, row), &scope)
	require.ErrorAs(t, ormhooks.Seal(ormhooks.WithScope(ctx, "clinic", "1"), d.source, d.Schema, row), &scope, "another kind is none")
	require.NoError(t, ormhooks.Seal(tenant("1"), d.source, d.Schema, row))

	back := &unscopedColumn{ID: 1}
	scanInto(t, row.Note, &back.Note)
	require.ErrorAs(t, d.openErr(t, back), &scope)
	require.ErrorIs(t, harmless(t, ormhooks.Open(tenant("2"), d.source, d.Schema, back)), cell.ErrDecrypt)
	_, err := ormhooks.Stale(ctx, d.source, d.Schema, back)
	require.ErrorAs(t, err, &scope)
	require.NoError(t, ormhooks.Open(ormhooks.WithScope(tenant("1"), "clinic", "2"), d.source, d.Schema, back))
}

func TestATenantsDataDoesNotOpenForAnother(t *testing.T) {
	d := newDoor(t, scoped[int64]{})
	rows := []*scoped[int64]{{ID: 1, Tenant: 1}, {ID: 2, Tenant: 2}}
	for _, row := range rows {
		row.Note.Set(canary)
	}
	d.seal(t, &rows)
	backs := []*scoped[int64]{{ID: 1, Tenant: 1}, {ID: 2, Tenant: 2}}
	for i, row := range rows {
		scanInto(t, row.Note, &backs[i].Note)
	}
	require.Error(t, ormhooks.Open(tenant("1"), d.source, d.Schema, &backs), "a batch of several tenants under one of them")
	d.open(t, &backs)
	scanInto(t, rows[0].Note, &backs[1].Note)
	require.ErrorIs(t, d.openErr(t, &backs), cell.ErrDecrypt)
}

func TestTermsAreATenantsOwnUnlessDeclared(t *testing.T) {
	d := newDoor(t, scoped[int64]{})
	var own, all [2]any
	for i := range 2 {
		row := &scoped[int64]{ID: 1, Tenant: int64(i + 1)}
		row.Note.Set(canary)
		d.seal(t, row)
		own[i], _ = row.NoteEq.Value()
		all[i], _ = row.NoteAll.Value()
		terms, err := ormhooks.Match(tenant(fmt.Sprint(i+1)), d.source, d.Schema, "scoped", "note__eq", canary)
		require.NoError(t, err)
		require.Equal(t, own[i], any(terms[0]))
	}
	require.NotEqual(t, own[0], own[1])
	require.Equal(t, all[0], all[1])
	require.Equal(t, all[0], any(d.match(t, "scoped", "note__global", canary)[0]), "without any tenant: for log-in")
	_, err := ormhooks.Match(ctx, d.source, d.Schema, "scoped", "note__eq", canary)
	var scope *ormhooks.ScopeError
	require.ErrorAs(t, harmless(t, err), &scope)
}

func TestScopesOfTwoKindsAreTwoScopes(t *testing.T) {
	d := newDoor(t, scoped[int64]{}, record{})
	row, rec := &scoped[int64]{ID: 1, Tenant: 1}, &record{ID: 1}
	row.Note.Set(canary)
	fillIn(&rec.recordFields, 2, "")
	both := ormhooks.WithScope(tenant("1"), "clinic", "2")
	require.NoError(t, ormhooks.Seal(both, d.source, d.Schema, row))
	require.NoError(t, ormhooks.Seal(both, d.source, d.Schema, rec))
	var scope *ormhooks.ScopeError
	require.ErrorAs(t, ormhooks.Seal(ormhooks.WithScope(both, "clinic", "1"), d.source, d.Schema, rec), &scope)
	require.Equal(t, "clinic", scope.Kind)
}

func TestAScopeThatIsNoTextIsRefused(t *testing.T) {
	d := newDoor(t, scoped[string]{})
	row := &scoped[string]{ID: 1, Tenant: canary + "\xff"}
	row.Note.Set("text")
	d.sealErr(t, row)
	row.Tenant = canary + string(make([]byte, 2000))
	d.sealErr(t, row)
}
