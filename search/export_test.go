package search

import (
	"fmt"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/internal/profile"
	"github.com/cellseal/cellseal/search/internal/transform"
)

// Apply runs transforms as an Index does, for the published vectors.
func Apply(s string, by ...Transform) (string, error) {
	for _, name := range by {
		f, err := transform.Compile(name)
		if err != nil {
			panic(fmt.Sprintf("%s: %v", name, err))
		}
		if s, err = f(s); err != nil {
			return "", err
		}
	}
	return s, nil
}

// NewTextProfile is NewProfile of normalized text with a version and randomness of the test's choice.
func NewTextProfile(d *keys.Derived, counts map[string]uint64, rows uint64, version uint32, random func() uint64) *Profile {
	s := newProfile(d)
	if err := s.declare(Text); err != nil {
		panic(err)
	}
	s.version = version
	p, err := s.build(counts, rows, random)
	if err != nil {
		panic(err)
	}
	return p
}

// Layout is what a profile holds.
func Layout(p *Profile) *profile.Layout { return p.s.layout }

// SealPlain seals what may be no profile.
func SealPlain(d *keys.Derived, plain []byte) []byte {
	s := newProfile(d)
	kid := []byte{byte(s.key.id >> 24), byte(s.key.id >> 16), byte(s.key.id >> 8), byte(s.key.id)}
	return s.aead.Seal(kid, nil, plain, s.bound(kid))
}

// Plain is what Seal seals.
func Plain(p *Profile) []byte {
	return p.s.layout.Append(nil, uint8(p.s.column.Type), p.s.version)
}
