package search

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/internal/column"
	"github.com/cellseal/cellseal/search/internal/profile"
)

// A Profile says how often the values of a column are expected: what a [SmoothedIndex]
// levels their frequencies by. It holds the frequent values in clear and belongs where
// plaintext belongs; what is stored of it is what Seal returns. It is immutable, safe for
// concurrent use, and belongs to one index under one key.
type Profile struct {
	_ [0]func()
	s *profileState
}

type profileState struct {
	*profile.Keyed
	path   []string
	column column.Column
}

// ProfileOptions configures NewProfile. Nil stands for the zero value.
type ProfileOptions struct {
	// Type is the column's declared type, text by default. The profile keeps it.
	Type Type
	// Rows is how many rows the table is expected to have in the profile's time; 0 stands
	// for as many as were counted. There will be a bucket, and so a token, for every 100 of
	// them, but 1 000 to 1 000 000 in all.
	Rows uint64
	// After are the profiles that are there already, of which rows may have tokens. The new one says so for as long
	// as they are kept: see [Profile.Before].
	After []*Profile
}

// NewProfile makes a profile for the index that d is the key of, of how often values occur
// in the column: all of it as a rule, as SELECT city, COUNT(*) … GROUP BY city gives it, or
// a sample. A sample needs several thousand rows: of what was seen less than three times
// nobody knows how frequent it is. Values are normalized as the index normalizes them,
// and those that come out equal are added up; NULL, and what the transforms leave nothing of,
// is left out. A value that the index would refuse is a [ValueError]; counts of nothing
// are an error too.
//
// Every profile is another, even of the same counts: its cut points are random. Make a new
// one when a [Monitor] asks for it, and when the ring's primary key was changed.
func NewProfile[V comparable](d *keys.Derived, counts map[V]uint64, o *ProfileOptions) (*Profile, error) {
	if o == nil {
		o = &ProfileOptions{}
	}
	s, _ := smoothedLeaf(d)
	if err := s.declare(o.Type); err != nil {
		panic("cellseal/search: " + err.Error())
	}
	normalized := make(map[string]uint64, len(counts))
	rows := o.Rows
	for v, n := range counts {
		b, err := s.normalize(v)
		if err != nil {
			return nil, err
		}
		if b == nil {
			continue
		}
		was := normalized[string(b)]
		normalized[string(b)] = was + min(n, ^was) // too many are refused below
		if o.Rows == 0 {
			rows += n
		}
	}
	random := random64()
	version := uint32(0)
	for version == 0 {
		version = uint32(random())
	}
	made, err := s.build(o.Type, version, rows, normalized, random)
	if err != nil {
		return nil, err
	}
	for _, p := range o.After {
		made.s.Chain.Generation = max(made.s.Chain.Generation, p.Generation()+1)
		made.s.Chain.Before = append(made.s.Chain.Before, p.Version())
	}
	slices.Sort(made.s.Chain.Before)
	return made, nil
}

func (s *profileState) build(typ Type, version uint32, rows uint64, counts map[string]uint64, random func() uint64) (*Profile, error) {
	var err error
	if s.Keyed, err = profile.Make(s.Key, uint8(typ), version, max(rows, 1), counts, random); err != nil {
		return nil, fmt.Errorf("cellseal/search: %s: a profile is made of how often values occur: %w", s.column.Name, err)
	}
	return &Profile{s: s}, nil
}

// smoothedLeaf returns a profile without contents under the primary key, and all keys.
func smoothedLeaf(d *keys.Derived) (*profileState, []indexKey) {
	set, k := leaf(d, "search.Smoothed(…)")
	if _, kind, _ := tree.IndexParts(set); kind != "smoothed" {
		panic(fmt.Sprintf("cellseal/search: profiles are of smoothed indexes, and not of %s ones: label the index with search.Smoothed", kind))
	}
	path := tree.Path(set)
	key := profile.Key{ID: k.keys[0].id, MAC: k.keys[0].mac, Label: path[len(path)-1]}
	return &profileState{Keyed: &profile.Keyed{Key: key}, path: path}, k.keys
}

func (s *profileState) declare(typ Type) error {
	names, _, transforms, err := tree.ParseIndex(s.Label)
	if err != nil {
		return err
	}
	columns, err := column.New(names, transforms, []Type{typ})
	if err == nil {
		s.column = columns[0]
	}
	return err
}

func (s *profileState) normalize(v any) ([]byte, error) {
	b, err := s.column.Normalize(v)
	if err != nil {
		return nil, &ValueError{s.column.Name, err.Error()}
	}
	return b, nil
}

// ErrProfile says that bytes are no profile of this index: damaged, of another index,
// table or scope, or of a later version.
var ErrProfile = errors.New("cellseal/search: these bytes are no profile of this index, or were changed")

// OpenProfile returns the profile that Seal stored, for the same index. Its key must be
// enabled in d, primary or not, or the error is a [keys.UnknownKeyError].
func OpenProfile(d *keys.Derived, sealed []byte) (*Profile, error) {
	s, enabled := smoothedLeaf(d)
	if len(sealed) < 4 {
		return nil, ErrProfile
	}
	id := binary.BigEndian.Uint32(sealed)
	at := slices.IndexFunc(enabled, func(k indexKey) bool { return k.id == id })
	if at < 0 {
		return nil, &keys.UnknownKeyError{ID: id}
	}
	var err error
	s.Keyed, err = profile.Open(profile.Key{ID: id, MAC: enabled[at].mac, Label: s.Label}, sealed)
	if err != nil || s.declare(Type(s.Type)) != nil {
		return nil, ErrProfile
	}
	return &Profile{s: s}, nil
}

// Seal returns the profile encrypted, to be stored where the application keeps its
// configuration: 8 bytes for each token there can be, and the frequent values.
func (p *Profile) Seal() []byte { return p.state().Seal() }

func (p *Profile) state() *profileState {
	if p == nil || p.s == nil {
		panic("cellseal/search: zero Profile; use NewProfile or OpenProfile")
	}
	return p.s
}

// Version returns the number that tells the profiles of one index apart. It is random, and
// no secret.
func (p *Profile) Version() uint32 { return p.state().Version }

// Generation is above that of every profile that was there when this one was made; 0 if there was none. Whoever has met
// a higher one of the index, and finds it gone, knows that somebody set the profiles back.
func (p *Profile) Generation() uint32 { return p.state().Chain.Generation }

// Before are the versions of the profiles that were there when this one was made, and were not given up since: of
// which rows may have tokens. One that is gone was deleted by somebody else.
func (p *Profile) Before() []uint32 { return slices.Clone(p.state().Chain.Before) }

// Without returns the same profile, which does not know of other versions any more: no row has a token of them.
func (p *Profile) Without(versions ...uint32) *Profile {
	s := *p.state()
	keyed, layout := *s.Keyed, *s.Keyed.Layout
	layout.Chain.Before = slices.DeleteFunc(p.Before(), func(v uint32) bool { return slices.Contains(versions, v) })
	keyed.Layout = &layout
	s.Keyed = &keyed
	return &Profile{s: &s}
}

// Type returns the declared type of the column that the profile was made for.
func (p *Profile) Type() Type { return Type(p.state().Keyed.Type) }

// Rows returns how many rows the profile was made for.
func (p *Profile) Rows() uint64 { return p.state().Rows }

// Format implements fmt.Formatter and prints nothing secret.
func (Profile) Format(f fmt.State, _ rune) { redact.Format(f, "search.Profile") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Profile) LogValue() slog.Value { return redact.LogValue("search.Profile") }

// random64 returns numbers of crypto/rand, which never fails; a profile takes up to a
// million, so they are drawn by the page.
func random64() func() uint64 {
	var page [4096]byte
	var left []byte
	return func() uint64 {
		if len(left) == 0 {
			rand.Read(page[:])
			left = page[:]
		}
		x := binary.BigEndian.Uint64(left)
		left = left[8:]
		return x
	}
}
