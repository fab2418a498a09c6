package gostruct

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/value"
)

const canary = "CANARY-1234"

// picky scans one form only, and remembers it.
type (
	picky[T any] struct{ got any }
	fussy        struct{}
)

func (picky[T]) Value() (driver.Value, error) { return nil, nil }
func (p *picky[T]) Scan(src any) error {
	if _, ok := src.(T); !ok && src != nil {
		return errors.New("unexpected type")
	}
	p.got = src
	return nil
}
func (fussy) Value() (driver.Value, error) { return "", nil }
func (fussy) Scan(src any) error           { return errors.New("will not have " + src.(string)) }

var (
	at   = time.Date(2024, 1, 2, 3, 4, 5, 6, time.UTC)
	bits = [16]byte{1, 2, 15: 3}
)

const bitsText = "01020000-0000-0000-0000-000000000003"

func ptr[T any](v T) *T { return &v }

// assigned puts v into a new T.
func assigned[T any](typ value.Type, v any) (any, error) {
	var dst T
	err := Assign(reflect.ValueOf(&dst).Elem(), typ, v)
	return dst, err
}

func TestAssign(t *testing.T) {
	for i, c := range []struct {
		into func(value.Type, any) (any, error)
		typ  value.Type
		v    any
		want any
	}{
		{assigned[string], value.Text, "a", "a"},
		{assigned[Code], value.Text, "a", Code("a")},
		{assigned[[]byte], value.Text, "a", []byte("a")},
		{assigned[*string], value.Text, "a", ptr("a")},
		{assigned[**string], value.Text, "a", ptr(ptr("a"))},
		{assigned[string], value.Decimal, "1.5", "1.5"},
		{assigned[[]byte], value.Bytes, []byte{1}, []byte{1}},
		{assigned[json.RawMessage], value.Bytes, []byte("{}"), json.RawMessage("{}")},
		{assigned[bool], value.Bool, true, true},
		{assigned[int8], value.Int, int64(-128), int8(-128)},
		{assigned[time.Duration], value.Int, int64(5), time.Duration(5)},
		{assigned[uint8], value.Uint, uint64(255), uint8(255)},
		{assigned[uint64], value.Uint, uint64(math.MaxUint64), uint64(math.MaxUint64)},
		{assigned[float32], value.Float32, float32(0.1), float32(0.1)},
		{assigned[float64], value.Float32, float32(1.5), 1.5},
		{assigned[float32], value.Float64, 1.5, float32(1.5)},
		{assigned[float32], value.Float64, math.Inf(-1), float32(math.Inf(-1))},
		{assigned[time.Time], value.Time, at, at},
		{assigned[uuid], value.UUID, bits, uuid(bits)},
		{assigned[sql.NullString], value.Text, "", sql.NullString{Valid: true}},
		{assigned[sql.NullInt16], value.Int, int64(-1), sql.NullInt16{Int16: -1, Valid: true}},
		{assigned[sql.Null[uuid]], value.UUID, bits, sql.Null[uuid]{V: uuid(bits), Valid: true}},
		{assigned[[]string], value.JSON, []byte(`["a"]`), []string{"a"}},
		{assigned[*[]string], value.JSON, []byte(`["a"]`), &[]string{"a"}},
		{assigned[sql.Null[[]string]], value.JSON, []byte(`["a"]`), sql.Null[[]string]{V: []string{"a"}, Valid: true}},
		{assigned[any], value.JSON, []byte(`1`), 1.0},
		{assigned[map[string]int], value.JSON, []byte(`null`), map[string]int(nil)},
		{assigned[picky[string]], value.Text, "a", picky[string]{"a"}},
		{assigned[picky[[]byte]], value.Text, "a", picky[[]byte]{[]byte("a")}},
		{assigned[picky[string]], value.Bytes, []byte("a"), picky[string]{"a"}},
		{assigned[picky[[]byte]], value.Bytes, []byte("a"), picky[[]byte]{[]byte("a")}},
		{assigned[picky[string]], value.UUID, bits, picky[string]{bitsText}},
		{assigned[picky[[]byte]], value.UUID, bits, picky[[]byte]{bits[:]}},
		{assigned[picky[int64]], value.Uint, uint64(5), picky[int64]{int64(5)}},
		{assigned[picky[string]], value.Uint, uint64(math.MaxUint64), picky[string]{"18446744073709551615"}},
		{assigned[picky[float64]], value.Float32, float32(1.5), picky[float64]{1.5}},
		{assigned[picky[bool]], value.Bool, true, picky[bool]{true}},
		{assigned[picky[time.Time]], value.Time, at, picky[time.Time]{at}},
		{assigned[*picky[string]], value.Text, "a", &picky[string]{"a"}},
	} {
		got, err := c.into(c.typ, c.v)
		require.NoError(t, err, "%d: %T", i, c.want)
		require.Equal(t, c.want, got, "%d", i)
	}
	nan, err := assigned[float32](value.Float64, math.NaN())
	require.NoError(t, err)
	require.True(t, math.IsNaN(float64(nan.(float32))))
}

func TestAssignNull(t *testing.T) {
	for _, typ := range []value.Type{value.Text, value.Int, value.UUID, value.Time, value.JSON} {
		for i, c := range []struct {
			into func(value.Type, any) (any, error)
			want any
		}{
			{assigned[*string], (*string)(nil)}, {assigned[**string], (**string)(nil)}, {assigned[[]byte], []byte(nil)}, {assigned[map[string]int], map[string]int(nil)},
			{assigned[sql.NullString], sql.NullString{}}, {assigned[sql.Null[uuid]], sql.Null[uuid]{}}, {assigned[*uuid], (*uuid)(nil)},
			{assigned[picky[string]], picky[string]{}}, {assigned[*picky[string]], (*picky[string])(nil)},
		} {
			got, err := c.into(typ, nil)
			require.NoError(t, err, "%v %d", typ, i)
			require.Equal(t, c.want, got)
		}
		for _, into := range []func(value.Type, any) (any, error){assigned[string], assigned[int], assigned[bool], assigned[time.Time], assigned[uuid], assigned[struct{}]} {
			_, err := into(typ, nil)
			require.ErrorContains(t, err, "use a pointer or sql.Null")
		}
	}
}

func TestAssignClearsWhatWasThere(t *testing.T) {
	s := ptr("before")
	require.NoError(t, Assign(reflect.ValueOf(&s).Elem(), value.Text, nil))
	require.Nil(t, s)
	n := sql.NullString{String: "before", Valid: true}
	require.NoError(t, Assign(reflect.ValueOf(&n).Elem(), value.Text, nil))
	require.Equal(t, sql.NullString{}, n)
}

func TestAssignRefusesWhatDoesNotFit(t *testing.T) {
	for i, c := range []struct {
		into func(value.Type, any) (any, error)
		typ  value.Type
		v    any
	}{
		{assigned[int8], value.Int, int64(128)}, {assigned[int8], value.Int, int64(-129)}, {assigned[uint8], value.Uint, uint64(256)},
		{assigned[uint], value.Int, int64(1)}, {assigned[int], value.Uint, uint64(1)}, {assigned[float64], value.Int, int64(1)}, {assigned[int], value.Float64, 1.0},
		{assigned[float32], value.Float64, 0.1}, {assigned[float32], value.Float64, math.MaxFloat64},
		{assigned[int], value.Text, canary}, {assigned[bool], value.Text, canary}, {assigned[time.Time], value.Text, canary}, {assigned[uuid], value.Text, canary},
		{assigned[string], value.Bytes, []byte(canary)}, {assigned[string], value.Int, int64(65)}, {assigned[string], value.UUID, bits}, {assigned[string], value.Time, at},
		{assigned[[]rune], value.Text, canary}, {assigned[[16]int], value.Bytes, []byte(canary)}, {assigned[[11]byte], value.Bytes, []byte(canary)},
		{assigned[*int8], value.Int, int64(128)}, {assigned[sql.NullByte], value.Uint, uint64(256)}, {assigned[struct{ S string }], value.Text, canary},
		{assigned[[]int], value.JSON, []byte(`["` + canary + `"]`)}, {assigned[string], value.JSON, []byte(canary)}, {assigned[string], value.JSON, []byte{}},
		{assigned[fussy], value.Text, canary}, {assigned[*fussy], value.Text, canary}, {assigned[picky[bool]], value.Text, canary},
	} {
		_, err := c.into(c.typ, c.v)
		require.Error(t, err, "%d", i)
		require.NotContains(t, err.Error(), canary, "%d", i)
	}
}

func TestUUIDText(t *testing.T) {
	require.Equal(t, bitsText, UUIDText(bits))
	require.Equal(t, "ffffffff-ffff-ffff-ffff-ffffffffffff", UUIDText([16]byte{255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255}))
}
