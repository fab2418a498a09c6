package schema_test

import (
	"bytes"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// A version is one state of a declaration: the table's tag, how the key is declared,
// and the tags of the column value, which holds digits.
type version struct {
	table string
	key   reflect.StructField
	cell  string
	index string
}

var (
	intKey  = reflect.StructField{Name: "ID", Type: reflect.TypeFor[int64]()}
	uintKey = reflect.StructField{Name: "ID", Type: reflect.TypeFor[uint64]()}
	renamed = reflect.StructField{Name: "Number", Type: reflect.TypeFor[int64](), Tag: `cell:"name=id"`}

	sealedV1 = version{"table=t,bind=id", intKey, "seal", "exact,trim"}
)

// What CheckLock says of a change is what happens to a row that was stored before it.
func TestTheEffectsAreTrue(t *testing.T) {
	change := func(v version, f func(v *version)) [2]version {
		next := v
		f(&next)
		return [2]version{v, next}
	}
	imprintV1 := version{"table=t,bind=id", intKey, "imprint,alphabet=digits", "exact,unique"}
	decimalV1 := version{"table=t,bind=id", intKey, "seal,type=numeric(20,2)", "exact"}
	for name, c := range map[string][2]version{
		"nothing":              {sealedV1, sealedV1},
		"the table's name":     change(sealedV1, func(v *version) { v.table = "table=u,name=t,bind=id" }),
		"the logical name":     change(sealedV1, func(v *version) { v.table = "table=t,name=u,bind=id" }),
		"the key's sign":       change(sealedV1, func(v *version) { v.key = uintKey }),
		"the key's name":       change(sealedV1, func(v *version) { v.key = renamed }),
		"the mode":             change(sealedV1, func(v *version) { v.cell = "token" }),
		"the compartment":      change(sealedV1, func(v *version) { v.cell = "seal,compartment=x" }),
		"no binding":           change(sealedV1, func(v *version) { v.table = "table=t,bind=column" }),
		"a row key":            change(sealedV1, func(v *version) { v.table = "table=t,bind=row_key" }),
		"a scope":              change(sealedV1, func(v *version) { v.table = "table=t,bind=id,scope=tenant" }),
		"a scope for cells":    change(sealedV1, func(v *version) { v.table, v.index = "table=t,bind=id,scope=tenant", "exact,trim,scope=none" }),
		"text":                 change(sealedV1, func(v *version) { v.cell = "seal,text" }),
		"pad":                  change(sealedV1, func(v *version) { v.cell = "seal,pad=64" }),
		"less pad":             {{"table=t,bind=id", intKey, "seal,pad=64", "exact"}, {"table=t,bind=id", intKey, "seal,pad=8", "exact"}},
		"a size":               change(sealedV1, func(v *version) { v.cell = "seal,type=varchar(40)" }),
		"a size that rounds":   change(decimalV1, func(v *version) { v.cell = "seal,type=numeric(20,1)" }),
		"a size that does not": change(decimalV1, func(v *version) { v.cell = "seal,type=numeric(19,5)" }),
		"no size":              change(decimalV1, func(v *version) { v.cell = "seal,type=decimal" }),
		"transforms":           change(sealedV1, func(v *version) { v.index = "exact,fold" }),
		"bits":                 change(sealedV1, func(v *version) { v.index = "exact,trim,bits=40" }),
		"default bits":         change(sealedV1, func(v *version) { v.index = "exact,trim,bits=64" }),
		"unique":               change(sealedV1, func(v *version) { v.index = "exact,trim,unique" }),
		"no longer unique":     change(imprintV1, func(v *version) { v.index = "exact" }),
		"partly unique":        change(imprintV1, func(v *version) { v.index = "exact,unique(where=true)" }),
		"an alphabet":          change(imprintV1, func(v *version) { v.cell = "imprint,alphabet=alnum" }),
		"an alphabet's order":  {{"table=t,bind=id", intKey, "imprint,alphabet=d(0123456789.)", "exact"}, {"table=t,bind=id", intKey, "imprint,alphabet=d(.0123456789)", "exact"}},
		"an alphabet's name":   {{"table=t,bind=id", intKey, "imprint,alphabet=a(0123456789.)", "exact"}, {"table=t,bind=id", intKey, "imprint,alphabet=b(0123456789.)", "exact"}},
		"keep":                 change(imprintV1, func(v *version) { v.cell = "imprint,alphabet=digits,keep" }),
		"imprints, not bound":  change(imprintV1, func(v *version) { v.table, v.cell = "table=t,bind=column", "imprint,alphabet=digits,consistent" }),
	} {
		t.Run(name, func(t *testing.T) { requireTrue(t, c[0], c[1]) })
	}
}

func requireTrue(t *testing.T, old, now version) {
	value := "12345678901.75"
	if strings.Contains(old.cell, "alphabet=digits") {
		value = "1234567890175"
	}
	before, model := old.declare(t)
	after, nextModel := now.declare(t)
	effects := map[schema.Effect]bool{}
	var differs *schema.LockError
	if err := after.CheckLock(before.Lock()); errors.As(err, &differs) {
		for _, c := range differs.Changes {
			effects[c.Effect] = true
		}
	} else {
		require.NoError(t, err)
	}

	ring, ctx := celltest.Ring(t), ormhooks.WithScope(t.Context(), "tenant", "7")
	row := newRow(t, model)
	row.FieldByName("Value").Addr().Interface().(*ormhooks.Sealed[string]).Set(value)
	require.NoError(t, ormhooks.Seal(ctx, ring, before, row.Addr().Interface()))

	// The database gives back what was stored, and NULL for columns that are new. The
	// term is left out, for Open would find that it is another one.
	next := newRow(t, nextModel)
	for i := 1; i < nextModel.NumField(); i++ { // without _
		if scanner, ok := next.Field(i).Addr().Interface().(sql.Scanner); ok && nextModel.Field(i).Name != "Value__eq" {
			require.NoError(t, scanner.Scan(stored(t, row, nextModel.Field(i).Name)))
		}
	}
	got := ""
	err := ormhooks.Open(ctx, ring, after, next.Addr().Interface())
	if err == nil {
		got = next.FieldByName("Value").Addr().Interface().(*ormhooks.Sealed[string]).Get()
	}
	require.Equal(t, effects[schema.Unreadable], got != value, "%v; %v", err, differs)

	terms, err := ormhooks.Match(ctx, ring, after, only(t, after).Name, "value__eq", value)
	require.NoError(t, err)
	found := slices.ContainsFunc(terms, func(term []byte) bool { return bytes.Equal(term, stored(t, row, "Value__eq").([]byte)) })
	require.Equal(t, effects[schema.Unfindable] || effects[schema.Gone], !found, "%v", differs)
}

// declare makes a schema and the type of its model, with the Hidden fields it needs.
func (v version) declare(t *testing.T) (*schema.Schema, reflect.Type) {
	t.Helper()
	tags := reflect.StructTag(fmt.Sprintf("cell:%q search:%q", v.cell, v.index))
	fields := []reflect.StructField{
		{Name: "_", PkgPath: "test", Type: reflect.TypeFor[struct{}](), Tag: reflect.StructTag(cellTag(v.table))},
		v.key,
		{Name: "Value", Type: reflect.TypeFor[string](), Tag: tags},
	}
	plain := must(t, reflect.Zero(reflect.StructOf(fields)).Interface())
	fields[2].Type = reflect.TypeFor[ormhooks.Sealed[string]]()
	for _, name := range hidden(only(t, plain)) {
		field := strings.ToUpper(name[:1]) + name[1:]
		fields = append(fields, reflect.StructField{Name: field, Type: reflect.TypeFor[ormhooks.Hidden](), Tag: reflect.StructTag(fmt.Sprintf("db:%q", name))})
	}
	model := reflect.StructOf(fields)
	s, err := ormhooks.NewSchema(reflect.Zero(model).Interface())
	require.NoError(t, err)
	return s, model
}

func newRow(t *testing.T, model reflect.Type) reflect.Value {
	t.Helper()
	row := reflect.New(model).Elem()
	key := row.Field(1)
	key.Set(reflect.ValueOf(41).Convert(key.Type()))
	return row
}

// stored returns what a sealed row has in a field, or nil.
func stored(t *testing.T, row reflect.Value, field string) any {
	t.Helper()
	f := row.FieldByName(field)
	if !f.IsValid() {
		return nil
	}
	v, err := f.Interface().(driver.Valuer).Value()
	require.NoError(t, err)
	return v
}
