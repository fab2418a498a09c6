package search

import (
	"errors"
	"fmt"
	"slices"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/internal/column"
)

// Type is a column's declared type: a term is taken of the value as that type.
type Type = value.Type

// The declared types, and what of Go they take. Pointers, driver.Valuers and named types
// are followed.
const (
	Text    = value.Text    // string, []byte
	Bytes   = value.Bytes   // []byte, string
	Bool    = value.Bool    // bool
	Int     = value.Int     // every integer that fits an int64
	Uint    = value.Uint    // every integer that fits a uint64
	Float32 = value.Float32 // float32; -0.0 equals 0.0
	Float64 = value.Float64 // float64; -0.0 equals 0.0
	Time    = value.Time    // time.Time, whatever its zone
	UUID    = value.UUID    // [16]byte, or its canonical text
	Decimal = value.Decimal // decimal text or an integer; 1.50 equals 1.5
)

const (
	termBits    = 256 // of a unique index
	defaultBits = 64  // of any other
)

// Options configures an Index. The zero value is a non-unique index on text.
type Options struct {
	// Types are the columns' declared types in the label's order; nil means text.
	Types []Type
	// Unique gives full terms of 32 bytes, fit for a UNIQUE constraint, always
	// under one and the same key: PinnedKey.
	Unique bool
	// PinnedKey is the index key of a unique index. 0 stands for the ring's only
	// key; as soon as another was added it must be given, because terms of two keys
	// would let duplicates pass. Pin an index before its ring gets a second key: once
	// the first is removed, nothing shows any more which one it was.
	PinnedKey uint32
	// Bits cuts terms of a non-unique index on purpose, 64 by default: see
	// [BitsFor]. Fewer bits show less and find more false rows.
	Bits int
	// MaxValues bounds how many different values the index's columns can hold, all
	// together, where their declared types do (a CHAR(2), an enumeration); 0 means
	// they do not.
	MaxValues uint64
	// AcceptFrequencyLeak is needed for a non-unique index whose columns take fewer than
	// 2^24 values: whoever reads the table can count each and guess which is which.
	AcceptFrequencyLeak bool
}

func (o Options) equal(other Options) bool {
	return (o.Types == nil) == (other.Types == nil) && slices.Equal(o.Types, other.Types) && o.Unique == other.Unique && o.PinnedKey == other.PinnedKey && o.Bits == other.Bits &&
		o.MaxValues == other.MaxValues && o.AcceptFrequencyLeak == other.AcceptFrequencyLeak
}

// lowEntropyBits is where a non-unique index needs AcceptFrequencyLeak.
const lowEntropyBits = 24

// CheckOptions returns what NewIndex would panic with for this label, for
// callers whose labels and options come from outside the program.
func CheckOptions(label keys.Label, o Options) error {
	names, kind, transforms, err := tree.ParseIndex(string(label))
	if err != nil {
		return fmt.Errorf("cellseal/search: %w", err)
	}
	if _, err := checked(names, kind, transforms, o); err != nil {
		return fmt.Errorf("cellseal/search: %w", err)
	}
	return nil
}

func (o Options) check(columns []column.Column) error {
	if o.Unique {
		if o.Bits != 0 && o.Bits != termBits {
			return errors.New("a unique index has terms of 256 bits: leave Bits out")
		}
		return nil
	}
	if o.PinnedKey != 0 {
		return errors.New("PinnedKey is for unique indexes: others are looked up under every enabled key")
	}
	if o.Bits < 0 || o.Bits > termBits {
		return fmt.Errorf("%d bits: want 1 to 256, or 0 for %d", o.Bits, defaultBits)
	}
	if bits := o.distinct(columns); bits < lowEntropyBits && !o.AcceptFrequencyLeak {
		return fmt.Errorf("a non-unique index over about 2^%.0f different values shows how often each of them occurs to whoever reads the table, who can then guess which is which: take a smoothed index in its place (of whole values), make it unique, combine it with other columns, or accept it (AcceptFrequencyLeak; leaks=frequency in a tag)", bits)
	}
	return nil
}

// distinct estimates the log2 of how many different values the index can hold.
func (o Options) distinct(columns []column.Column) float64 {
	bits := 0.0
	for _, c := range columns {
		bits += c.Bits
	}
	if o.MaxValues > 0 {
		bits = min(bits, log2(o.MaxValues))
	}
	return bits
}
