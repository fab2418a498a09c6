package schema_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// locked is the declaration that the cases below change.
func locked() schema.Table {
	return schema.Table{
		Name: "patients", Scope: schema.Scope{Kind: "tenant", Column: "clinic"},
		Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"},
			{Name: "clinic", Type: "uuid"},
			{Name: "email", Mode: schema.ModeSeal, Type: "text"},
			{Name: "phone", Mode: schema.ModeImprint, Type: "text", Alphabet: cell.Digits},
			{Name: "debt", Mode: schema.ModeSeal, Type: "numeric(10,2)", Pad: 16},
		},
		Indexes: []*schema.Index{
			{Kind: "exact", Columns: []search.Column{{Name: "email", Transforms: []search.Transform{search.Trim}}}},
			{Kind: "exact", Columns: []search.Column{{Name: "phone"}}, Unique: true},
			{Kind: "exact", Columns: []search.Column{{Name: "debt"}, {Name: "email"}}, Bits: 32},
		},
	}
}

const (
	email, phone, debt                = 2, 3, 4 // columns
	emailIndex, phoneIndex, debtIndex = 0, 1, 2
)

type lockCase struct {
	name   string
	change func(t *schema.Table)
	want   []schema.LockChange // without what to do
}

func requireChanges(t *testing.T, cases []lockCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			changed := locked()
			c.change(&changed)
			err := must(t, changed).CheckLock(must(t, locked()).Lock())
			if c.want == nil {
				require.NoError(t, err)
				return
			}
			var lockError *schema.LockError
			require.True(t, errors.As(err, &lockError), "%v", err)
			var got []schema.LockChange
			for _, change := range lockError.Changes {
				if change.Breaks() {
					require.Contains(t, change.Do, "record it with CELLSEAL_LOCK=accept go test")
				} else {
					require.Contains(t, change.Do, "record it with CELLSEAL_LOCK=record go test")
				}
				require.Contains(t, err.Error(), change.What+": "+string(change.Effect)+" ("+change.Detail+")\n    "+change.Do)
				change.Do = ""
				got = append(got, change)
			}
			require.Equal(t, c.want, got)
		})
	}
}

// all gives every column or index of the locked table one effect.
func all(effect schema.Effect, detail string, what ...string) (changes []schema.LockChange) {
	for _, w := range what {
		changes = append(changes, schema.LockChange{What: "patients." + w, Effect: effect, Detail: detail})
	}
	return changes
}

func TestRenamesInTheDatabaseAreNotNoticed(t *testing.T) {
	requireChanges(t, []lockCase{
		{"nothing", func(*schema.Table) {}, nil},
		{"table", func(t *schema.Table) { t.Name, t.Logical = "people", "patients" }, nil},
		{"column", func(t *schema.Table) { t.Columns[email].Name, t.Columns[email].Logical = "mail", "email" }, nil},
		{"bound column", func(t *schema.Table) { t.Columns[0].Name, t.Columns[0].Logical = "number", "id" }, nil},
		{"scope's column", func(t *schema.Table) { t.Columns[1].Name, t.Columns[1].Logical = "tenant", "clinic" }, nil},
		{"order of columns", func(t *schema.Table) { t.Columns[2], t.Columns[4] = t.Columns[4], t.Columns[2] }, nil},
		{"order of indexes", func(t *schema.Table) { t.Indexes[0], t.Indexes[1] = t.Indexes[1], t.Indexes[0] }, nil},
		{"default spelled out", func(t *schema.Table) { t.Indexes[emailIndex].Bits, t.Columns[email].Compartment = 64, "default" }, nil},
		{"size in another spelling", func(t *schema.Table) { t.Columns[email].Type = "text" }, nil},
		{"signs of a bound integer", func(t *schema.Table) { t.Columns[0].Type = "uint" }, nil},
	})
}

func TestChangesThatMakeCellsUnreadable(t *testing.T) {
	every := []string{"debt", "email", "phone"}
	const bad = schema.Unreadable
	hex := func(chars string) *cell.Alphabet {
		a, err := cell.NewAlphabet("hex", chars)
		require.NoError(t, err)
		return a
	}
	requireChanges(t, []lockCase{
		{"mode", func(t *schema.Table) { t.Columns[email].Mode = schema.ModeToken }, all(bad, "mode: seal → token", "email")},
		{"mode to one that shows more", func(t *schema.Table) { t.Columns[email].Mode = schema.ModeImprint }, append(all(bad, "mode: seal → imprint", "email"),
			all(schema.LeaksMore, "now: the value's length, and which writes of one row stored the same value", "email")...)},
		{"mode to one that shows less", func(t *schema.Table) { t.Columns[phone].Mode, t.Columns[phone].Alphabet = schema.ModeSeal, nil },
			all(bad, "mode: imprint → seal, alphabet: digits(0123456789) → none", "phone")},
		{"type", func(t *schema.Table) { t.Columns[debt].Type = "text" }, append(
			all(bad, "type: numeric(10,2) → text", "debt"), all(schema.Unfindable, "types: numeric(10,2)+text → text+text", "debt+email__eq")...)},
		{"compartment", func(t *schema.Table) { t.Columns[email].Compartment = "mail" }, all(bad, "compartment: default → mail", "email")},
		{"binding", func(t *schema.Table) { t.Bind = schema.Binding{Kind: schema.BindRowKey} }, all(bad, "bind: id integer → row_key", every...)},
		{"no binding", func(t *schema.Table) {
			t.Bind, t.Columns[phone].Consistent = schema.Binding{Kind: schema.BindNothing}, true
		}, append(all(bad, "bind: id integer → unbound", every...),
			schema.LockChange{What: "patients.phone", Effect: schema.LeaksMore, Detail: "now: the value's length, which rows hold equal values, and how often each occurs"})},
		{"bound columns", func(t *schema.Table) { t.Bind.Columns = []string{"clinic", "id"} }, all(bad, "bind: id integer → clinic uuid, id integer", every...)},
		{"bound column's type", func(t *schema.Table) { t.Columns[0].Type = "text" }, all(bad, "bind: id integer → id text", every...)},
		{"alphabet", func(t *schema.Table) { t.Columns[phone].Alphabet = hex("0123456789abcdef") }, all(bad, "alphabet: digits(0123456789) → hex(0123456789abcdef)", "phone")},
		{"no alphabet", func(t *schema.Table) { t.Columns[phone].Alphabet = nil }, all(bad, "alphabet: digits(0123456789) → none", "phone")},
		{"text", func(t *schema.Table) { t.Columns[email].Text = true }, all(bad, "text: no → yes", "email")},
		{"two at once", func(t *schema.Table) { t.Columns[email].Text, t.Columns[email].Compartment = true, "mail" }, all(bad, "compartment: default → mail, text: no → yes", "email")},
		{"scope's column", func(t *schema.Table) { t.Scope.Column = "id" }, append(
			all(bad, "scope: tenant(clinic uuid) → tenant(id integer)", every...),
			all(schema.Unfindable, "scope: tenant(clinic uuid) → tenant(id integer)", "debt+email__eq", "email__eq", "phone__eq")...)},
		{"scope's kind", func(t *schema.Table) { t.Scope.Kind = "clinic" }, append(
			all(bad, "scope: tenant(clinic uuid) → clinic(clinic uuid)", every...),
			all(schema.Unfindable, "scope: tenant(clinic uuid) → clinic(clinic uuid)", "debt+email__eq", "email__eq", "phone__eq")...)},
		{"protection taken away", func(t *schema.Table) { t.Columns, t.Indexes = t.Columns[:debt], t.Indexes[:debtIndex] }, append(
			all(bad, "no longer declared", "debt"), all(schema.Gone, "an index", "debt+email__eq")...)},
		{"logical name", func(t *schema.Table) {
			t.Columns[phone].Logical, t.Indexes[phoneIndex].Columns = "tel", []search.Column{{Name: "tel"}}
		}, append(append(all(bad, "no longer declared", "phone"), all(schema.Added, "a column", "tel")...),
			append(all(schema.Gone, "an index", "phone__eq"), all(schema.Added, "an index", "tel__eq")...)...)},
	})

	moved := locked()
	moved.Logical = "people"
	err := must(t, moved).CheckLock(must(t, locked()).Lock())
	require.ErrorContains(t, err, "patients.email: stored cells become unreadable (no longer declared)\n    if the column or its table was renamed, keep its logical name, as name=email does for the column; if its data is gone, record it with CELLSEAL_LOCK=accept go test")

	unscoped := locked()
	unscoped.Scope = schema.Scope{}
	err = must(t, unscoped).CheckLock(must(t, locked()).Lock())
	require.ErrorContains(t, err, "patients.email: stored cells become unreadable (scope: tenant(clinic uuid) → none)")
	require.ErrorContains(t, err, "patients.email__eq: stored rows are no longer found (scope: tenant(clinic uuid) → none)")
}

func TestChangesThatMakeRowsUnfindable(t *testing.T) {
	const bad = schema.Unfindable
	shows := "now: which rows hold equal values, and how often each value occurs"
	requireChanges(t, []lockCase{
		{"transforms", func(t *schema.Table) { t.Indexes[emailIndex].Columns[0].Transforms = []search.Transform{search.Fold} },
			all(bad, "label: i:email/exact/trim.v1 → i:email/exact/fold.v1", "email__eq")},
		{"no transforms", func(t *schema.Table) { t.Indexes[emailIndex].Columns[0].Transforms = nil },
			all(bad, "label: i:email/exact/trim.v1 → i:email/exact", "email__eq")},
		{"order of columns", func(t *schema.Table) { t.Indexes[debtIndex].Columns = []search.Column{{Name: "email"}, {Name: "debt"}} },
			append(all(schema.Gone, "an index", "debt+email__eq"), all(schema.LeaksMore, "a new index: which rows hold equal values, and how often each value occurs", "email+debt__eq")...)},
		{"fewer bits", func(t *schema.Table) { t.Indexes[debtIndex].Bits = 24 }, all(bad, "bits: 32 → 24", "debt+email__eq")},
		{"more bits", func(t *schema.Table) { t.Indexes[debtIndex].Bits = 0 },
			append(all(bad, "bits: 32 → 64", "debt+email__eq"), all(schema.LeaksMore, shows, "debt+email__eq")...)},
		{"unique", func(t *schema.Table) { t.Indexes[emailIndex].Unique = true }, all(bad, "bits: 64 → 256, unique: none → full", "email__eq")},
		{"no longer unique", func(t *schema.Table) { t.Indexes[phoneIndex].Unique = false },
			append(all(bad, "bits: 256 → 64, unique: full → none", "phone__eq"), all(schema.LeaksMore, shows, "phone__eq")...)},
		{"no scope", func(t *schema.Table) { t.Indexes[emailIndex].Unscoped = true },
			append(all(bad, "scope: tenant(clinic uuid) → none", "email__eq"), all(schema.LeaksMore, shows, "email__eq")...)},
		{"rounding", func(t *schema.Table) { t.Columns[debt].Type = "numeric(10,1)" },
			append(all(schema.Harmless, "type: numeric(10,2) → numeric(10,1)", "debt"), all(bad, "types: numeric(10,2)+text → numeric(10,1)+text", "debt+email__eq")...)},
	})
}

func TestChangesThatWidenLeakage(t *testing.T) {
	const more = schema.LeaksMore
	shows := "now: which rows hold equal values, and how often each value occurs"
	requireChanges(t, []lockCase{
		{"less pad", func(t *schema.Table) { t.Columns[debt].Pad = 8 }, all(more, "now: the value's length in steps of 8 bytes", "debt")},
		{"no pad", func(t *schema.Table) { t.Columns[debt].Pad = 0 }, all(more, "now: the value's length", "debt")},
		{"keep", func(t *schema.Table) { t.Columns[phone].KeepOthers = true },
			all(more, "now: the value's length, and which writes of one row stored the same value, and the characters kept in place", "phone")},
		{"NULL", func(t *schema.Table) { t.Columns[email].Nullable = true }, all(more, "now: the value's length, and which rows are NULL", "email")},
		{"a constraint over some rows", func(t *schema.Table) { t.Indexes[phoneIndex].UniqueWhere = "alive" }, all(more, shows, "phone__eq")},
		{"a new index", func(t *schema.Table) {
			t.Indexes = append(t.Indexes, &schema.Index{Kind: "exact", Name: "plain", Columns: []search.Column{{Name: "email"}}})
		}, all(more, "a new index: which rows hold equal values, and how often each value occurs", "email__plain")},
	})
}

func TestChangesThatOnlyNeedRecording(t *testing.T) {
	requireChanges(t, []lockCase{
		{"more pad", func(t *schema.Table) { t.Columns[debt].Pad = 64 },
			all(schema.LeaksLess, "pad: 16 → 64", "debt")},
		{"a first pad", func(t *schema.Table) { t.Columns[email].Pad = 64 }, all(schema.LeaksLess, "pad: none → 64", "email")},
		{"a size", func(t *schema.Table) { t.Columns[email].Type = "varchar(80)" },
			append(all(schema.Harmless, "type: text → varchar(80)", "email"), append(
				all(schema.Harmless, "types: numeric(10,2)+text → numeric(10,2)+varchar(80)", "debt+email__eq"),
				all(schema.Harmless, "types: text → varchar(80)", "email__eq")...)...)},
		{"less rounding", func(t *schema.Table) { t.Columns[debt].Type = "numeric(9,4)" },
			append(all(schema.Harmless, "type: numeric(10,2) → numeric(9,4)", "debt"), all(schema.Harmless, "types: numeric(10,2)+text → numeric(9,4)+text", "debt+email__eq")...)},
		{"no index", func(t *schema.Table) { t.Indexes = t.Indexes[:debtIndex] }, all(schema.Gone, "an index", "debt+email__eq")},
		{"a new column with indexes", func(t *schema.Table) {
			t.Columns = append(t.Columns, &schema.Column{Name: "notes", Mode: schema.ModeSeal, Type: "text"})
			t.Indexes = append(t.Indexes, &schema.Index{Kind: "exact", Columns: []search.Column{{Name: "notes"}}})
		}, append(all(schema.Added, "a column", "notes"), all(schema.Added, "an index", "notes__eq")...)},
	})

	partial := locked()
	partial.Indexes[phoneIndex].UniqueWhere = "alive"
	err := must(t, locked()).CheckLock(must(t, partial).Lock())
	require.ErrorContains(t, err, "patients.phone__eq: the database shows less than before (unique: partial → full)\n    record it with CELLSEAL_LOCK=record go test")
}
