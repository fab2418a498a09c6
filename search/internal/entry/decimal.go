package entry

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
)

// The first bytes of decimals. Inverted, positive is negative.
const (
	negative = 0x7e
	zero     = 0x80
	positive = 0x81
)

var errLarge = errors.New("it is a decimal number of 10^32767 or more, or nearer to zero than 10^-32769, which has no place in the order of an index")

// decimal orders canonical decimal text: sign, exponent, digits two to a byte. A zero
// ends the digits, so that inverted ones end above what goes on.
func decimal(s string) ([]byte, error) {
	if s == "0" {
		return []byte{zero}, nil
	}
	s, below := strings.CutPrefix(s, "-")
	whole, fraction, _ := strings.Cut(s, ".")
	exponent := len(whole)
	digits := whole + fraction
	if whole == "0" {
		digits = strings.TrimLeft(fraction, "0")
		exponent = len(digits) - len(fraction)
	}
	digits = strings.TrimRight(digits, "0")
	if exponent < math.MinInt16 || exponent > math.MaxInt16 {
		return nil, errLarge
	}
	b := binary.BigEndian.AppendUint16([]byte{positive}, uint16(exponent+1<<15))
	if len(digits)%2 == 1 {
		digits += "0"
	}
	for i := 0; i < len(digits); i += 2 {
		b = append(b, (digits[i]-'0')*10+digits[i+1]-'0'+1)
	}
	b = append(b, 0)
	if below {
		for i := range b {
			b[i] = ^b[i]
		}
	}
	return b, nil
}
