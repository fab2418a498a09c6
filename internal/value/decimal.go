package value

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

var decimalText = regexp.MustCompile(`^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,6}))?$`)

// maxExponent bounds what an exponent can blow up: PostgreSQL's numeric has at
// most 131072 digits before the point and 16383 behind it.
const maxExponent = 131072

var errDecimal = errors.New("it is no decimal number such as -12.50 or 1.25e3")

// CanonicalDecimal returns s without exponent, plus sign, needless zeros and
// "-0": the one spelling of its number, with a single 0 before the point of a
// fraction.
func CanonicalDecimal(s string) (string, error) {
	m := decimalText.FindStringSubmatch(s)
	if m == nil || m[2]+m[3] == "" {
		return "", errDecimal
	}
	sign, digits, point := m[1], m[2]+m[3], len(m[2])
	if m[4] != "" {
		e, err := strconv.Atoi(m[4])
		if err != nil || e > maxExponent || e < -maxExponent {
			return "", errDecimal
		}
		point += e
	}
	if point < 0 {
		digits, point = strings.Repeat("0", -point)+digits, 0
	}
	if point > len(digits) {
		digits += strings.Repeat("0", point-len(digits))
	}
	whole, fraction := strings.TrimLeft(digits[:point], "0"), strings.TrimRight(digits[point:], "0")
	if whole == "" && fraction == "" {
		return "0", nil
	}
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if sign == "-" {
		return "-" + whole, nil
	}
	return whole, nil
}

// RoundDecimal does to decimal text what numeric(precision,scale) does in
// PostgreSQL and MySQL: it rounds to scale places, half away from zero, and refuses what
// then has too many digits. It panics unless 0 <= scale <= precision and precision >= 1.
func RoundDecimal(s string, precision, scale int) (string, error) {
	if precision < 1 || scale < 0 || scale > precision {
		panic(fmt.Sprintf("cellseal: numeric(%d,%d): want a precision of at least 1 and a scale from 0 to it", precision, scale))
	}
	canonical, err := CanonicalDecimal(s)
	if err != nil {
		return "", err
	}
	digits, negative := strings.CutPrefix(canonical, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	tooLarge := fmt.Errorf("it has more digits before the point than numeric(%d,%d) holds", precision, scale)
	if whole != "0" && len(whole) > precision-scale { // before any arithmetic on what may be very long
		return "", tooLarge
	}
	up := len(fraction) > scale && fraction[scale] >= '5'
	fraction = (fraction + strings.Repeat("0", scale))[:scale]
	n, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok {
		return "", errDecimal
	}
	if up {
		n.Add(n, big.NewInt(1))
	}
	text := n.String()
	text = strings.Repeat("0", max(scale+1-len(text), 0)) + text
	whole, fraction = text[:len(text)-scale], text[len(text)-scale:]
	if whole != "0" && len(whole) > precision-scale { // 9.99 may have become 10.0
		return "", tooLarge
	}
	if negative {
		whole = "-" + whole
	}
	return CanonicalDecimal(whole + "." + fraction)
}
