package convert

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

func column(t testing.TB, typ string) *schema.Column {
	t.Helper()
	s, err := schema.New(schema.Table{Name: "t", Bind: schema.Binding{Kind: schema.BindNothing}, Columns: []*schema.Column{
		{Name: "c", Mode: schema.ModeSeal, Type: typ},
	}})
	require.NoError(t, err)
	return s.Table("t").Columns[0]
}

func TestWhatServersTake(t *testing.T) {
	at := time.Date(2024, 2, 3, 4, 5, 6, 7000000, time.UTC)
	for _, c := range []struct {
		typ  string
		v    any
		want any // nil if it is refused
	}{
		{"int", "42", int64(42)}, {"int", []byte("-1"), int64(-1)}, {"int", 3.0, int64(3)}, {"int", 3.5, nil}, {"int", "4x", nil},
		{"uint", "18446744073709551615", uint64(math.MaxUint64)}, {"uint", -1, nil},
		{"bool", 1, true}, {"bool", int64(0), false}, {"bool", 2, nil}, {"bool", "t", true}, {"bool", "maybe", nil},
		{"float64", 3, 3.0}, {"float64", "1e3", 1000.0}, {"float64", int64(1<<53 + 1), nil}, {"float32", 0.1, float32(0.1)},
		{"decimal", 1.5, "1.5"}, {"decimal", 7, "7"}, {"decimal", math.NaN(), nil}, {"decimal", "x", nil},
		{"time", "2024-02-03 04:05:06.007Z", at}, {"time", "2024-02-03T05:05:06.007+01:00", at}, {"time", "2024-02-03 04:05:06.007", at},
		{"time", "2024-02-03", time.Date(2024, 2, 3, 0, 0, 0, 0, time.UTC)}, {"time", "yesterday", nil}, {"time", &at, at},
		{"json", `{"a": 1}`, []byte(`{"a": 1}`)}, {"json", map[string]int{"a": 1}, []byte(`{"a":1}`)}, {"json", "{", nil},
		{"text", sql.NullString{String: "s", Valid: true}, "s"}, {"text", 5, nil}, {"varchar(2)", "abc", nil},
		{"bytes", `\x00ff`, []byte{0, 255}}, {"bytes", `\other`, nil}, {"bytes", "raw", []byte("raw")},
	} {
		got, err := Limited(sqltext.PostgreSQL, column(t, c.typ), c.v)
		if c.want == nil {
			require.Error(t, err, "%s %v", c.typ, c.v)
			continue
		}
		require.NoError(t, err, "%s %v", c.typ, c.v)
		require.Equal(t, c.want, got, "%s %v", c.typ, c.v)
	}
	got, err := Limited(sqltext.SQLite, column(t, "bytes"), `\x00ff`)
	require.NoError(t, err)
	require.Equal(t, []byte(`\x00ff`), got, "PostgreSQL alone reads strings so")
	for _, null := range []any{nil, (*string)(nil), sql.NullString{}, []byte(nil)} {
		_, isNull, err := Encoded(sqltext.MySQL, column(t, "text"), null)
		require.NoError(t, err)
		require.True(t, isNull)
		require.True(t, IsNull(null))
	}
	require.False(t, IsNull([]byte{}))
	require.False(t, IsNull(struct{}{}))
}

func TestShown(t *testing.T) {
	text := column(t, "text")
	for _, c := range []struct{ v, pg, my, lite any }{
		{nil, nil, nil, nil},
		{"s", "s", []byte("s"), "s"},
		{true, true, int64(1), int64(1)},
		{uint64(7), int64(7), uint64(7), int64(7)},
		{uint64(math.MaxUint64), "18446744073709551615", uint64(math.MaxUint64), "18446744073709551615"},
		{float32(0.5), 0.5, float32(0.5), 0.5},
		{[16]byte{15: 1}, "00000000-0000-0000-0000-000000000001", []byte("00000000-0000-0000-0000-000000000001"), "00000000-0000-0000-0000-000000000001"},
		{Plaintext{int64(5)}, int64(5), int64(5), int64(5)},
	} {
		for d, want := range map[sqltext.Dialect]any{sqltext.PostgreSQL: c.pg, sqltext.MySQL: c.my, sqltext.SQLite: c.lite} {
			got, err := Shown(d, Times{}, text, c.v)
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
	}
	got, err := Shown(sqltext.SQLite, Times{}, column(t, "json"), []byte("{}"))
	require.NoError(t, err)
	require.Equal(t, "{}", got)
	_, err = Shown(sqltext.SQLite, Times{}, text, struct{}{})
	require.Error(t, err)
}

func TestTimesAreShownAsTheDriverDeliversThem(t *testing.T) {
	zone := time.FixedZone("there", 3600)
	at := time.Date(2024, 2, 29, 12, 0, 0, 123456000, time.UTC)
	for _, c := range []struct {
		times Times
		typ   string
		want  any
	}{
		{Times{}, "time", at},
		{Times{Zone: zone}, "time", at.In(zone)},
		{Times{Text: true}, "time", []byte("2024-02-29 12:00:00.123456")},
		{Times{Text: true}, "timestamp(3)", []byte("2024-02-29 12:00:00.123")},
		{Times{Text: true, Zone: zone}, "timestamp(0)", []byte("2024-02-29 13:00:00")},
	} {
		got, err := Shown(sqltext.MySQL, c.times, column(t, c.typ), at)
		require.NoError(t, err)
		require.Equal(t, c.want, got, c.typ)
	}
}

type array struct {
	v   driver.Value
	err error
}

func (a array) Value() (driver.Value, error) { return a.v, a.err }

func TestElements(t *testing.T) {
	for _, c := range []struct {
		v    any
		want []any
	}{
		{[]string{"a", "b"}, []any{"a", "b"}}, {[2]int{1, 2}, []any{1, 2}}, {&[]string{"a"}, []any{"a"}},
		{`{}`, []any{}}, {` { a , "b,\"\\c" ,null, "NULL" } `, []any{"a", `b,"\c`, nil, "NULL"}}, {[]byte(`{""}`), []any{""}},
		{array{v: "{1,2}"}, []any{"1", "2"}},
	} {
		got, err := Elements(c.v)
		require.NoError(t, err, "%v", c.v)
		require.Equal(t, c.want, got)
	}
	for _, null := range []any{nil, []string(nil), (*[]string)(nil), array{}} {
		got, err := Elements(null)
		require.NoError(t, err)
		require.Nil(t, got)
	}
	for _, bad := range []any{5, "a", "{", `{"a}`, `{a,}`, `{,a}`, `{{a}}`, `{"a"b}`, array{err: errors.New("quotes CANARY")}} {
		_, err := Elements(bad)
		require.Error(t, err, "%v", bad)
		require.NotContains(t, err.Error(), "CANARY")
	}
}
