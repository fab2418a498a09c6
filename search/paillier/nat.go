package paillier

import "filippo.io/bigmod"

// modulus is of a number greater than one, by construction.
func modulus(b []byte) *bigmod.Modulus {
	m, err := bigmod.NewModulus(b)
	if err != nil {
		panic("cellseal/paillier: " + err.Error())
	}
	return m
}

// under is b as a number less than m, by construction.
func under(m *bigmod.Modulus, b []byte) *bigmod.Nat {
	x, err := bigmod.NewNat().SetBytes(b, m)
	if err != nil {
		panic("cellseal/paillier: " + err.Error())
	}
	return x
}

// reduced is x mod m, of an x of any size.
func reduced(x *bigmod.Nat, m *bigmod.Modulus) *bigmod.Nat { return bigmod.NewNat().Mod(x, m) }
