package schema_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

func TestALiteralIsTheSameSchemaAsTheStruct(t *testing.T) {
	tags, literal := must(t, RichPatient{}, RichVisit{}), must(t, richTables()...)
	require.Equal(t, string(tags.Lock()), string(literal.Lock()))
	require.NoError(t, literal.CheckLock(tags.Lock()))
	require.Equal(t, tags.Leakage(), literal.Leakage())
	for table := range tags.Tables() {
		without := *table
		without.Model = nil
		require.Equal(t, literal.Table(table.Name), &without)
	}
}

func TestTheCallersLiteralIsNotChanged(t *testing.T) {
	given, untouched := richTables(), richTables()
	first := must(t, given...)
	require.Equal(t, untouched, given)
	again := must(t, given...)
	require.Equal(t, first.Lock(), again.Lock())
	require.Equal(t, untouched, given)
}

// What a Schema holds is complete, and may be handed in again.
func TestATableOfASchemaIsALiteralToo(t *testing.T) {
	first := must(t, RichPatient{}, RichVisit{})
	before := slices.Collect(first.Tables())
	var literals []any
	for table := range first.Tables() {
		literals = append(literals, *table)
	}
	second := must(t, literals...)
	require.Equal(t, before, slices.Collect(second.Tables()))
	require.Equal(t, first.Lock(), second.Lock())
}

func TestLiteralsThatAreNotUnderstood(t *testing.T) {
	id := &schema.Column{Name: "id", Type: "uuid"}
	bound := schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}
	table := func(columns ...*schema.Column) schema.Table {
		return schema.Table{Name: "t", Bind: bound, Columns: append([]*schema.Column{id}, columns...)}
	}
	sealed := func(change func(*schema.Column)) schema.Table {
		c := &schema.Column{Name: "v", Mode: schema.ModeSeal, Type: "text"}
		change(c)
		return table(c)
	}
	plain := func(change func(*schema.Column)) schema.Table {
		c := &schema.Column{Name: "v", Type: "text"}
		change(c)
		return table(c)
	}
	indexed := func(change func(*schema.Index)) schema.Table {
		t := sealed(func(*schema.Column) {})
		x := &schema.Index{Kind: "exact", Columns: []search.Column{{Name: "v"}}}
		change(x)
		t.Indexes = []*schema.Index{x}
		return t
	}
	with := func(t schema.Table, change func(*schema.Table)) schema.Table {
		change(&t)
		return t
	}
	v := sealed(func(*schema.Column) {})
	const notProtected = "t.v: has options of a protected column but is not protected: begin with seal, token or imprint"
	for name, c := range map[string]struct {
		table schema.Table
		says  string
	}{
		"no name":          {with(v, func(t *schema.Table) { t.Name = ""; t.Logical = "t" }), ": has no name: set one with table="},
		"logical name":     {with(v, func(t *schema.Table) { t.Logical = "a.b" }), `t: logical table name "a.b"`},
		"no column":        {table(nil), "t: has a column without a name"},
		"no column name":   {table(&schema.Column{Logical: "v", Mode: schema.ModeSeal, Type: "text"}), "t: has a column without a name"},
		"no index":         {with(v, func(t *schema.Table) { t.Indexes = []*schema.Index{nil} }), "t: has an index that is nil"},
		"no type":          {sealed(func(c *schema.Column) { c.Type = "" }), "t.v: has no type: say text, int, or another of the tag type="},
		"type":             {sealed(func(c *schema.Column) { c.Type = "string" }), "t.v: type=string: want text"},
		"a plain one's":    {plain(func(c *schema.Column) { c.Type = "string" }), "t.v: type=string: want text"},
		"mode":             {sealed(func(c *schema.Column) { c.Mode = "encrypt" }), `t.v: mode "encrypt": want seal, token or imprint`},
		"pad":              {sealed(func(c *schema.Column) { c.Pad = -1 }), "t.v: pad wants"},
		"plain, pad":       {plain(func(c *schema.Column) { c.Pad = 2 }), notProtected},
		"plain, text":      {plain(func(c *schema.Column) { c.Text = true }), notProtected},
		"plain, keep":      {plain(func(c *schema.Column) { c.KeepOthers = true }), notProtected},
		"plain, bind":      {plain(func(c *schema.Column) { c.Bind = bound }), notProtected},
		"plain, accepted":  {plain(func(c *schema.Column) { c.Consistent = true }), notProtected},
		"plain, medical":   {plain(func(c *schema.Column) { c.Compartment = "medical" }), notProtected},
		"no binding":       {with(v, func(t *schema.Table) { t.Bind = schema.Binding{} }), "t.v: it is not known what rows are bound to: " + advice},
		"unknown binding":  {with(v, func(t *schema.Table) { t.Bind.Kind = "row" }), "t.v: it is not known what rows are bound to: " + advice},
		"bound to nothing": {with(v, func(t *schema.Table) { t.Bind.Columns = nil }), "t.v: it is not known what rows are bound to, as there is no primary key: " + advice},
		"untyped binding":  {with(v, func(t *schema.Table) { t.Columns = []*schema.Column{{Name: "id"}, t.Columns[1]} }), "t.v: is bound to id, but only"},
		"scope column":     {with(v, func(t *schema.Table) { t.Scope.Column = "id" }), `t: scope kind "": want`},
		"index kind":       {indexed(func(x *schema.Index) { x.Kind = "" }), `t.v: index kind "": this version builds exact`},
		"index of nothing": {indexed(func(x *schema.Index) { x.Columns = nil }), "t: has an index on no columns"},
		"index name":       {indexed(func(x *schema.Index) { x.Name = `"` }), `t.v: index name "\"": want A-Z a-z 0-9 _`},
		"index label":      {indexed(func(x *schema.Index) { x.Columns[0].Transforms = []search.Transform{"fold"} }), `t.v: transform "fold": want name.vN`},
		"not unique with":  {indexed(func(x *schema.Index) { x.UniqueWith = []string{"id"} }), "t.v: has a unique constraint's columns or condition but is not unique"},
		"not unique where": {indexed(func(x *schema.Index) { x.UniqueWhere = "true" }), "t.v: has a unique constraint's columns or condition but is not unique"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := schema.New(c.table)
			found := problems(t, err)
			require.Len(t, found, 1, "%v", err)
			require.ErrorContains(t, err, "cellseal: "+c.says)
		})
	}
	must(t, v, schema.Table{Name: "u", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}, Columns: []*schema.Column{
		{Name: "id", Type: "varchar(20)"}, {Name: "v", Mode: schema.ModeSeal, Type: "text"},
	}})
}

func TestWhatIsNoModel(t *testing.T) {
	for want, given := range map[string]any{
		"<nil>":                   nil,
		"string":                  "patients",
		"*int":                    new(int),
		"[]schema_test.RichVisit": []RichVisit{},
		"**schema_test.RichVisit": new(*RichVisit),
		"func()":                  func() {},
	} {
		_, err := schema.New(given)
		require.EqualError(t, err, "cellseal: "+want+": is no model: want a struct, a pointer to one, or a schema.Table")
	}
	must(t, (*RichVisit)(nil))
	_, err := schema.New((*schema.Table)(nil))
	require.ErrorContains(t, err, "is no model")
}
