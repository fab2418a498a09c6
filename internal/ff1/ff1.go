package ff1

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"log/slog"
	"math"
	"math/big"

	"github.com/cellseal/cellseal/internal/redact"
)

const (
	// MaxRadix is the largest radix that FF1 is defined for.
	MaxRadix = 1 << 16

	// MaxLen is the longest message in numerals. FF1 allows 2^32-1; the limit
	// keeps the quadratic cost of long numbers within some 100 µs.
	MaxLen = 512

	minDomain = 1_000_000
)

// Cipher is FF1 under one AES key and one radix. It never changes after [New]
// and may be used by many goroutines at once. The zero Cipher panics when used.
type Cipher struct {
	secret *secret
}

var (
	_ fmt.Formatter  = (*Cipher)(nil)
	_ slog.LogValuer = (*Cipher)(nil)
)

// secret sits behind a pointer, so whatever prints a Cipher by reflection, past
// its Format method, comes to an address and stops.
type secret struct {
	block  cipher.Block
	radix  int
	base   *big.Int // the radix once more, only ever read
	minLen int
}

// New returns the cipher for an AES key of 16, 24 or 32 bytes and a radix from
// 2 to [MaxRadix]. The key is not kept; the caller may clear it.
func New(key []byte, radix int) (*Cipher, error) {
	if radix < 2 || radix > MaxRadix {
		return nil, fmt.Errorf("ff1: radix %d, want 2 to %d", radix, MaxRadix)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("ff1: key of %d bytes, want 16, 24 or 32", len(key))
	}
	return &Cipher{&secret{block, radix, big.NewInt(int64(radix)), minLen(radix)}}, nil
}

func minLen(radix int) int {
	n, domain := 2, uint64(radix)*uint64(radix)
	for domain < minDomain {
		n, domain = n+1, domain*uint64(radix)
	}
	return n
}

// MinLen returns the shortest message in numerals: the smallest length, at least
// 2, whose radix^length reaches 1 000 000.
func (c *Cipher) MinLen() int { return c.secrets().minLen }

// Encrypt returns the encryption of numerals under tweak, as many new numerals.
// The tweak may be empty, and each length of it is a domain of its own.
//
// It is an error if there are fewer than [Cipher.MinLen] or more than [MaxLen]
// numerals, or if one of them is not below the radix.
func (c *Cipher) Encrypt(tweak []byte, numerals []uint16) ([]uint16, error) {
	s := c.secrets()
	if err := s.check(tweak, numerals); err != nil {
		return nil, err
	}
	f := s.split(tweak, numerals)
	for i := range rounds {
		f.encryptRound(i)
	}
	return f.join(), nil
}

// Decrypt undoes [Cipher.Encrypt] under the same tweak, with the same errors
// and no other: any numerals decrypt to something.
func (c *Cipher) Decrypt(tweak []byte, numerals []uint16) ([]uint16, error) {
	s := c.secrets()
	if err := s.check(tweak, numerals); err != nil {
		return nil, err
	}
	f := s.split(tweak, numerals)
	for i := rounds - 1; i >= 0; i-- {
		f.decryptRound(i)
	}
	return f.join(), nil
}

// Format prints the type's name and nothing else, under every verb.
func (Cipher) Format(f fmt.State, _ rune) { redact.Format(f, "ff1.Cipher") }

// LogValue does the same for structured logs.
func (Cipher) LogValue() slog.Value { return redact.LogValue("ff1.Cipher") }

func (c *Cipher) secrets() *secret {
	if c == nil || c.secret == nil {
		panic("ff1: Cipher not made by New")
	}
	return c.secret
}

// check names no numeral and no position: errors end up in logs.
func (s *secret) check(tweak []byte, numerals []uint16) error {
	if n := len(numerals); n < s.minLen || n > MaxLen {
		return fmt.Errorf("ff1: %d numerals of radix %d, want %d to %d", n, s.radix, s.minLen, MaxLen)
	}
	if uint64(len(tweak)) > math.MaxUint32 {
		return fmt.Errorf("ff1: tweak of %d bytes, want at most %d", len(tweak), uint32(math.MaxUint32))
	}
	for _, numeral := range numerals {
		if int(numeral) >= s.radix {
			return fmt.Errorf("ff1: a numeral is not below the radix %d", s.radix)
		}
	}
	return nil
}
