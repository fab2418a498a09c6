package value

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseDeclared(t *testing.T) {
	for _, typ := range allTypes {
		got, l, err := ParseDeclared(typ.String())
		require.NoError(t, err)
		require.Equal(t, typ, got)
		require.Zero(t, l)
		require.Empty(t, l.String())
	}
	for in, want := range map[string]struct {
		typ Type
		l   Limit
	}{
		"numeric(10,2)": {Decimal, Limit{"numeric", 10, 2}},
		"numeric(1)":    {Decimal, Limit{"numeric", 1, 0}},
		"numeric(5,5)":  {Decimal, Limit{"numeric", 5, 5}},
		"timestamp(0)":  {Time, Limit{"timestamp", 0, 0}},
		"timestamp(9)":  {Time, Limit{"timestamp", 9, 0}},
		"varchar(255)":  {Text, Limit{"varchar", 255, 0}},
	} {
		typ, l, err := ParseDeclared(in)
		require.NoError(t, err, in)
		require.Equal(t, want.typ, typ, in)
		require.Equal(t, want.l, l, in)
		_, again, err := ParseDeclared(l.String())
		require.NoError(t, err)
		require.Equal(t, l, again)
	}
	for _, in := range []string{
		"", "Text", "string", "text(5)", "int(11)", "bool(1)", "numeric", "numeric()", "numeric(0)", "numeric(0,0)", "numeric(2,3)",
		"numeric(-1)", "numeric(10, 2)", "numeric(1,2,3)", "numeric(9999999)", "timestamp", "timestamp(10)", "timestamp(6,1)",
		"varchar", "varchar(0)", "varchar(5,1)", "varchar(5", "varchar 5", "char(5)", "Varchar(5)",
	} {
		_, _, err := ParseDeclared(in)
		require.ErrorContains(t, err, "type="+in+": want ", "%q", in)
	}
}

func TestLimitsAreApplied(t *testing.T) {
	at := time.Date(2024, 2, 29, 23, 59, 59, 999_999_500, time.UTC)
	for _, c := range []struct {
		l        Limit
		in, want any
	}{
		{Limit{}, "any", "any"},
		{Limit{}, int64(1), int64(1)},
		{Limit{"numeric", 4, 2}, "1.005", "1.01"},
		{Limit{"timestamp", 9, 0}, at, at},
		{Limit{"timestamp", 6, 0}, at, time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)}, // half up
		{Limit{"timestamp", 6, 0}, at.Add(-1), time.Date(2024, 2, 29, 23, 59, 59, 999_999_000, time.UTC)},
		{Limit{"timestamp", 3, 0}, time.Unix(-1, 1e6).UTC(), time.Unix(-1, 1e6).UTC()},
		{Limit{"timestamp", 0, 0}, time.Unix(-1, 4e8).UTC(), time.Unix(-1, 0).UTC()},
		{Limit{"varchar", 3, 0}, "", ""},
		{Limit{"varchar", 3, 0}, "ßü漢", "ßü漢"}, // characters, not bytes
	} {
		got, err := c.l.Apply(c.in)
		require.NoError(t, err, "%v", c.l)
		require.Equal(t, c.want, got, "%v", c.l)
	}
	for _, c := range []struct {
		l  Limit
		in any
	}{
		{Limit{"numeric", 4, 2}, "99.995"},
		{Limit{"varchar", 3, 0}, "abcd"},
		{Limit{"varchar", 3, 0}, "\xff"},
	} {
		_, err := c.l.Apply(c.in)
		require.Error(t, err, "%v", c.l)
	}
}

func TestMaxValuesOfLimits(t *testing.T) {
	for _, c := range []struct {
		l    Limit
		want uint64
	}{
		{Limit{}, 0},
		{Limit{"numeric", 1, 0}, 19}, // -9 to 9
		{Limit{"numeric", 2, 2}, 199},
		{Limit{"numeric", 18, 0}, 1999999999999999999},
		{Limit{"numeric", 19, 0}, 0},
		{Limit{"varchar", 2, 0}, 36 * 36},
		{Limit{"varchar", 8, 0}, 36 * 36 * 36 * 36 * 36 * 36 * 36 * 36},
		{Limit{"varchar", 9, 0}, 0},
		{Limit{"timestamp", 0, 0}, 0},
	} {
		require.Equal(t, c.want, c.l.MaxValues(), "%v", c.l)
	}
}

func TestLimitErrorsSayHowLong(t *testing.T) {
	_, err := Limit{"varchar", 3, 0}.Apply(strings.Repeat("ü", 5))
	require.EqualError(t, err, "it has 5 characters, and varchar(3) holds fewer")
}
