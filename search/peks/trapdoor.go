package peks

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"

	"github.com/cloudflare/circl/ecc/bls12381"
)

// A Trapdoor finds the tags of one keyword, and betrays the keyword to whoever
// holds it and can guess. It is immutable, safe for concurrent use and prints
// redacted.
type Trapdoor struct {
	_ [0]func()
	p *bls12381.G2
}

// Trapdoor returns the trapdoor of a keyword, always the same one.
func (k *PrivateKey) Trapdoor(keyword string) (*Trapdoor, error) {
	s := k.state()
	h, err := hashed(keyword)
	if err != nil {
		return nil, err
	}
	p := new(bls12381.G2)
	p.ScalarMult(&s.scalar, h)
	return &Trapdoor{p: p}, nil
}

// ParseTrapdoor reads what Bytes wrote: TrapdoorSize bytes, of a point in the
// subgroup that is not the identity.
func ParseTrapdoor(b []byte) (*Trapdoor, error) {
	p, err := parseG2(b)
	if err != nil {
		return nil, fmt.Errorf("cellseal/peks: this is no trapdoor: %w", err)
	}
	return &Trapdoor{p: p}, nil
}

// Bytes returns the secret: TrapdoorSize bytes.
func (t *Trapdoor) Bytes() []byte { return t.point().BytesCompressed() }

// Test says whether tag is of the trapdoor's keyword, under its key. What is no
// tag at all is an error, so that a spoiled column is not one where nothing is
// found.
func (t *Trapdoor) Test(tag []byte) (bool, error) {
	p := t.point()
	a, err := parseTag(tag)
	if err != nil {
		return false, err
	}
	point, want := tag[:bls12381.G1SizeCompressed], tag[bls12381.G1SizeCompressed:]
	return subtle.ConstantTimeCompare(sum(point, bls12381.Pair(a, p)), want) == 1, nil
}

func (t *Trapdoor) point() *bls12381.G2 {
	if t == nil || t.p == nil {
		panic("cellseal/peks: zero Trapdoor; use PrivateKey.Trapdoor or ParseTrapdoor")
	}
	return t.p
}

// Format implements fmt.Formatter and prints nothing secret.
func (Trapdoor) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "peks.Trapdoor(redacted)") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Trapdoor) LogValue() slog.Value { return slog.StringValue("peks.Trapdoor(redacted)") }
