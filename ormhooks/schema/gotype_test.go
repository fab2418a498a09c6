package schema_test

import (
	"database/sql"
	"encoding/json"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/schema"
)

type (
	status  string
	level   int8
	someMap map[string]int
	strct   struct{ A int }
)

func TestTheDeclaredTypeFollowsTheGoType(t *testing.T) {
	for want, models := range map[string][]any{
		"text":    {tagged[string](seal), tagged[*string](seal), tagged[status](seal), tagged[sql.NullString](seal), tagged[sql.Null[string]](seal), tagged[yields[string]](seal), tagged[*yields[string]](seal), tagged[byPointer](seal)},
		"bytes":   {tagged[[]byte](seal), tagged[net.IP](seal), tagged[json.RawMessage](seal), tagged[sql.RawBytes](seal), tagged[yields[[]byte]](seal)},
		"bool":    {tagged[bool](seal), tagged[sql.NullBool](seal), tagged[yields[bool]](seal)},
		"int":     {tagged[int](seal), tagged[int8](seal), tagged[int16](seal), tagged[rune](seal), tagged[int64](seal), tagged[level](seal), tagged[time.Duration](seal), tagged[sql.NullInt32](seal), tagged[yields[int64]](seal)},
		"uint":    {tagged[uint](seal), tagged[uint8](seal), tagged[uint16](seal), tagged[uint32](seal), tagged[uint64](seal), tagged[sql.NullByte](seal)},
		"float32": {tagged[float32](seal)},
		"float64": {tagged[float64](seal), tagged[sql.NullFloat64](seal), tagged[yields[float64]](seal)},
		"time":    {tagged[time.Time](seal), tagged[*time.Time](seal), tagged[sql.NullTime](seal), tagged[date](seal)},
		"uuid":    {tagged[UUID](seal), tagged[*UUID](seal), tagged[[16]byte](seal), tagged[sql.Null[UUID]](seal)},
	} {
		for _, model := range models {
			require.Equal(t, want, only(t, must(t, model)).Column("value").Type, "%T", model)
		}
	}
}

const seal = `cell:"seal"`

func TestNullableIsWhatCanBeNil(t *testing.T) {
	for _, model := range []any{tagged[*string](seal), tagged[**int](seal), tagged[sql.NullTime](seal), tagged[sql.Null[UUID]](seal)} {
		require.True(t, only(t, must(t, model)).Column("value").Nullable, "%T", model)
	}
	for _, model := range []any{tagged[string](seal), tagged[time.Time](seal), tagged[UUID](seal), tagged[date](seal)} {
		require.False(t, only(t, must(t, model)).Column("value").Nullable, "%T", model)
	}
}

func TestGoTypesThatCannotBeStored(t *testing.T) {
	const asJSON = "can be stored as JSON only: add the option json"
	const ask = "yields is not known beforehand: add type=, as in type=text"
	for _, c := range []struct {
		model any
		says  string
	}{
		{tagged[chan int](seal), "a Go chan int cannot be stored"},
		{tagged[func()](seal), "a Go func() cannot be stored"},
		{tagged[any](seal), "a Go interface {} cannot be stored"},
		{tagged[error](seal), "a Go error cannot be stored"},
		{tagged[complex128](seal), "a Go complex128 cannot be stored"},
		{tagged[uintptr](seal), "a Go uintptr cannot be stored"},
		{tagged[*chan int](seal), "a Go chan int cannot be stored"},
		{tagged[strct](seal), "a Go schema_test.strct " + asJSON},
		{tagged[*strct](seal), "a Go schema_test.strct " + asJSON},
		{tagged[map[string]int](seal), "a Go map[string]int " + asJSON},
		{tagged[[]string](seal), "a Go []string " + asJSON},
		{tagged[[32]byte](seal), "a Go [32]uint8 " + asJSON},
		{tagged[sql.Null[strct]](seal), asJSON},
		{tagged[unclear](seal), "what the Valuer of a Go schema_test.unclear " + ask},
		{tagged[*unclear](seal), ask},
		{tagged[failing](seal), ask},
		{tagged[panicking](seal), ask},
		{tagged[yields[int]](seal), ask},
		{tagged[chan int](cellTag("seal,json")), "a Go chan int cannot be stored"},
		{tagged[*func()](cellTag("seal,json")), "a Go func() cannot be stored"},
		{tagged[complex64](cellTag("seal,json")), "a Go complex64 cannot be stored"},
		{tagged[error](cellTag("seal,json")), "a Go error cannot be read back from JSON: name the type that is stored"},
		{tagged[chan int](cellTag("seal,type=text")), "a Go chan int cannot be stored"},
		{tagged[any](cellTag("seal,type=text")), "a Go interface {} cannot be stored"},
		{tagged[strct](cellTag("seal,type=text")), asJSON},
		{tagged[string](cellTag("seal,type=int")), "a Go string cannot be stored as int: leave type= out, or change the Go type"},
		{tagged[string](cellTag("seal,type=bytes")), "a Go string cannot be stored as bytes"},
		{tagged[string](cellTag("seal,type=uuid")), "a Go string cannot be stored as uuid"},
		{tagged[*string](cellTag("seal,type=timestamp(6)")), "a Go string cannot be stored as time"},
		{tagged[int64](cellTag("seal,type=text")), "a Go int64 cannot be stored as text"},
		{tagged[int64](cellTag("seal,type=numeric(10,2)")), "a Go int64 cannot be stored as decimal"},
		{tagged[float64](cellTag("seal,type=numeric(10,2)")), "a Go float64 cannot be stored as decimal"},
		{tagged[int](cellTag("seal,type=uint")), "a Go int cannot be stored as uint"},
		{tagged[uint](cellTag("seal,type=int")), "a Go uint cannot be stored as int"},
		{tagged[sql.NullInt64](cellTag("seal,type=text")), "a Go int64 cannot be stored as text"},
		{tagged[int](cellTag("imprint")), "imprint works on text and bytes only: use seal"},
		{tagged[time.Time](cellTag("imprint")), "imprint works on text and bytes only: use seal"},
		{tagged[UUID](cellTag("imprint")), "imprint works on text and bytes only: use seal"},
		{tagged[string](cellTag("imprint,json")), "imprint works on text and bytes only: use seal"},
		{tagged[string](cellTag("imprint,type=decimal,alphabet=digits")), "imprint works on text and bytes only: use seal"},
	} {
		_, err := schema.New(c.model)
		found := problems(t, err)
		require.Len(t, found, 1, "%v", err)
		require.Equal(t, "Value", found[0].Field)
		require.Contains(t, found[0].Problem, c.says)
	}
}

func TestAPlainColumnMayHaveAnyGoType(t *testing.T) {
	for _, model := range []any{tagged[chan int](""), tagged[any](""), tagged[[]strct](""), tagged[unclear](""), tagged[*strct]("")} {
		must(t, model)
	}
}

func TestStructsMapsAndSlicesAreStoredAsJSON(t *testing.T) {
	for _, model := range []any{
		tagged[strct](cellTag("seal,json")), tagged[*strct](cellTag("token,json")), tagged[someMap](cellTag("seal,json")),
		tagged[[]string](cellTag("seal,type=json")), tagged[any](cellTag("seal,json")), tagged[sql.Null[strct]](cellTag("seal,json")),
		tagged[[2]bool](cellTag("seal,json")), tagged[string](cellTag("seal,json")),
	} {
		require.Equal(t, "json", only(t, must(t, model)).Column("value").Type)
	}
}

func TestAnUnclearTypeSaysWhatItIs(t *testing.T) {
	for _, typ := range []string{"text", "bytes", "numeric(10,2)", "uuid", "timestamp(3)", "json"} {
		for _, model := range []any{tagged[unclear](cellTag("seal,type=" + typ)), tagged[*failing](cellTag("seal,type=" + typ)), tagged[panicking](cellTag("seal,type=" + typ))} {
			require.Equal(t, typ, only(t, must(t, model)).Column("value").Type)
		}
	}
}

func TestSizesAreDeclared(t *testing.T) {
	for typ, model := range map[string]any{
		"numeric(10,2)": tagged[string](cellTag("seal,type=numeric(10,2)")),
		"numeric(10)":   tagged[status](cellTag("seal,type=numeric(10)")),
		"timestamp(6)":  tagged[time.Time](cellTag("seal,type=timestamp(6)")),
		"timestamp(0)":  tagged[*time.Time](cellTag("seal,type=timestamp(0)")),
		"varchar(255)":  tagged[sql.NullString](cellTag("seal,type=varchar(255)")),
		"varchar(1)":    tagged[[]byte](cellTag("seal,type=varchar(1)")),
		"decimal":       tagged[[]byte](cellTag("seal,type=decimal")),
		"float32":       tagged[float64](cellTag("seal,type=float32")),
	} {
		require.Equal(t, typ, only(t, must(t, model)).Column("value").Type)
	}
	for _, typ := range []string{
		"numeric", "numeric()", "numeric(0,0)", "numeric(2,3)", "numeric(10, 2)", "numeric(-1)", "numeric(10,2,3)", "numeric(9999999)",
		"timestamp", "timestamp(10)", "timestamp(3,3)", "varchar", "varchar(0)", "varchar(255", "varchar(1,1)", "text(9)", "integer", "Text", "char(3)", "string",
	} {
		_, err := schema.New(tagged[string](cellTag("seal,type=" + typ)))
		found := problems(t, err)
		require.Len(t, found, 1, "%v", err)
		require.Equal(t, "Value", found[0].Field)
		if typ != "varchar(255" {
			require.Contains(t, found[0].Problem, "type="+typ+": want text, bytes, bool, int, uint, float32, float64, time, uuid, decimal, json, numeric(p,s), timestamp(p) or varchar(n)")
		}
	}
}

func TestATypeOnAPlainColumnIsReadToo(t *testing.T) {
	_, err := schema.New(tagged[string](cellTag("type=varchar")))
	require.ErrorContains(t, err, "Value: type=varchar: want text")
	require.Equal(t, "varchar(20)", only(t, must(t, tagged[unclear](cellTag("type=varchar(20),name=v")))).Column("v").Type)
}
