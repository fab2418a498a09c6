package ormhooks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// Who can write the table cannot make a term, but can move one: asked for mallory,
// the database would answer with the administrator's row.
func TestAMovedTermIsFound(t *testing.T) {
	d := newDoor(t, users{})
	admin, mallory := user(1, "admin@example.com"), user(2, "mallory@example.com")
	d.seal(t, admin)
	d.seal(t, mallory)

	back := throughTheDriver(t, admin)
	scanInto(t, mallory.EmailEq, &back.EmailEq)
	err := d.openErr(t, back)
	require.ErrorIs(t, err, ormhooks.ErrTerm)
	var cellErr *ormhooks.CellError
	require.ErrorAs(t, err, &cellErr)
	require.Equal(t, "email__eq", cellErr.Column)
	_, opened := back.Email.Lookup()
	require.False(t, opened)

	require.NoError(t, back.EmailEq.Scan(nil)) // an index newer than the row
	d.open(t, back)
	back = throughTheDriver(t, admin)
	back.EmailEq = ormhooks.Hidden{} // read without it
	d.open(t, back)
	require.Equal(t, "admin@example.com", *back.Email.Get())
}

func TestAProcessWithoutTheIndexOpensAllTheSame(t *testing.T) {
	d := newDoor(t, users{})
	u := user(1, canary)
	d.seal(t, u)
	reader, err := keys.Grant(ctx, celltest.Ring(t), keys.CellTree(keys.Table("users")))
	require.NoError(t, err)
	back := throughTheDriver(t, u)
	d.with(reader).open(t, back)
	require.Equal(t, canary, *back.Email.Get())
}

func TestAMovedTermIsFoundOnEveryDatabase(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		createTable(t, db, "users", users{})
		d := newDoor(t, users{})
		rows := []*users{user(1, "admin@example.com"), user(2, canary)}
		d.seal(t, &rows)
		for _, u := range rows {
			insert(t, db, "users", u)
		}
		db.Run(t, "UPDATE users SET email__eq = "+from("users", "email__eq", "2")+" WHERE id = 1")
		for _, term := range d.match(t, "users", "email__eq", canary) {
			back := new(users)
			read(t, db, "users", back, "email__eq = ? ORDER BY id LIMIT 1", term)
			require.EqualValues(t, 1, back.ID, "the database was deceived")
			require.ErrorIs(t, d.openErr(t, back), ormhooks.ErrTerm)
		}
	})
}

func TestATermOfPartOfAnIndexIsNotChecked(t *testing.T) {
	d := newDoor(t, people{})
	one, other := person(1, "a@example.com", "Siobhán"), person(2, "b@example.com", "Seán")
	d.seal(t, &[]*people{one, other})
	back := &people{ID: 1}
	scanInto(t, one.Name, &back.Name)
	scanInto(t, other.NameCityEq, &back.NameCityEq)
	d.open(t, back) // there is no city to check it with
	scanInto(t, one.City, &back.City)
	require.ErrorIs(t, d.openErr(t, back), ormhooks.ErrTerm)
	scanInto(t, one.NameCityEq, &back.NameCityEq)
	d.open(t, back)
}

func TestATermBesideNullIsAnError(t *testing.T) {
	d := newDoor(t, users{})
	u := user(1, canary)
	d.seal(t, u)
	back := &users{ID: 1}
	require.NoError(t, back.Email.Scan(nil))
	scanInto(t, u.EmailEq, &back.EmailEq)
	require.ErrorIs(t, d.openErr(t, back), ormhooks.ErrTerm)
}

func TestAMovedTermIsFoundInItsRow(t *testing.T) {
	d := newDoor(t, users{})
	rows := []*users{user(1, "a@example.com"), user(2, "b@example.com"), user(3, "c@example.com")}
	d.seal(t, &rows)
	for i, u := range rows {
		rows[i] = throughTheDriver(t, u)
	}
	rows[2].EmailEq = rows[0].EmailEq
	var cellErr *ormhooks.CellError
	require.ErrorAs(t, d.openErr(t, &rows), &cellErr)
	require.Equal(t, ormhooks.CellError{Table: "users", Column: "email__eq", Row: 2, Err: ormhooks.ErrTerm}, *cellErr)
}

// Only what was scanned is compared: what Seal left in the struct is of an older value.
func TestATermThatWasNotReadSaysNothing(t *testing.T) {
	d := newDoor(t, users{})
	u, later := user(1, "old@example.com"), user(1, "new@example.com")
	d.seal(t, u)
	d.seal(t, later)
	scanInto(t, later.Email, &u.Email)
	d.open(t, u)
	require.Equal(t, "new@example.com", *u.Email.Get())
	require.False(t, d.stale(t, u))

	back := &users{ID: 1}
	scanInto(t, later.Email, &back.Email)
	d.open(t, back)
	require.False(t, d.stale(t, back))
}

// Terms do not say which key they are under: only a row that is open can tell.
func TestStaleFindsOldTerms(t *testing.T) {
	d := pinned(t, newDoor(t, users{}), 1002)
	u := user(1, canary)
	d.seal(t, u)
	ring, id := rotateIndex(t, celltest.Ring(t), true)
	next := pinned(t, d.with(ring), id)
	stale := func(row *users) bool {
		t.Helper()
		old, err := ormhooks.Stale(ctx, next.source, next.Schema, row)
		require.NoError(t, err)
		return old
	}

	back := throughTheDriver(t, u)
	require.False(t, stale(back), "not open yet")
	next.open(t, back)
	require.True(t, stale(back))
	next.seal(t, back)
	again := throughTheDriver(t, back)
	next.open(t, again)
	require.False(t, stale(again))

	require.NoError(t, again.EmailEq.Scan(nil))
	require.True(t, stale(again), "an index newer than the row")
}

func TestAnEmptyScopeInTheContextIsRefused(t *testing.T) {
	type scoped struct {
		_      struct{}                `cell:"table=scoped,bind=id,scope=tenant(tenant)"`
		ID     int64                   `db:"id"`
		Tenant string                  `db:"tenant"`
		Note   ormhooks.Sealed[string] `db:"note" cell:"seal"`
	}
	d := newDoor(t, scoped{})
	row := &scoped{ID: 1, Tenant: "acme"}
	row.Note.Set(canary)
	unset := ormhooks.WithScope(ctx, "tenant", "")
	require.ErrorAs(t, ormhooks.Seal(unset, d.source, d.Schema, row), new(*ormhooks.ScopeError))
	d.seal(t, row)
	back := &scoped{ID: 1, Tenant: "acme"}
	scanInto(t, row.Note, &back.Note)
	require.ErrorAs(t, ormhooks.Open(unset, d.source, d.Schema, back), new(*ormhooks.ScopeError))
}
