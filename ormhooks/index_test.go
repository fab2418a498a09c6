package ormhooks_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/search"
)

// people has an index of every shape.
type people struct {
	_          struct{}                   `cell:"table=people,bind=id" search:"exact,on=name(fold)+city(trim+fold);exact,on=name+born,name=twins"`
	ID         int64                      `db:"id"`
	Email      ormhooks.Sealed[string]    `db:"email" cell:"seal" search:"exact,trim,fold,unique"`
	EmailEq    ormhooks.Hidden            `db:"email__eq"`
	Phone      ormhooks.Sealed[*string]   `db:"phone" cell:"imprint,alphabet=digits,keep" search:"exact,digits;exact,digits,last(4),name=last4,leaks=frequency"`
	PhoneKid   ormhooks.Hidden            `db:"phone__kid"`
	PhoneEq    ormhooks.Hidden            `db:"phone__eq"`
	PhoneLast4 ormhooks.Hidden            `db:"phone__last4"`
	Points     ormhooks.Sealed[int64]     `db:"points" cell:"token" search:"exact"`
	PointsTok  ormhooks.Hidden            `db:"points__tok"`
	PointsEq   ormhooks.Hidden            `db:"points__eq"`
	Name       ormhooks.Sealed[string]    `db:"name" cell:"seal,pad=32,text"`
	City       ormhooks.Sealed[string]    `db:"city" cell:"seal,compartment=places"`
	NameCityEq ormhooks.Hidden            `db:"name_city__eq"`
	Born       ormhooks.Sealed[time.Time] `db:"born" cell:"seal"`
	Twins      ormhooks.Hidden            `db:"name_born__twins"`
}

var birth = time.Date(1970, 1, 2, 3, 4, 5, 6, time.FixedZone("", 7200))

func person(id int64, email, name string) *people {
	p := &people{ID: id}
	p.Email.Set(email)
	p.Phone.Set(ptr("+353 1 677 8899"))
	p.Points.Set(id % 3)
	p.Name.Set(name)
	p.City.Set("Dublin")
	p.Born.Set(birth)
	return p
}

// found are the ids of the rows that have one of the terms.
func found(t testing.TB, db testdb.DB, d door, hidden string, values ...any) (ids []int64) {
	t.Helper()
	for _, term := range d.match(t, "people", hidden, values...) {
		rows, err := db.Query(db.SQL("SELECT id FROM people WHERE "+hidden+" = ? ORDER BY id"), term)
		require.NoError(t, err)
		defer rows.Close()
		for rows.Next() {
			var id int64
			require.NoError(t, rows.Scan(&id))
			ids = append(ids, id)
		}
	}
	return ids
}

func TestMatchFindsTheRowsOnEveryDatabase(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		createTable(t, db, "people", people{}, "UNIQUE (id)", "UNIQUE (email__eq)")
		d := newDoor(t, people{})
		rows := []*people{person(1, "a@example.com", "Siobhán"), person(2, "b@example.com", "Siobhán"), person(3, "c@example.com", "Seán")}
		rows[2].Phone.Set(nil)
		d.seal(t, &rows)
		for _, p := range rows {
			insert(t, db, "people", p)
		}
		one, none, both := []int64{1}, []int64(nil), []int64{1, 2}
		for _, c := range []struct {
			want   []int64
			hidden string
			values []any
		}{
			{one, "email__eq", []any{"a@example.com"}},
			{one, "email__eq", []any{" A@EXAMPLE.COM\n"}},
			{one, "email__eq", []any{ptr("a@example.com")}},
			{one, "email__eq", []any{[]byte("a@example.com")}},
			{none, "email__eq", []any{"aa@example.com"}},
			{both, "phone__eq", []any{"35316778899"}},
			{none, "phone__eq", []any{"8899"}},
			{both, "phone__last4", []any{"8899"}},
			{both, "phone__last4", []any{"00 88 99"}},
			{[]int64{1}, "points__eq", []any{1}},
			{[]int64{3}, "points__eq", []any{uint8(0)}},
			{none, "points__eq", []any{-1}},
			{both, "name_city__eq", []any{"SIOBHÁN", " dublin "}},
			{none, "name_city__eq", []any{"dublin", "SIOBHÁN"}},
			{both, "name_born__twins", []any{"Siobhán", birth.UTC()}},
			{none, "name_born__twins", []any{"siobhán", birth}},
			{none, "name_born__twins", []any{"Siobhán", birth.Add(1)}},
		} {
			require.Equal(t, c.want, found(t, db, d, c.hidden, c.values...), "%s %v", c.hidden, c.values)
		}
	})
}

// terms are a row's hidden columns that an index owns, by their field.
func terms(t testing.TB, p *people) map[string]any {
	t.Helper()
	all := map[string]any{}
	for name, h := range map[string]ormhooks.Hidden{"email": p.EmailEq, "phone": p.PhoneEq, "last4": p.PhoneLast4, "points": p.PointsEq, "city": p.NameCityEq, "twins": p.Twins} {
		if v, err := h.Value(); err == nil {
			all[name] = v
		}
	}
	return all
}

func TestATermFollowsItsValue(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		createTable(t, db, "people", people{}, "UNIQUE (id)", "UNIQUE (email__eq)")
		d := newDoor(t, people{})
		p := person(1, "old@example.com", "Siobhán")
		d.seal(t, p)
		insert(t, db, "people", p)

		back := new(people)
		read(t, db, "people", back, "id = ?", 1)
		d.open(t, back)
		back.Email.Set("new@example.com")
		back.Phone.Set(nil)
		back.City.Set("Cork")
		d.seal(t, back)
		update(t, db, "people", back)

		require.Empty(t, found(t, db, d, "email__eq", "old@example.com"))
		require.Empty(t, found(t, db, d, "name_city__eq", "Siobhán", "Dublin"))
		require.Empty(t, found(t, db, d, "phone__eq", "+353 1 677 8899"))
		require.Empty(t, found(t, db, d, "phone__last4", "8899"))
		require.Equal(t, []int64{1}, found(t, db, d, "email__eq", "new@example.com"))
		require.Equal(t, []int64{1}, found(t, db, d, "name_city__eq", "siobhán", "cork"))
		require.Equal(t, []int64{1}, found(t, db, d, "name_born__twins", "Siobhán", birth))
		var nulls int
		db.Scan(t, "SELECT COUNT(*) FROM people WHERE phone IS NULL AND phone__kid IS NULL AND phone__eq IS NULL AND phone__last4 IS NULL", nil, &nulls)
		require.Equal(t, 1, nulls, "NULL clears everything that is known of the value")
	})
}

func TestAnUnchangedValueKeepsItsTerm(t *testing.T) {
	d := newDoor(t, people{})
	p := person(1, "a@example.com", "Siobhán")
	d.seal(t, p)
	before, cellBefore := terms(t, p), states(t, p)
	d.seal(t, p)
	require.Equal(t, before, terms(t, p))
	require.NotEqual(t, cellBefore, states(t, p), "the cells are fresh all the same")
	p.Email.Set("b@example.com")
	p.City.Set("Cork")
	d.seal(t, p)
	after := terms(t, p)
	require.NotEqual(t, before["email"], after["email"], "though the row never left memory")
	require.NotEqual(t, before["city"], after["city"])
	require.Equal(t, before["twins"], after["twins"])
	require.Len(t, before, 6)
	require.Len(t, before["email"], 32, "unique")
	require.Len(t, before["city"], 8)
}

func TestWhatLeavesNothingHasNoTerm(t *testing.T) {
	d := newDoor(t, people{})
	p := person(1, "a@example.com", "Siobhán")
	p.Email.Set("  \t")
	p.Phone.Set(ptr("1234567"))
	p.City.Set(" ")
	d.seal(t, p)
	got := terms(t, p)
	require.Contains(t, got, "email")
	require.Nil(t, got["email"])
	require.Nil(t, got["city"], "a part of nothing makes the whole unfindable")
	require.NotNil(t, got["twins"])
	_, err := p.Email.Value()
	require.NoError(t, err, "the value itself is stored")
}

func TestAValueThatCannotBeIndexedIsRefused(t *testing.T) {
	d := newDoor(t, people{})
	p := person(1, "a@example.com", "Siobhán")
	p.Email.Set("a\u0378" + canary) // no such character
	before := states(t, p)
	var column *ormhooks.ColumnError
	require.ErrorAs(t, d.sealErr(t, p), &column)
	require.Equal(t, "email__eq", column.Column)
	var value *search.ValueError
	require.ErrorAs(t, column, &value)
	require.Equal(t, before, states(t, p))
}

func TestACompoundIndexNeedsAllItsColumnsOrNone(t *testing.T) {
	d := newDoor(t, people{})
	p := &people{ID: 1}
	p.Points.Set(1)
	d.seal(t, p)
	require.Len(t, terms(t, p), 1)

	p.City.Set(canary)
	var column *ormhooks.ColumnError
	require.ErrorAs(t, d.sealErr(t, p), &column)
	require.Equal(t, "name_city__eq", column.Column)
	require.ErrorContains(t, column, "all its columns to be set, or none")
}

func TestMatchRefusesWhatFindsNothing(t *testing.T) {
	d := newDoor(t, people{}, boundRow[int64]{})
	for name, c := range map[string]struct {
		table, hidden string
		values        []any
		problem       string
	}{
		"no table":       {"persons", "email__eq", []any{"a"}, "no table persons"},
		"no index":       {"people", "email", []any{"a"}, "no index email"},
		"another table":  {"bound", "email__eq", []any{"a"}, "no index email__eq"},
		"no value":       {"people", "email__eq", nil, "indexes 1 columns, and 0 values"},
		"too many":       {"people", "email__eq", []any{canary, canary}, "indexes 1 columns, and 2 values"},
		"too few":        {"people", "name_city__eq", []any{canary}, "indexes 2 columns, and 1 values"},
		"NULL":           {"people", "email__eq", []any{nil}, "IS NULL"},
		"a nil pointer":  {"people", "email__eq", []any{(*string)(nil)}, "IS NULL"},
		"nothing left":   {"people", "email__eq", []any{" "}, "IS NULL"},
		"part of it":     {"people", "name_city__eq", []any{canary, ""}, "IS NULL"},
		"wrong type":     {"people", "points__eq", []any{canary}, "is no int"},
		"a Sealed":       {"people", "email__eq", []any{ormhooks.New(canary)}, "the Value method of a Go"},
		"bad code point": {"people", "email__eq", []any{canary + "\u0378"}, "Unicode"},
	} {
		got, err := ormhooks.Match(ctx, d.source, d.Schema, c.table, c.hidden, c.values...)
		require.ErrorContains(t, harmless(t, err), c.problem, name)
		require.Nil(t, got)
	}
}
