package schema_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Whatever tags say, they are read or refused, and never with a panic.
func FuzzTags(f *testing.F) {
	f.Add("table=t,bind=id", "exact,on=value+other(fold)", "", "seal", "exact,trim,fold,unique", uint8(0))
	f.Add("table=t,name=u,bind=row_key,scope=tenant(id)", "", "name=x", "imprint,alphabet=hex(0123456789abcdef),keep", "exact,unique(id),scope=none;exact,last(4),leaks=frequency,name=l", uint8(1))
	f.Add("bind=column", "", "type=uuid", "token,type=numeric(10,2)", "exact,unique(where=a;b),bits=9", uint8(2))
	f.Add("table=t;", "exact,on=((", "seal", "seal,json,pad=1,text,,compartment=x", ";exact=,", uint8(3))
	f.Add("scope=(,bind=++", "exact,on=+()", "=", "imprint,alphabet=(,bind=column,consistent", "exact,unique(where=),name=)", uint8(4))
	types := []reflect.Type{
		reflect.TypeFor[string](), reflect.TypeFor[*int](), reflect.TypeFor[[]byte](), reflect.TypeFor[map[string]int](), reflect.TypeFor[unclear](),
		reflect.TypeFor[bool](), reflect.TypeFor[chan int](), reflect.TypeFor[UUID](), reflect.TypeFor[date](), reflect.TypeFor[any](),
	}
	f.Fuzz(func(t *testing.T, table, tableSearch, id, cell, search string, typ uint8) {
		value := types[int(typ)%len(types)]
		fields := []reflect.StructField{
			{Name: "_", PkgPath: "test", Type: reflect.TypeFor[struct{}](), Tag: tags(table, tableSearch)},
			{Name: "ID", Type: value, Tag: tags(id, "")},
			{Name: "Value", Type: value, Tag: tags(cell, search)},
			{Name: "Other", Type: reflect.TypeFor[string](), Tag: tags("seal", "")},
		}
		model := reflect.Zero(reflect.StructOf(fields)).Interface()
		s, err := schema.New(model)
		_, again := ormhooks.NewSchema(model) // must not panic either
		if err != nil {
			require.ErrorContains(t, again, "cellseal: ")
			for _, problem := range problems(t, err) {
				require.NotEmpty(t, problem.Table)
				require.NotEmpty(t, problem.Problem)
			}
			return
		}
		require.NoError(t, again)
		lock := s.Lock()
		require.NoError(t, s.CheckLock(lock))
		require.NotEmpty(t, s.Leakage())
		read := only(t, s)
		for name := range read.Hidden() {
			require.Nil(t, read.ColumnNamed(name), "a hidden column is a column of the model")
		}
		literal := must(t, *read)
		require.Equal(t, string(lock), string(literal.Lock()))
	})
}

func tags(cell, search string) reflect.StructTag {
	tag := ""
	if cell != "" {
		tag = fmt.Sprintf("cell:%q ", cell)
	}
	if search != "" {
		tag += fmt.Sprintf("search:%q", search)
	}
	return reflect.StructTag(tag)
}

// A cell.lock is edited by people and by merges.
func FuzzCheckLock(f *testing.F) {
	s, err := schema.New(RichPatient{}, RichVisit{})
	require.NoError(f, err)
	f.Add(s.Lock())
	f.Add([]byte(`{"cell.lock":1,"columns":{"a":{},"patients.email":{"type":"numeric(9,9)"}},"indexes":{"":{"types":"+"},"patients.email__eq":{"label":"//+"}}}`))
	f.Add([]byte(`{"cell.lock":1,"columns":null,"indexes":{"patients.debt__eq":{"types":"decimal+text","unique":"x","bits":-1}}}`))
	f.Fuzz(func(t *testing.T, lock []byte) {
		err := s.CheckLock(lock)
		var differs *schema.LockError
		if !errors.As(err, &differs) {
			return
		}
		require.NotEmpty(t, differs.Changes)
		for _, c := range differs.Changes {
			require.NotEmpty(t, c.Effect)
			require.NotEmpty(t, c.Detail)
			require.NotEmpty(t, c.Do)
		}
	})
}
