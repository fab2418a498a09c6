package cell

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRowID(t *testing.T) {
	uuid := [16]byte{0: 0xA5, 15: 0xDD}
	for _, c := range []struct {
		name    string
		columns []Binding
		want    string
	}{
		{"int", []Binding{BindInt("id", 42)}, "\x0242"},
		{"zero", []Binding{BindInt("id", 0)}, "\x010"},
		{"negative", []Binding{BindInt("id", -1)}, "\x02-1"},
		{"least", []Binding{BindInt("id", math.MinInt64)}, "\x14-9223372036854775808"},
		{"greatest", []Binding{BindInt("id", math.MaxInt64)}, "\x139223372036854775807"},
		{"uint", []Binding{BindUint("id", 42)}, "\x0242"},
		{"greatest uint", []Binding{BindUint("id", math.MaxUint64)}, "\x1418446744073709551615"},
		{"uuid", []Binding{BindUUID("id", uuid)}, "\x10" + string(uuid[:])},
		{"text", []Binding{BindText("id", "été")}, "\x05été"},
		{"text is not normalized", []Binding{BindText("id", " A\u0301 ")}, "\x05 A\u0301 "},
		{"empty text", []Binding{BindText("id", "")}, "\x00"},
		{"bytes", []Binding{BindBytes("id", []byte{0, 0xFF})}, "\x02\x00\xFF"},
		{"no bytes", []Binding{BindBytes("id", nil)}, "\x00"},
		{"127 bytes", []Binding{BindText("id", strings.Repeat("x", 127))}, "\x7f" + strings.Repeat("x", 127)},
		{"128 bytes", []Binding{BindText("id", strings.Repeat("x", 128))}, "\x80\x01" + strings.Repeat("x", 128)},
		{"300 bytes", []Binding{BindText("id", strings.Repeat("x", 300))}, "\xac\x02" + strings.Repeat("x", 300)},
		{"20000 bytes", []Binding{BindText("id", strings.Repeat("x", 20000))}, "\xa0\x9c\x01" + strings.Repeat("x", 20000)},
		{"two", []Binding{BindText("a", "acme"), BindInt("b", 7)}, "\x04acme\x017"},
		{"two the other way round", []Binding{BindInt("b", 7), BindText("a", "acme")}, "\x04acme\x017"},
		{"order of bytes", []Binding{BindInt("a", 1), BindInt("B", 2), BindInt("_", 3), BindInt("a1", 4), BindInt("0", 5)}, "\x015\x012\x013\x011\x014"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, string(RowID(c.columns...)))
		})
	}
}

// The order of arguments says nothing; that of the names is all.
func TestRowIDOrder(t *testing.T) {
	d := newDraw("row ids")
	columns := []Binding{
		BindInt("id", 1), BindText("clinic", "acme"), BindUint("number", 17), BindBytes("raw", []byte("\x01")), BindUUID("uuid", [16]byte{}),
	}
	want := RowID(columns...)
	first := columns[0]
	for range 100 {
		d.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
		require.Equal(t, want, RowID(columns...))
	}
	require.Contains(t, columns, first, "the arguments are left alone")
}

// What is declared an integer is one row whatever its sign bit is called.
func TestRowIDOfOneNumber(t *testing.T) {
	for _, v := range []int64{0, 1, 42, math.MaxInt64} {
		require.Equal(t, RowID(BindInt("id", v)), RowID(BindUint("id", uint64(v))))
	}
	require.NotEqual(t, RowID(BindInt("id", -1)), RowID(BindUint("id", math.MaxUint64)))
	id := [16]byte([]byte("sixteen letters!"))
	require.Equal(t, RowID(BindUUID("id", id)), RowID(BindBytes("id", id[:])))
}

// Values never run into each other: two tuples with one identity are one tuple.
func TestRowIDIsUnambiguous(t *testing.T) {
	values := []string{"", "\x00", "\x01", "1", "11", "\x011", "\x01\x01", "\x00\x00", "a", "\x01a", strings.Repeat("x", 128), "\x80", "\x80\x01"}
	seen := map[string][]string{}
	remember := func(tuple ...string) {
		var columns []Binding
		for i, v := range tuple {
			columns = append(columns, BindText(string(rune('a'+i)), v))
		}
		id := string(RowID(columns...))
		require.NotContains(t, seen, id, "%q", tuple)
		seen[id] = tuple
	}
	for _, a := range values {
		remember(a)
		for _, b := range values {
			remember(a, b)
			for _, c := range values {
				remember(a, b, c)
			}
		}
	}
	n := len(values)
	require.Len(t, seen, n+n*n+n*n*n)
}

// Rows keep their identity whether it fits their own buffer or not.
func TestLongAndShortRows(t *testing.T) {
	d := home(t)
	for n := 1; n < 60; n++ {
		id := bytes.Repeat([]byte{7}, n)
		sealed := NewRow(d, id).Seal(homeColumn, []byte("a secret"))
		out, err := NewRow(d, id).Open(homeColumn, sealed)
		require.NoError(t, err)
		require.Equal(t, "a secret", string(out))
		out, err = NewRow(d, append(id, 7)).Open(homeColumn, sealed)
		requireRefused(t, out, err)
	}
}
