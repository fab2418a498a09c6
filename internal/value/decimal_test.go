package value

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCanonicalDecimal(t *testing.T) {
	zeros := func(n int) string { return strings.Repeat("0", n) }
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "+0": "0", "0.0": "0", "-0.000": "0", "00": "0", ".0": "0", "0.": "0", "0e5": "0", "-0e-5": "0",
		"1": "1", "+1": "1", "-1": "-1", "01": "1", "0010": "10", "-0010.0100": "-10.01",
		".5": "0.5", "5.": "5", "-.5": "-0.5", "0.5": "0.5", "00.50": "0.5",
		"1.50": "1.5", "100": "100", "100.00": "100", "1e2": "100", "1E2": "100", "1e+2": "100", "1.5e1": "15", "1.5e0": "1.5",
		"15e-1": "1.5", "1e-3": "0.001", "-12e-1": "-1.2", ".5e1": "5", "5.e-1": "0.5", "123.456e1": "1234.56", "1.0e0002": "100",
		"99999999999999999999999999999999999999.10": "99999999999999999999999999999999999999.1",
		"1e131072":                                "1" + zeros(131072),
		"1e-131072":                               "0." + zeros(131071) + "1",
		zeros(1000) + "7." + zeros(1000):          "7",
		"0." + zeros(200) + "1e200":               "0.1",
		strings.Repeat("9", 300) + "e-300":        "0." + strings.Repeat("9", 300),
		"-" + strings.Repeat("9", 20) + ".0e-020": "-0." + strings.Repeat("9", 20),
	} {
		got, err := CanonicalDecimal(in)
		require.NoError(t, err, "%.40q", in)
		require.True(t, got == want, "%.40q gave %.40q", in, got)
		again, err := CanonicalDecimal(got)
		require.NoError(t, err)
		require.True(t, again == got, "%.40q is no fixpoint", in)
	}
}

func TestNoDecimal(t *testing.T) {
	for _, in := range []string{
		"", " ", ".", "-", "+", "-.", "e5", ".e5", "-e1", "1e", "1e+", "1e-", "1e1.5", "1.2.3", "1,5", "1_000", "1 000",
		" 1", "1 ", "1\n", "\n1", "--1", "+-1", "1-", "0x10", "0b1", "1/2", "1p3", "1e5e5", "½", "١", "１", "−1",
		"NaN", "nan", "Inf", "-Infinity", "infinity", "true", "1.5f", "$1", "1%", "1\x00", "\xff",
		"1e131073", "1e-131073", "1e999999", "-1e-999999", "1e1000000", "1e99999999999999999999", "0e999999",
	} {
		got, err := CanonicalDecimal(in)
		require.ErrorIs(t, err, errDecimal, "%q", in)
		require.Empty(t, got)
		_, err = RoundDecimal(in, 10, 2)
		require.ErrorIs(t, err, errDecimal, "%q", in)
	}
}

var canonicalText = regexp.MustCompile(`^(0|-?([1-9][0-9]*|0\.[0-9]*[1-9]|[1-9][0-9]*\.[0-9]*[1-9]))$`)

// The one spelling of each number, and the same number as math/big reads.
func TestCanonicalDecimalAgainstBigRat(t *testing.T) {
	r := rng(t)
	spelling := map[string]string{}
	for range 20000 {
		in := decimalish(r)
		want, ok := new(big.Rat).SetString(in)
		got, err := CanonicalDecimal(in)
		if !ok || !decimalText.MatchString(in) {
			require.Error(t, err, "%q", in)
			continue
		}
		require.NoError(t, err, "%q", in)
		require.Regexp(t, canonicalText, got, "%q", in)
		have, ok := new(big.Rat).SetString(got)
		require.True(t, ok)
		require.Zero(t, want.Cmp(have), "%q gave %q", in, got)
		if other, met := spelling[want.RatString()]; met {
			require.Equal(t, other, got)
		}
		spelling[want.RatString()] = got
	}
	require.Greater(t, len(spelling), 5000)
}

// decimalish returns what is nearly always a decimal number.
func decimalish(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString([]string{"", "", "-", "+"}[r.IntN(4)])
	digits := func(most int) {
		for range r.IntN(most + 1) {
			b.WriteByte("00123456789"[r.IntN(11)])
		}
	}
	digits(6)
	if r.IntN(3) > 0 {
		b.WriteByte('.')
		digits(6)
	}
	if r.IntN(3) == 0 {
		fmt.Fprintf(&b, "%s%d", []string{"e", "E", "e+", "e-"}[r.IntN(4)], r.IntN(30))
	}
	return b.String()
}
