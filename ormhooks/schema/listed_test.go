package schema_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

func TestListedIndexes(t *testing.T) {
	for tag, want := range map[string]struct{ label, kind, name string }{
		"words":                         {"i:value/words", "words", "value__words"},
		"words,fold":                    {"i:value/words/fold.v1", "words", "value__words"},
		"substring,trim,fold,name=part": {"i:value/substring/trim.v1+fold.v1", "substring", "value__part"},
		"fuzzy,fold":                    {"i:value/fuzzy/fold.v1", "fuzzy", "value__fuzzy"},
		"range":                         {"i:value/sorted", "sorted", "value__range"},
		"prefix,fold":                   {"i:value/sorted/fold.v1", "sorted", "value__prefix"},
		"suffix,fold":                   {"i:value/sorted/fold.v1+reverse.v1", "sorted", "value__suffix"},
	} {
		table := only(t, must(t, searched(tag)))
		require.Empty(t, table.Indexes)
		require.Empty(t, hidden(table), "its entries are in tables of their own")
		x := table.Listed[0]
		require.True(t, x.IsListed())
		require.EqualValues(t, want.label, x.Label(), tag)
		require.Equal(t, want.kind, x.Kind)
		require.Equal(t, want.name, x.String())
		require.Equal(t, tag == "suffix,fold", x.Reversed())
		require.Equal(t, 16, x.Doc())
		require.Empty(t, x.Hidden())
	}
}

func TestListedIndexesStandBesideExact(t *testing.T) {
	s := must(t, searched("exact,fold;words,fold;substring,fold;prefix,fold;suffix,fold;fuzzy,fold"))
	table := only(t, s)
	require.Len(t, table.Indexes, 1)
	require.Len(t, table.Listed, 5)
	require.Equal(t, []string{"value__eq"}, hidden(table))
	kinds := map[string]string{}
	for _, leak := range s.Leakage() {
		kinds[leak.What] = leak.Kind
	}
	require.Equal(t, map[string]string{
		"value": "seal", "value__eq": "Blind", "value__words": "Segmented", "value__substring": "Segmented", "value__prefix": "Sorted", "value__suffix": "Sorted", "value__fuzzy": "Segmented",
	}, kinds)
	again := must(t, *table) // what was read is a declaration too
	require.Equal(t, s.Lock(), again.Lock())
	require.Contains(t, string(s.Lock()), `"label": "i:value/sorted/fold.v1+reverse.v1"`)
}

func TestAListedIndexNamesRowsInAFixedWidth(t *testing.T) {
	declare := func(bind schema.Binding) (*schema.Schema, error) {
		return schema.New(schema.Table{
			Name: "t", Bind: bind,
			Columns: []*schema.Column{
				{Name: "i", Type: "int"}, {Name: "u", Type: "uint"}, {Name: "id", Type: "uuid"}, {Name: "short", Type: "varchar(15)"}, {Name: "long", Type: "varchar(64)"},
				{Name: "endless", Type: "text"}, {Name: "blob", Type: "bytes"},
				{Name: "notes", Mode: schema.ModeSeal, Type: "text"},
			},
			Indexes: []*schema.Index{{Kind: "words", Columns: []search.Column{{Name: "notes"}}}},
		})
	}
	columns := func(names ...string) schema.Binding {
		return schema.Binding{Kind: schema.BindColumns, Columns: names}
	}
	for width, bind := range map[int]schema.Binding{
		8: columns("i"), 16: columns("id"), 62: columns("short"), 24: columns("u", "id"), 86: columns("short", "id", "u"),
	} {
		s, err := declare(bind)
		require.NoError(t, err)
		require.Equal(t, width, s.Table("t").Listed[0].Doc())
	}
	s, err := declare(schema.Binding{Kind: schema.BindRowKey})
	require.NoError(t, err)
	require.Equal(t, 16, s.Table("t").Listed[0].Doc())
	for says, bind := range map[string]schema.Binding{
		"which takes 258 bytes, and an entry holds 255: use bind=row_key": columns("long"),
		"by endless, which is no integer, UUID or varchar(n)":             columns("endless"),
		"by blob, which is no integer, UUID or varchar(n)":                columns("blob"),
		"the column is unbound: use bind=row_key":                         {Kind: schema.BindNothing},
	} {
		_, err := declare(bind)
		require.ErrorContains(t, err, says)
	}
}

func TestListedIndexesThatCannotBe(t *testing.T) {
	for tag, says := range map[string]string{
		"words,unique":               "index words takes no unique, bits or leaks",
		"prefix,bits=24":             "index sorted takes no unique, bits or leaks",
		"substring,leaks=frequency":  "index substring takes no unique, bits or leaks",
		"words,scope=none":           "has scope=none, which is for a table with a scope",
		"range;prefix":               "has the index sorted twice: range and prefix of a text are one",
		"words,fold;words":           "two indexes are called value__words",
		"substring,fold;prefix":      "they must agree in their transforms",
		"suffix,fold;range":          "they must agree in their transforms",
		"words,reverse":              "has reverse where only suffix has it",
		"prefix,reverse,fold":        "has reverse where only suffix has it",
		"words,email":                "has the transform email.v1, which leaves nothing of a value to look into",
		"prefix,first(3)":            "has the transform first(3).v1",
		"substring,fold,last(4)":     "has the transform last(4).v1",
		"words,fold,name=a,name=b":   "says name twice",
		"prefix,name=x;words,name=x": "two indexes are called value__x",
	} {
		_, err := schema.New(searched(tag))
		found := problems(t, err)
		require.Len(t, found, 1, "%v", err)
		require.Contains(t, found[0].Problem, says, tag)
	}
	for _, model := range []any{tagged[int](`cell:"seal" search:"words"`), tagged[[]byte](`cell:"seal" search:"substring"`), tagged[[]int](`cell:"seal,json" search:"range"`), tagged[int](`cell:"seal" search:"range,fold"`)} {
		_, err := schema.New(model)
		require.ErrorContains(t, err, "and the column holds")
	}
	for _, typ := range []string{"bool", "int", "uint", "float32", "float64", "time", "timestamp(3)", "uuid", "decimal", "numeric(9,2)", "text", "varchar(9)", "bytes"} {
		_, err := schema.New(schema.Table{
			Name: "t", Bind: schema.Binding{Kind: schema.BindRowKey}, Columns: []*schema.Column{{Name: "c", Mode: schema.ModeSeal, Type: typ}},
			Indexes: []*schema.Index{{Kind: "sorted", Columns: []search.Column{{Name: "c"}}}},
		})
		require.NoError(t, err, typ)
	}
	type Explicit struct {
		ID    UUID
		Notes ormhooks.Sealed[string] `cell:"seal" search:"words"`
	}
	_, err := ormhooks.NewSchema(Explicit{})
	require.ErrorContains(t, err, "which the driver wrapper alone writes")
}

func TestALockKeepsListedIndexes(t *testing.T) {
	was := must(t, searched("words,fold")).Lock()
	require.NoError(t, must(t, searched("words,fold")).CheckLock(was))
	for tag, effect := range map[string]schema.Effect{
		"words":                    schema.Unfindable,
		"words,fold;prefix,fold":   schema.LeaksMore,
		"substring,fold,name=x":    schema.LeaksMore,
		"words,fold,trim":          schema.Unfindable,
		"exact,fold;words,fold":    schema.LeaksMore,
		"suffix,fold;words,fold":   schema.LeaksMore,
		"substring,fold;fuzzy":     schema.LeaksMore,
		"words,fold;range,name=by": schema.LeaksMore,
	} {
		err := must(t, searched(tag)).CheckLock(was)
		var changed *schema.LockError
		require.ErrorAs(t, err, &changed, tag)
		found := false
		for _, c := range changed.Changes {
			found = found || c.Effect == effect
		}
		require.True(t, found, "%s: %v", tag, err)
	}
}
