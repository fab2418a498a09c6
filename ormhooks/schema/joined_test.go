package schema_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/join"
)

type Payer struct {
	_     struct{} `cell:"table=payers,bind=id"`
	ID    int64
	Email string `cell:"seal" search:"exact,fold,unique;join=email,trim,fold,leaks=equality"`
}

type Bill struct {
	_     struct{} `cell:"table=bills,bind=id"`
	ID    int64
	Email *string `cell:"seal" search:"join=email,trim,fold,leaks=equality"`
	Copy  *string `cell:"token" search:"join=email,trim,fold,leaks=equality,name=with"`
}

func joined(group string, column string, transforms ...search.Transform) *schema.Index {
	return &schema.Index{Kind: "join", Group: group, AcceptEquality: true, Columns: []search.Column{{Name: column, Transforms: transforms}}}
}

func ledger(name string, indexes ...*schema.Index) *schema.Table {
	return &schema.Table{
		Name: name, Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"}, {Name: "clinic", Type: "int"}, {Name: "email", Mode: schema.ModeSeal, Type: "text"},
			{Name: "copy", Mode: schema.ModeSeal, Type: "varchar(80)"}, {Name: "n", Mode: schema.ModeSeal, Type: "int"}, {Name: "doc", Mode: schema.ModeSeal, Type: "json"},
		},
		Indexes: indexes,
	}
}

func TestAJoinGroupFromTags(t *testing.T) {
	s := must(t, Payer{}, Bill{})
	payers, bills := s.Table("payers"), s.Table("bills")
	require.Equal(t, []string{"email__eq", "email__jn"}, hidden(payers))
	require.Equal(t, []string{"copy__tok", "email__jn", "copy__with"}, hidden(bills))
	x, y := payers.Indexes[1], bills.Indexes[0]
	require.Equal(t, join.Label("email", search.Trim, search.Fold), x.Label())
	require.Equal(t, join.Table, x.Table())
	require.Equal(t, x.Label(), y.Label())
	require.True(t, x.Joins() && x.Pinned() && x.JoinsWith(y) && y.JoinsWith(x))
	require.False(t, payers.Indexes[0].JoinsWith(x) || x.JoinsWith(payers.Indexes[0]))
	for _, l := range s.Leakage() {
		if l.What == "email__jn" {
			require.Equal(t, join.Leakage(), l.Leakage)
		}
	}
}

func TestPinningAGroupPinsItsColumns(t *testing.T) {
	s, err := must(t, Payer{}, Bill{}).PinIndex("bills", "email__jn", 7)
	require.NoError(t, err)
	require.Zero(t, s.Table("payers").Indexes[0].Options().PinnedKey)
	for _, x := range []*schema.Index{s.Table("payers").Indexes[1], s.Table("bills").Indexes[0], s.Table("bills").Indexes[1]} {
		require.Equal(t, uint32(7), x.Options().PinnedKey)
	}
}

func TestGroupsWhoseColumnsDoNotCompare(t *testing.T) {
	scoped := func(x *schema.Index, kind string) *schema.Table {
		t := ledger("bills", x)
		t.Scope = schema.Scope{Kind: kind, Column: "clinic"}
		return t
	}
	unscoped := func(x *schema.Index) *schema.Index {
		x.Unscoped = true
		return x
	}
	for says, tables := range map[string][]any{
		"cellseal: b.n: is in the join group g with a.email, and they differ in type, text and int: give them one":                                                               {ledger("a", joined("g", "email")), ledger("b", joined("g", "n"))},
		"cellseal: b.email: is in the join group g with a.email, and they differ in transforms, fold.v1 and none: give them the same ones, in the same order":                    {ledger("a", joined("g", "email", search.Fold)), ledger("b", joined("g", "email"))},
		"cellseal: b.email: is in the join group g with a.email, and they differ in transforms, trim.v1+fold.v1 and fold.v1+trim.v1: give them the same ones, in the same order": {ledger("a", joined("g", "email", search.Trim, search.Fold)), ledger("b", joined("g", "email", search.Fold, search.Trim))},
		"cellseal: bills.email: is in the join group g with a.email, and they differ in scope, none and clinic: their tokens are under other keys":                               {ledger("a", joined("g", "email")), scoped(joined("g", "email"), "clinic")},
		"": {ledger("a", joined("g", "email"), joined("g", "copy")), scoped(unscoped(joined("g", "copy")), "clinic")},
		"cellseal: a.email: is in the join group g twice": {ledger("a", joined("g", "email"), &schema.Index{Kind: "join", Name: "again", Group: "g", AcceptEquality: true, Columns: []search.Column{{Name: "email"}}})},
	} {
		_, err := schema.New(tables...)
		if says == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, says)
		require.ErrorAs(t, err, new(*schema.Error))
	}
}

func TestJoinTagsThatAreRefused(t *testing.T) {
	with := func(change func(*schema.Index)) *schema.Index {
		x := joined("g", "email")
		change(x)
		return x
	}
	for says, x := range map[string]*schema.Index{
		`index join has the group "": want`:                                joined("", "email"),
		"index join shows which rows of all its columns hold equal values": with(func(x *schema.Index) { x.AcceptEquality = false }),
		"index join takes no unique":                                       with(func(x *schema.Index) { x.Unique = true }),
		"index join is over several columns":                               with(func(x *schema.Index) { x.Columns = append(x.Columns, search.Column{Name: "copy"}) }),
		"index join has the transform first(2)":                            joined("g", "email", search.First(2)),
		"index join has the transform reverse":                             joined("g", "email", search.Reverse),
		"index join column g is int: transforms are for text":              joined("g", "n", search.Fold),
		"index join column g is JSON":                                      joined("g", "doc"),
		"index join has scope=none":                                        with(func(x *schema.Index) { x.Unscoped = true }),
		"has a group or leaks=equality, which are of join":                 with(func(x *schema.Index) { x.Kind = "exact" }),
	} {
		_, err := schema.New(ledger("a", x))
		require.ErrorContains(t, err, says)
	}
	type Untold struct {
		_     struct{} `cell:"table=payers,bind=id"`
		ID    int64
		Email string `cell:"seal" search:"join=email,fold"`
	}
	_, err := schema.New(Untold{})
	require.ErrorContains(t, err, "accept it with leaks=equality")
}

// Whoever adds a column to a group shows more of the columns that were in it before.
func TestALockFailsWhereAGroupGrows(t *testing.T) {
	changes := func(old, now []any) (all map[string]schema.Effect) {
		var differs *schema.LockError
		require.True(t, errors.As(must(t, now...).CheckLock(must(t, old...).Lock()), &differs))
		all = map[string]schema.Effect{}
		for _, c := range differs.Changes {
			all[c.What] = c.Effect
		}
		return all
	}
	alone, both := []any{ledger("a", joined("g", "email"))}, []any{ledger("a", joined("g", "email")), ledger("b", joined("g", "email"))}
	grown := changes(alone, both)
	require.Equal(t, schema.LeaksMore, grown["a.email__jn"])
	require.Equal(t, schema.Added, grown["b.email__jn"], "nothing was stored in b before")
	shrunk := changes(both, alone)
	require.Equal(t, schema.LeaksLess, shrunk["a.email__jn"])
	require.Equal(t, schema.Gone, shrunk["b.email__jn"])
	require.Equal(t, map[string]schema.Effect{"a.email__jn": schema.LeaksMore}, changes([]any{ledger("a")}, alone))
	moved := changes([]any{ledger("a", joined("g", "email")), ledger("b", joined("h", "email"))}, both)
	require.Equal(t, schema.LeaksMore, moved["a.email__jn"])
	require.Equal(t, schema.LeaksMore, moved["b.email__jn"])
	require.NoError(t, must(t, both...).CheckLock(must(t, both...).Lock()))
}
