package value

import (
	"bytes"
	"math/big"
	"testing"
)

// Encode undoes Decode for every type and all bytes, NaNs excepted, of which one
// is stored; and Decode undoes Encode.
func FuzzDecode(f *testing.F) {
	for _, typ := range allTypes {
		f.Add(uint8(typ), []byte{})
		f.Add(uint8(typ), []byte("12345678"))
		f.Add(uint8(typ), []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3b, 0x9a, 0xc9, 0xff})
	}
	f.Fuzz(func(t *testing.T, typ uint8, b []byte) {
		if typ > uint8(JSON) {
			return
		}
		v, err := Decode(Type(typ), b)
		if err != nil {
			return
		}
		again := Encode(Type(typ), v)
		if isNaN(v) {
			v, err = Decode(Type(typ), again)
			if err != nil || !isNaN(v) {
				t.Fatalf("NaN does not come back from %x", again)
			}
			return
		}
		if !bytes.Equal(again, b) {
			t.Fatalf("%v: %x came back as %x", Type(typ), b, again)
		}
		out, null, err := From(Type(typ), v)
		if Type(typ) == Decimal {
			return // Decode does not look whether the text is canonical
		}
		if err != nil || null || !bytes.Equal(Encode(Type(typ), out), b) {
			t.Fatalf("%v: From changed %x", Type(typ), b)
		}
	})
}

// CanonicalDecimal is idempotent, equal to math/big's reading, and one spelling.
func FuzzCanonicalDecimal(f *testing.F) {
	for _, s := range []string{"0", "-0", ".5", "5.", "1e3", "-1.50e-2", "00012.3400", "1e131072", "NaN", "0x1p-2", "1_0", "1/2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := CanonicalDecimal(s)
		if err != nil {
			return
		}
		again, err := CanonicalDecimal(got)
		if err != nil || again != got || !canonicalText.MatchString(got) {
			t.Fatalf("%q gave %q and then %q, %v", s, got, again, err)
		}
		if len(s) > 1000 || len(got) > 1000 {
			return // big.Rat takes its time
		}
		want, ok := new(big.Rat).SetString(s)
		have, ok2 := new(big.Rat).SetString(got)
		if !ok || !ok2 || want.Cmp(have) != 0 {
			t.Fatalf("%q gave %q, another number", s, got)
		}
	})
}
