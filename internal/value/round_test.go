package value

import (
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRoundDecimal(t *testing.T) {
	for _, c := range []struct {
		in               string
		precision, scale int
		want             string // or "" if refused
	}{
		{"0", 1, 0, "0"},
		{"-0.4", 1, 0, "0"},
		{"0.5", 1, 0, "1"}, // half away from zero, not to even
		{"1.5", 1, 0, "2"},
		{"2.5", 1, 0, "3"},
		{"-0.5", 1, 0, "-1"},
		{"-2.5", 1, 0, "-3"},
		{"0.49999999999999999999", 1, 0, "0"},
		{"1.005", 10, 2, "1.01"}, // a float64 would give 1
		{"1.004999", 10, 2, "1"},
		{"-1.005", 10, 2, "-1.01"},
		{"1.5", 10, 2, "1.5"},
		{"1.50", 10, 2, "1.5"},
		{"1.5e1", 10, 2, "15"},
		{".005", 10, 2, "0.01"},
		{"-.004", 10, 2, "0"},
		{"99.994", 4, 2, "99.99"},
		{"99.995", 4, 2, ""}, // rounds to 100.00
		{"-99.995", 4, 2, ""},
		{"99.99", 4, 2, "99.99"},
		{"100", 4, 2, ""},
		{"9", 1, 0, "9"},
		{"9.5", 1, 0, ""},
		{"10", 1, 0, ""},
		{"0.99", 2, 2, "0.99"}, // nothing before the point
		{"0.995", 2, 2, ""},
		{"1", 2, 2, ""},
		{"0", 2, 2, "0"},
		{"99999999999999999999999999999999999999", 38, 0, "99999999999999999999999999999999999999"},
		{"999999999999999999999999999999999999999", 38, 0, ""},
		{"0.12345678901234567890123456789012345678", 38, 38, "0.12345678901234567890123456789012345678"},
		{"1e131072", 10, 2, ""},
		{"1e-131072", 10, 2, "0"},
	} {
		got, err := RoundDecimal(c.in, c.precision, c.scale)
		if c.want == "" {
			require.Error(t, err, "%s as numeric(%d,%d)", c.in, c.precision, c.scale)
			require.Contains(t, err.Error(), Limit{"numeric", c.precision, c.scale}.String())
			continue
		}
		require.NoError(t, err, "%s as numeric(%d,%d)", c.in, c.precision, c.scale)
		require.Equal(t, c.want, got, "%s as numeric(%d,%d)", c.in, c.precision, c.scale)
	}
}

func TestRoundDecimalPanicsOnNoNumeric(t *testing.T) {
	for _, c := range [][2]int{{0, 0}, {-1, 0}, {1, -1}, {1, 2}, {3, 5}} {
		require.Panics(t, func() { _, _ = RoundDecimal("1", c[0], c[1]) }, "numeric(%d,%d)", c[0], c[1])
	}
}

// Against integer arithmetic of math/big: |x|·10^scale + 1/2, cut off.
func TestRoundDecimalAgainstIntegers(t *testing.T) {
	r := rng(t)
	rounded, refused := 0, 0
	for range 20000 {
		in, err := CanonicalDecimal(decimalish(r))
		if err != nil {
			continue
		}
		precision := 1 + r.IntN(12)
		scale := r.IntN(precision + 1)
		x, _ := new(big.Rat).SetString(strings.TrimPrefix(in, "-"))
		ten := func(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }
		units := x.Mul(x, new(big.Rat).SetInt(ten(scale)))
		units.Add(units, big.NewRat(1, 2))
		n := new(big.Int).Quo(units.Num(), units.Denom())

		got, err := RoundDecimal(in, precision, scale)
		if n.Cmp(ten(precision)) >= 0 {
			require.Error(t, err, "%s as numeric(%d,%d)", in, precision, scale)
			refused++
			continue
		}
		require.NoError(t, err, "%s as numeric(%d,%d)", in, precision, scale)
		if strings.HasPrefix(in, "-") {
			n.Neg(n)
		}
		have, ok := new(big.Rat).SetString(got)
		require.True(t, ok)
		require.Zero(t, new(big.Rat).SetFrac(n, ten(scale)).Cmp(have), "%s as numeric(%d,%d) gave %s", in, precision, scale, got)
		require.Regexp(t, canonicalText, got)
		again, err := RoundDecimal(got, precision, scale)
		require.NoError(t, err)
		require.Equal(t, got, again)
		rounded++
	}
	require.Greater(t, rounded, 3000)
	require.Greater(t, refused, 1000)
}
