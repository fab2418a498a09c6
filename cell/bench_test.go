package cell_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/keys"
)

// The benchmarks come in groups whose members are compared with each other in
// one run: stdlib is AES-256-GCM with a random nonce under one cached key, tink
// is Tink's AES256_GCM AEAD, fresh is a cell of a row not yet derived, further
// one of a row already derived.

var benchSizes = []int{16, 64, 1024, 1 << 16, 1 << 20}

var column = "patients.email"

func benchDerived(b *testing.B) *keys.Derived {
	ring, err := keys.NewRing()
	if err != nil {
		b.Fatal(err)
	}
	d, err := ring.Cells(context.Background(), keys.Table("patients"), keys.Compartment("default"))
	if err != nil {
		b.Fatal(err)
	}
	return d
}

func stdGCM(b *testing.B) cipher.AEAD {
	key := make([]byte, 32)
	rand.Read(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		b.Fatal(err)
	}
	a, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		b.Fatal(err)
	}
	return a
}

func each(b *testing.B, who string, f func(b *testing.B, plaintext []byte)) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprintf("%s/%d", who, n), func(b *testing.B) {
			b.SetBytes(int64(n))
			b.ReportAllocs()
			f(b, make([]byte, n))
		})
	}
}

func BenchmarkSeal(b *testing.B) {
	d := benchDerived(b)
	id := cell.RowID(cell.BindInt("id", 424242))
	std := stdGCM(b)
	each(b, "stdlib", func(b *testing.B, p []byte) {
		for b.Loop() {
			std.Seal(nil, nil, p, id)
		}
	})
	each(b, "stdlibAppend", func(b *testing.B, p []byte) {
		dst := make([]byte, 0, len(p)+cell.OverheadUnbound)
		for b.Loop() {
			std.Seal(dst, nil, p, id)
		}
	})
	each(b, "tink", func(b *testing.B, p []byte) {
		a := tinkAEAD(b)
		for b.Loop() {
			if _, err := a.Encrypt(p, id); err != nil {
				b.Fatal(err)
			}
		}
	})
	each(b, "fresh", func(b *testing.B, p []byte) {
		for b.Loop() {
			cell.NewRow(d, id).Seal(column, p)
		}
	})
	each(b, "further", func(b *testing.B, p []byte) {
		row := cell.NewRow(d, id)
		for b.Loop() {
			row.Seal(column, p)
		}
	})
	each(b, "append", func(b *testing.B, p []byte) {
		row := cell.NewRow(d, id)
		dst := make([]byte, 0, len(p)+cell.OverheadUnbound)
		for b.Loop() {
			row.AppendSeal(dst, column, p)
		}
	})
	each(b, "unbound", func(b *testing.B, p []byte) {
		row := cell.NewUnbound(d)
		for b.Loop() {
			row.Seal(column, p)
		}
	})
	each(b, "padded", func(b *testing.B, p []byte) {
		row := cell.NewRow(d, id)
		for b.Loop() {
			row.SealPadded(column, p, 256)
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	d := benchDerived(b)
	id := cell.RowID(cell.BindInt("id", 424242))
	std := stdGCM(b)
	each(b, "stdlib", func(b *testing.B, p []byte) {
		c := std.Seal(nil, nil, p, id)
		for b.Loop() {
			if _, err := std.Open(nil, nil, c, id); err != nil {
				b.Fatal(err)
			}
		}
	})
	each(b, "stdlibAppend", func(b *testing.B, p []byte) {
		c := std.Seal(nil, nil, p, id)
		dst := make([]byte, 0, len(p))
		for b.Loop() {
			if _, err := std.Open(dst, nil, c, id); err != nil {
				b.Fatal(err)
			}
		}
	})
	each(b, "tink", func(b *testing.B, p []byte) {
		a := tinkAEAD(b)
		c, _ := a.Encrypt(p, id)
		for b.Loop() {
			if _, err := a.Decrypt(c, id); err != nil {
				b.Fatal(err)
			}
		}
	})
	each(b, "fresh", func(b *testing.B, p []byte) {
		c := cell.NewRow(d, id).Seal(column, p)
		for b.Loop() {
			if _, err := cell.NewRow(d, id).Open(column, c); err != nil {
				b.Fatal(err)
			}
		}
	})
	each(b, "further", func(b *testing.B, p []byte) {
		row := cell.NewRow(d, id)
		c := row.Seal(column, p)
		for b.Loop() {
			if _, err := row.Open(column, c); err != nil {
				b.Fatal(err)
			}
		}
	})
	each(b, "append", func(b *testing.B, p []byte) {
		row := cell.NewRow(d, id)
		c := row.Seal(column, p)
		dst := make([]byte, 0, len(p))
		for b.Loop() {
			if _, err := row.AppendOpen(dst, column, c); err != nil {
				b.Fatal(err)
			}
		}
	})
	each(b, "unbound", func(b *testing.B, p []byte) {
		row := cell.NewUnbound(d)
		c := row.Seal(column, p)
		for b.Loop() {
			if _, err := row.Open(column, c); err != nil {
				b.Fatal(err)
			}
		}
	})
	each(b, "padded", func(b *testing.B, p []byte) {
		row := cell.NewRow(d, id)
		c := row.SealPadded(column, p, 256)
		for b.Loop() {
			if _, err := row.Open(column, c); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkSealRow and BenchmarkOpenRow write and read a row of three cells of 64
// bytes beside three of the standard library.

var rowColumns = []string{"patients.email", "patients.ssn", "patients.notes"}

func BenchmarkSealRow(b *testing.B) {
	p := make([]byte, 64)
	b.Run("stdlib", func(b *testing.B) {
		std := stdGCM(b)
		b.ReportAllocs()
		for b.Loop() {
			for range 3 {
				std.Seal(nil, nil, p, nil)
			}
		}
	})
	b.Run("row", func(b *testing.B) {
		d := benchDerived(b)
		id := cell.RowID(cell.BindInt("id", 424242))
		b.ReportAllocs()
		for b.Loop() {
			row := cell.NewRow(d, id)
			for _, c := range rowColumns {
				row.Seal(c, p)
			}
		}
	})
}

func BenchmarkOpenRow(b *testing.B) {
	p := make([]byte, 64)
	b.Run("stdlib", func(b *testing.B) {
		std := stdGCM(b)
		c := std.Seal(nil, nil, p, nil)
		b.ReportAllocs()
		for b.Loop() {
			for range 3 {
				if _, err := std.Open(nil, nil, c, nil); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("row", func(b *testing.B) {
		d := benchDerived(b)
		id := cell.RowID(cell.BindInt("id", 424242))
		var cells [][]byte
		for _, c := range rowColumns {
			cells = append(cells, cell.NewRow(d, id).Seal(c, p))
		}
		b.ReportAllocs()
		for b.Loop() {
			row := cell.NewRow(d, id)
			for i, c := range rowColumns {
				if _, err := row.Open(c, cells[i]); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

func BenchmarkToken(b *testing.B) {
	d := benchDerived(b)
	id := cell.RowID(cell.BindInt("id", 424242))
	each(b, "protect", func(b *testing.B, p []byte) {
		row := cell.NewRow(d, id)
		for b.Loop() {
			row.Protect(column, p)
		}
	})
	each(b, "open", func(b *testing.B, p []byte) {
		row := cell.NewRow(d, id)
		c, token := row.Protect(column, p)
		for b.Loop() {
			if _, err := row.OpenProtected(column, c, token); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkImprint has no fresh and further: an imprint's keys are derived for
// each value, as a row has few of them.
func BenchmarkImprint(b *testing.B) {
	row := cell.NewRow(benchDerived(b), cell.RowID(cell.BindInt("id", 424242)))
	for _, c := range []struct {
		name  string
		value string
		o     *cell.ImprintOptions
	}{
		{"bytes/32", "thirty-two bytes of some serial.", nil},
		{"digits/16", "4111111111111111", &cell.ImprintOptions{Alphabet: cell.Digits}},
	} {
		value := []byte(c.value)
		b.Run("imprint/"+c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := row.Imprint(column, value, c.o); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("reveal/"+c.name, func(b *testing.B) {
			imprinted, err := row.Imprint(column, value, c.o)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := row.Reveal(column, imprinted, c.o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func tinkAEAD(b *testing.B) interface {
	Encrypt(plaintext, ad []byte) ([]byte, error)
	Decrypt(ciphertext, ad []byte) ([]byte, error)
} {
	h, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		b.Fatal(err)
	}
	a, err := aead.New(h)
	if err != nil {
		b.Fatal(err)
	}
	return a
}
