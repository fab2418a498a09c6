package ff1

import "math/big"

// setNumber is NUM of the standard: the number that numerals are, most
// significant first.
func (f *feistel) setNumber(x *big.Int, numerals []uint16) {
	var digit big.Int
	for _, numeral := range numerals {
		x.Mul(x, f.base)
		x.Add(x, digit.SetUint64(uint64(numeral)))
	}
}

// putNumerals is STR of the standard: it fills all of dst and leaves x at zero.
func (f *feistel) putNumerals(dst []uint16, x *big.Int) {
	var digit big.Int
	for i := len(dst) - 1; i >= 0; i-- {
		x.QuoRem(x, f.base, &digit)
		dst[i] = uint16(digit.Uint64())
	}
}
