package finish

import (
	"errors"
	"math/big"
	"strings"
)

// A decimal is n / 10^scale, exactly.
type decimal struct {
	n     *big.Int
	scale int
}

var ten = big.NewInt(10)

func pow10(n int) *big.Int { return new(big.Int).Exp(ten, big.NewInt(int64(n)), nil) }

var errDecimal = errors.New("cellseal: a value to be added up is no decimal number")

// parseDecimal reads -12.50, with as many digits behind the point as it is written with.
func parseDecimal(s string) (decimal, error) {
	whole, fraction, _ := strings.Cut(s, ".")
	n, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok || strings.ContainsAny(fraction, "+-_") {
		return decimal{}, errDecimal
	}
	return decimal{n, len(fraction)}, nil
}

// to returns the number with more digits behind the point.
func (d decimal) to(scale int) decimal {
	if scale <= d.scale {
		return d
	}
	return decimal{new(big.Int).Mul(d.n, pow10(scale-d.scale)), scale}
}

func (d decimal) add(o decimal) decimal {
	scale := max(d.scale, o.scale)
	return decimal{new(big.Int).Add(d.to(scale).n, o.to(scale).n), scale}
}

func (d decimal) compare(o decimal) int {
	scale := max(d.scale, o.scale)
	return d.to(scale).n.Cmp(o.to(scale).n)
}

// String writes all digits of the scale.
func (d decimal) String() string {
	digits := new(big.Int).Abs(d.n).String()
	if len(digits) <= d.scale {
		digits = strings.Repeat("0", d.scale+1-len(digits)) + digits
	}
	text := digits[:len(digits)-d.scale]
	if d.scale > 0 {
		text += "." + digits[len(digits)-d.scale:]
	}
	if d.n.Sign() < 0 {
		text = "-" + text
	}
	return text
}

// canonical is the same for equal numbers.
func (d decimal) canonical() string {
	s := d.String()
	if strings.Contains(s, ".") {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// over divides by a count, rounded half away from zero to scale digits.
func (d decimal) over(count int64, scale int) decimal {
	n := new(big.Int).Abs(d.n)
	by := new(big.Int).Mul(big.NewInt(count), pow10(max(d.scale-scale, 0)))
	n.Mul(n, pow10(max(scale-d.scale, 0)))
	n.Lsh(n, 1).Add(n, by).Quo(n, by.Lsh(by, 1))
	if d.n.Sign() < 0 {
		n.Neg(n)
	}
	return decimal{n, scale}
}

// quotientScale is how many digits behind the point PostgreSQL gives a quotient of numerics: at
// least 16 that count, by digits to the base of 10000, and at least as many as the operands have
// (select_div_scale in its numeric.c).
func quotientScale(d decimal, count int64) int {
	weight, first := leading(d)
	byWeight, byFirst := leading(decimal{big.NewInt(count), 0})
	weight -= byWeight
	if first <= byFirst {
		weight--
	}
	return min(max(16-4*weight, d.scale, 0), 1000)
}

// leading returns the first digit that is not zero, to the base of 10000, and its place: 0 is the
// one before the point.
func leading(d decimal) (weight int, first int64) {
	digits := new(big.Int).Abs(d.n).String()
	if digits == "0" {
		return 0, 0
	}
	for d.scale%4 != 0 {
		digits += "0"
		d.scale++
	}
	groups := (len(digits) + 3) / 4
	head := digits[:len(digits)-4*(groups-1)]
	for _, c := range head {
		first = 10*first + int64(c-'0')
	}
	return groups - 1 - d.scale/4, first
}
