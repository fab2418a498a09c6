package schema_test

import (
	"database/sql"
	"database/sql/driver"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// A Go type and a declared type either are refused together, or every value can be
// written and comes back: nothing is accepted that could be sealed and never opened.
func TestWhatIsAcceptedComesBack(t *testing.T) {
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	text, accepted := "12.5", 0
	for _, declared := range []string{
		"text", "bytes", "bool", "int", "uint", "float32", "float64", "time", "uuid", "decimal", "json", "numeric(9,3)", "timestamp(6)", "varchar(40)",
	} {
		accepted += comesBack(t, declared, "12.5")
		accepted += comesBack(t, declared, status("12.5"))
		accepted += comesBack(t, declared, &text)
		accepted += comesBack(t, declared, sql.Null[string]{V: "7", Valid: true})
		accepted += comesBack(t, declared, []byte("12.5"))
		accepted += comesBack(t, declared, true)
		accepted += comesBack(t, declared, 41)
		accepted += comesBack(t, declared, level(-3))
		accepted += comesBack(t, declared, uint16(41))
		accepted += comesBack(t, declared, sql.NullInt64{Int64: 41, Valid: true})
		accepted += comesBack(t, declared, float32(1.5))
		accepted += comesBack(t, declared, 1.5)
		accepted += comesBack(t, declared, at)
		accepted += comesBack(t, declared, sql.NullTime{Time: at, Valid: true})
		accepted += comesBack(t, declared, [16]byte{15: 1})
		accepted += comesBack(t, declared, strct{A: 1})
		accepted += comesBack(t, declared, someMap{"a": 1})
		accepted += comesBack(t, declared, []string{"a", "b"})
	}
	require.Equal(t, 53, accepted)
}

func comesBack[T any](t *testing.T, declared string, v T) (accepted int) {
	model := reflect.StructOf([]reflect.StructField{
		{Name: "_", PkgPath: "test", Type: reflect.TypeFor[struct{}](), Tag: `cell:"table=t"`},
		{Name: "ID", Type: reflect.TypeFor[[16]byte]()},
		{Name: "Value", Type: reflect.TypeFor[ormhooks.Sealed[T]](), Tag: reflect.StructTag(cellTag("seal,type=" + declared))},
	})
	s, err := ormhooks.NewSchema(reflect.Zero(model).Interface())
	if err != nil {
		require.Len(t, problems(t, err), 1, "%T as %s: %v", v, declared, err)
		return 0
	}
	row := reflect.New(model)
	row.Elem().FieldByName("ID").Set(reflect.ValueOf([16]byte{1}))
	field := row.Elem().FieldByName("Value").Addr().Interface().(*ormhooks.Sealed[T])
	field.Set(v)
	ring := celltest.Ring(t)
	require.NoError(t, ormhooks.Seal(t.Context(), ring, s, row.Interface()), "%T as %s", v, declared)
	stored, err := driver.Valuer(field).Value()
	require.NoError(t, err)
	require.NoError(t, field.Scan(stored))
	require.NoError(t, ormhooks.Open(t.Context(), ring, s, row.Interface()), "%T as %s", v, declared)
	require.Equal(t, v, field.Get(), "%T as %s", v, declared)
	return 1
}
