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
	s, _ := smoothedLeaf(d)
	if err := s.declare(Text); err != nil {
		panic(err)
	}
	p, err := s.build(Text, version, rows, counts, random)
	if err != nil {
		panic(err)
	}
	return p
}

// Layout is what a profile holds.
func Layout(p *Profile) *profile.Layout { return p.s.Layout }

// SealPlain seals what may be no profile.
func SealPlain(d *keys.Derived, plain []byte) []byte {
	s, _ := smoothedLeaf(d)
	return s.SealPlain(plain)
}

// Plain is what Seal seals.
func Plain(p *Profile) []byte { return p.s.Append(nil, p.s.Type, p.s.Version) }
