package schema_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/sum"
)

// summed declares a table with one index on its column value.
func summed(value schema.Column, x schema.Index, scope schema.Scope) (*schema.Schema, error) {
	value.Name, value.Mode, x.Kind = "value", schema.ModeSeal, "sum"
	if x.Columns == nil {
		x.Columns = []search.Column{{Name: "value"}}
	}
	return schema.New(schema.Table{
		Name: "t", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}, Scope: scope,
		Columns: []*schema.Column{
			{Name: "id", Type: "int"}, {Name: "tenant", Type: "int"}, {Name: "clinic", Type: "int", Nullable: true}, {Name: "city", Type: "varchar(9)"}, {Name: "at", Type: "time"}, {Name: "any"},
			{Name: "other", Mode: schema.ModeSeal, Type: "int"}, &value,
		},
		Indexes: []*schema.Index{&x},
	})
}

func TestRunningSums(t *testing.T) {
	for tag, want := range map[string]struct {
		label string
		by    []search.Type
		bound int64
	}{
		"sum":                        {"i:value/sum", []search.Type{}, sum.DefaultBound},
		"sum,by=clinic":              {"i:value+clinic/sum", []search.Type{search.Int}, sum.DefaultBound},
		"sum,by=clinic+city":         {"i:value+clinic+city/sum", []search.Type{search.Int, search.Text}, sum.DefaultBound},
		"sum,bound=1000000000000000": {"i:value/sum", []search.Type{}, 1e15},
	} {
		type Row struct {
			_      struct{} `cell:"table=rows,bind=id"`
			ID     int64
			Clinic *int64
			City   string
			Value  int64 `cell:"seal"`
		}
		s, err := schema.New(withTag(Row{}, "Value", `cell:"seal" search:"`+tag+`"`))
		require.NoError(t, err, tag)
		table := only(t, s)
		require.Empty(t, table.Indexes)
		x := table.Sums[0]
		require.EqualValues(t, want.label, x.Label())
		require.Equal(t, []string{"value__sum", "value__n", "value__sum"}, []string{x.Hidden(), x.Numbers(), x.String()})
		require.Subset(t, hidden(table), []string{"value__sum", "value__n"})
		o := x.SumOptions()
		require.Equal(t, want.by, o.By)
		require.Equal(t, want.bound, o.Bound)
		require.Same(t, x, table.SumOf(table.Column("value")))
		require.Equal(t, len(want.by) > 0, table.SumsBy(table.Column("clinic")))
		require.Contains(t, s.Leakage(), schema.Leak{Table: table.Name, What: "value__sum", Leakage: sum.Leakage()})
		require.Contains(t, string(s.Lock()), want.label)
		again, err := schema.New(*table)
		require.NoError(t, err)
		require.Equal(t, s.Lock(), again.Lock(), "what was read is a declaration too")
		require.NoError(t, again.CheckLock(s.Lock()))
	}
}

func TestWhatARunningSumAddsUp(t *testing.T) {
	for _, c := range []struct {
		typ         string
		bound       int64
		scale       int
		most        int64
		saysInstead string
	}{
		{"int", 0, 0, sum.DefaultBound, ""},
		{"uint", 7, 0, 7, ""},
		{"int", 1 << 62, 0, 1 << 62, ""},
		{"int", 1<<62 + 1, 0, 0, "beyond 2^62"},
		{"int", -1, 0, 0, "bound wants"},
		{"numeric(10,2)", 0, 2, 1e10 - 1, ""},
		{"numeric(18,18)", 0, 18, 1e18 - 1, ""},
		{"numeric(19,2)", 0, 0, 0, "is 18 digits, and the column holds 19"},
		{"numeric(40,2)", 1e12, 2, 1e14, ""},
		{"numeric(40,20)", 1, 0, 0, "beyond 2^62"},
		{"decimal", 0, 0, 0, "decimals of a fixed scale, and the column holds decimal"},
		{"float64", 0, 0, 0, "and the column holds float64"},
		{"text", 0, 0, 0, "and the column holds text"},
	} {
		s, err := summed(schema.Column{Type: c.typ}, schema.Index{Bound: c.bound}, schema.Scope{})
		if c.saysInstead != "" {
			require.ErrorContains(t, err, c.saysInstead, c.typ)
			continue
		}
		require.NoError(t, err, c.typ)
		x := s.Table("t").Sums[0]
		require.Equal(t, []any{c.scale, c.most}, []any{x.Scale(), x.SumOptions().Bound}, c.typ)
	}
}

func TestRunningSumsThatAreRefused(t *testing.T) {
	tenant := schema.Scope{Kind: "tenant", Column: "tenant"}
	for _, c := range []struct {
		x     schema.Index
		scope schema.Scope
		says  string
	}{
		{schema.Index{Unique: true}, schema.Scope{}, "takes no unique"},
		{schema.Index{Name: "total"}, schema.Scope{}, "takes no name=: its columns are value__sum and value__n"},
		{schema.Index{Columns: []search.Column{{Name: "value", Transforms: []search.Transform{search.Trim}}}}, schema.Scope{}, "takes no transforms"},
		{schema.Index{Columns: []search.Column{{Name: "value"}, {Name: "other"}}}, schema.Scope{}, "over several columns"},
		{schema.Index{Unscoped: true}, tenant, "takes no scope=none"},
		{schema.Index{}, schema.Scope{Kind: "tenant"}, "no column says whose a row is: write scope=tenant(column)"},
		{schema.Index{By: []string{"ward"}}, schema.Scope{}, "which is no column"},
		{schema.Index{By: []string{"other"}}, schema.Scope{}, "which is protected itself"},
		{schema.Index{By: []string{"clinic", "clinic"}}, schema.Scope{}, "by clinic twice"},
		{schema.Index{By: []string{"tenant"}}, tenant, "leave it out"},
		{schema.Index{By: []string{"at"}}, schema.Scope{}, "integers, UUIDs, bytes and exactly compared text"},
		{schema.Index{By: []string{"any"}}, schema.Scope{}, "integers, UUIDs, bytes and exactly compared text"},
		{schema.Index{AcceptEquality: true}, schema.Scope{}, "which are of join"},
	} {
		_, err := summed(schema.Column{Type: "int"}, c.x, c.scope)
		require.ErrorContains(t, err, c.says)
	}
	for tag, says := range map[string]string{
		"sum;sum":          "is declared twice",
		"exact,by=id":      "which are of sum",
		"words,bound=5":    "which are of sum",
		"sum,bound=x":      "bound wants the largest value",
		"sum,fold":         "takes no transforms",
		"sum,name=n":       "takes no name=",
		"sum,by=id,by=two": "says by twice",
	} {
		_, err := schema.New(withTag(struct {
			_     struct{} `cell:"table=rows,bind=id"`
			ID    int64
			Value int64
		}{}, "Value", `cell:"seal" search:"`+tag+`"`))
		require.ErrorContains(t, err, says, tag)
	}
	_, err := schema.New(struct {
		_      struct{} `cell:"table=rows,bind=id"`
		ID     int64
		Clinic int64 `gorm:"default:1"`
		Value  int64 `cell:"seal" search:"sum,by=clinic"`
	}{})
	require.ErrorContains(t, err, "not known which rows it is added up with")
}

// What is stored is of one scale, one group and one label: another declaration reads something else out of it.
func TestTheLockKnowsARunningSum(t *testing.T) {
	declare := func(typ string, x schema.Index) *schema.Schema {
		s, err := summed(schema.Column{Type: typ}, x, schema.Scope{})
		require.NoError(t, err)
		return s
	}
	was := declare("numeric(10,2)", schema.Index{By: []string{"clinic"}})
	require.NoError(t, was.CheckLock(was.Lock()))
	require.NoError(t, declare("numeric(10,2)", schema.Index{By: []string{"clinic"}, Bound: 5}).CheckLock(was.Lock()))
	for _, now := range []*schema.Schema{
		declare("numeric(10,3)", schema.Index{By: []string{"clinic"}}),
		declare("numeric(10,2)", schema.Index{}),
		declare("numeric(10,2)", schema.Index{By: []string{"city"}}),
	} {
		var changed *schema.LockError
		require.ErrorAs(t, now.CheckLock(was.Lock()), &changed)
		breaks := false
		for _, c := range changed.Changes {
			breaks = breaks || c.Breaks()
		}
		require.True(t, breaks)
	}
}

// withTag returns a model with another tag at one of its fields.
func withTag(model any, field, tag string) any {
	t := reflect.TypeOf(model)
	var fields []reflect.StructField
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Name == "_" {
			f.PkgPath = "p"
		}
		if f.Name == field {
			f.Tag = reflect.StructTag(tag)
		}
		fields = append(fields, f)
	}
	return reflect.New(reflect.StructOf(fields)).Elem().Interface()
}
