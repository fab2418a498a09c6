package search

import (
	"crypto/aes"
	"crypto/cipher"
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
	set     *tree.Set
	column  column.Column
	key     indexKey
	aead    cipher.AEAD
	version uint32
	layout  *profile.Layout
}

// ProfileOptions configures NewProfile. Nil stands for the zero value.
type ProfileOptions struct {
	// Type is the column's declared type, text by default. The profile keeps it.
	Type Type
	// Rows is how many rows the table is expected to have in the profile's time; 0 stands
	// for as many as were counted. There will be a bucket, and so a token, for every 100 of
	// them, but 1 000 to 1 000 000 in all.
	Rows uint64
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
	s := newProfile(d)
	if err := s.declare(o.Type); err != nil {
		panic("cellseal/search: " + err.Error())
	}
	normalized := make(map[string]uint64, len(counts))
	for v, n := range counts {
		b, err := s.column.Normalize(v)
		if err != nil {
			return nil, &ValueError{s.column.Name, err.Error()}
		}
		if b == nil {
			continue
		}
		was := normalized[string(b)]
		normalized[string(b)] = was + min(n, ^was) // too many are refused below
	}
	random := random64()
	for s.version == 0 {
		s.version = uint32(random())
	}
	return s.build(normalized, o.Rows, random)
}

func (s *profileState) build(counts map[string]uint64, rows uint64, random func() uint64) (*Profile, error) {
	if rows == 0 {
		for _, n := range counts {
			rows += n
		}
	}
	var err error
	s.layout, err = profile.New(max(rows, 1), counts, func(v string) [32]byte { return s.place([]byte(v)) }, random)
	if err != nil {
		return nil, fmt.Errorf("cellseal/search: %s: a profile is made of how often values occur: %w", s.column.Name, err)
	}
	return &Profile{s: s}, nil
}

// newProfile returns a profile without type and contents, under the primary key.
func newProfile(d *keys.Derived) *profileState {
	set, k := keyedLeaf(d, "search.Smoothed(…)")
	if _, kind, _ := tree.IndexParts(set); kind != "smoothed" {
		panic(fmt.Sprintf("cellseal/search: profiles are of smoothed indexes, and not of %s ones: label the index with search.Smoothed", kind))
	}
	s := &profileState{set: set}
	s.under(k.keys[0])
	return s
}

func (s *profileState) declare(typ Type) error {
	names, _, transforms := tree.IndexParts(s.set)
	columns, err := column.New(names, transforms, []Type{typ})
	if err == nil {
		s.column = columns[0]
	}
	return err
}

// under sets the key: of what is sealed, of places and of tokens.
func (s *profileState) under(key indexKey) {
	secret := key.mac.Sum(tree.PurposeProfile, nil)
	block, err := aes.NewCipher(secret[:])
	if err != nil {
		panic("cellseal/search: " + err.Error()) // 32 bytes are always an AES key
	}
	// Profiles are made by the dozen, far below the 2^32 random nonces of one key.
	if s.aead, err = cipher.NewGCMWithRandomNonce(block); err != nil {
		panic("cellseal/search: " + err.Error()) // block is the standard library's AES
	}
	s.key = key
}

// Seal returns the profile encrypted, to be stored where the application keeps its
// configuration: 8 bytes for each token there can be, and the frequent values.
func (p *Profile) Seal() []byte {
	s := p.state()
	kid := binary.BigEndian.AppendUint32(nil, s.key.id)
	return s.aead.Seal(kid, nil, s.layout.Append(nil, uint8(s.column.Type), s.version), s.bound(kid))
}

// bound is what a sealed profile is bound to besides the index's own key.
func (s *profileState) bound(kid []byte) []byte {
	path := tree.Path(s.set)
	label := path[len(path)-1]
	ad := append([]byte{0x03}, kid...)
	return append(binary.AppendUvarint(ad, uint64(len(label))), label...)
}

// ErrProfile says that bytes are no profile of this index: damaged, of another index,
// table or scope, or of a later version.
var ErrProfile = errors.New("cellseal/search: these bytes are no profile of this index, or were changed")

// OpenProfile returns the profile that Seal stored, for the same index. Its key must be
// enabled in d, primary or not, or the error is a [keys.UnknownKeyError].
func OpenProfile(d *keys.Derived, sealed []byte) (*Profile, error) {
	s := newProfile(d)
	if len(sealed) < 4 {
		return nil, ErrProfile
	}
	_, k := keyedLeaf(d, "")
	id := binary.BigEndian.Uint32(sealed)
	at := slices.IndexFunc(k.keys, func(k indexKey) bool { return k.id == id })
	if at < 0 {
		return nil, &keys.UnknownKeyError{ID: id}
	}
	s.under(k.keys[at])
	plain, err := s.aead.Open(nil, nil, sealed[4:], s.bound(sealed[:4]))
	if err != nil {
		return nil, ErrProfile
	}
	var typ uint8
	if s.layout, typ, s.version, err = profile.Parse(plain); err != nil || s.declare(Type(typ)) != nil {
		return nil, ErrProfile
	}
	return &Profile{s: s}, nil
}

func (p *Profile) state() *profileState {
	if p == nil || p.s == nil {
		panic("cellseal/search: zero Profile; use NewProfile or OpenProfile")
	}
	return p.s
}

// Version returns the number that tells the profiles of one index apart. It is random, and
// no secret.
func (p *Profile) Version() uint32 { return p.state().version }

// Rows returns how many rows the profile was made for.
func (p *Profile) Rows() uint64 { return p.state().layout.Rows }

// Format implements fmt.Formatter and prints nothing secret.
func (Profile) Format(f fmt.State, _ rune) { redact.Format(f, "search.Profile") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Profile) LogValue() slog.Value { return redact.LogValue("search.Profile") }

// random64 returns numbers of crypto/rand, which never fails; a profile takes up to a
// million, so they are drawn by the page.
func random64() func() uint64 {
	var page, left []byte
	return func() uint64 {
		if len(left) == 0 {
			page = append(page[:0], make([]byte, 4096)...)
			rand.Read(page)
			left = page
		}
		x := binary.BigEndian.Uint64(left)
		left = left[8:]
		return x
	}
}
