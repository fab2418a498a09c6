package sum

import (
	"encoding/binary"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
)

// Label labels the running sum of a column, for each combination of values of the columns by; without
// them the table is one group.
func Label(column string, by ...string) keys.Label {
	return keys.Index(strings.Join(append([]string{column}, by...), "+"), "sum", "")
}

// DefaultBound is the largest absolute value of a row unless Options say otherwise, 2^36: 687 million
// in cents. Sums of 134 million such rows still fit an int64.
const DefaultBound = 1 << 36

// Options configures an Index.
type Options struct {
	// Dialect is needed by everything that writes SQL.
	Dialect search.Dialect
	// By are the declared types of the group columns in the label's order; nil means text. Text,
	// Bytes, Bool, Int, Uint and UUID can be grouped by.
	By []search.Type
	// Bound is the largest absolute value of a row, at most 2^62; 0 stands for DefaultBound. Sums are
	// modulo 2^64, so one over so many rows that it might not fit an int64 is refused
	// ([OverflowError]). It can be raised at any time, for nothing stored depends on it.
	Bound int64
}

// An Index masks and sums up the values of one column. It is immutable and safe for concurrent use.
type Index struct {
	_ [0]func()
	s *indexState
}

type indexState struct {
	keys    []indexKey // the primary's first
	idx     int64
	by      []string
	types   []search.Type
	bound   int64
	dialect search.Dialect
}

type indexKey struct {
	id  uint32
	mac *tree.MAC
}

// NewIndex returns the index that d is the key of. It panics on a Derived that is no running sum, and
// on options that contradict its label.
func NewIndex(d *keys.Derived, o Options) *Index {
	set := d.Tree()
	if tree.Ring(set) != tree.Index || tree.LevelOf(set) != tree.Leaf {
		panic("cellseal/sum: want the Derived of an index: source.Index(ctx, keys.Table(…), sum.Label(…))")
	}
	columns, kind, transforms := tree.IndexParts(set)
	if kind != "sum" {
		panic("cellseal/sum: want a label of sum.Label, and not an index of kind " + kind)
	}
	if slices.ContainsFunc(transforms, func(list []string) bool { return len(list) > 0 }) {
		panic("cellseal/sum: a sum has no transforms: the database groups by what is stored")
	}
	s := &indexState{idx: indexID(set), by: columns[1:], types: slices.Clone(o.By), bound: o.Bound, dialect: o.Dialect}
	if s.types == nil {
		s.types = make([]search.Type, len(s.by))
	}
	if len(s.types) != len(s.by) {
		panic(fmt.Sprintf("cellseal/sum: %d types for %d group columns", len(s.types), len(s.by)))
	}
	for i, t := range s.types {
		if !slices.Contains([]search.Type{search.Text, search.Bytes, search.Bool, search.Int, search.Uint, search.UUID}, t) {
			panic(fmt.Sprintf("cellseal/sum: group column %s: a database has many spellings of one %v; group by a column of another type", s.by[i], t))
		}
	}
	if s.bound == 0 {
		s.bound = DefaultBound
	}
	if s.bound < 0 || s.bound > 1<<62 {
		panic("cellseal/sum: Bound: want 1 to 2^62")
	}
	s.keys = tree.Memo(set, func() (list []indexKey) {
		for _, n := range tree.Nodes(set) {
			list = append(list, indexKey{n.ID, tree.NewMAC(n)})
		}
		return list
	})
	return &Index{s: s}
}

func (x *Index) state() *indexState {
	if x == nil || x.s == nil {
		panic("cellseal/sum: zero Index; use NewIndex")
	}
	return x.s
}

// Group returns the bytes of a group, from one value for each group column in the label's order. NULL
// is a group of its own, as it is in GROUP BY.
func (x *Index) Group(values ...any) ([]byte, error) {
	s := x.state()
	if len(values) != len(s.types) {
		panic(fmt.Sprintf("cellseal/sum: %d values for %d group columns", len(values), len(s.types)))
	}
	group := []byte{}
	for i, v := range values {
		plain, null, err := value.From(s.types[i], v)
		if err != nil {
			return nil, &search.ValueError{Column: s.by[i], Reason: err.Error()}
		}
		if null {
			group = append(group, 0)
			continue
		}
		b := value.EncodeTerm(s.types[i], plain)
		group = append(binary.AppendUvarint(append(group, 1), uint64(len(b))), b...)
	}
	return group, nil
}

// Encrypt returns value as it is stored under number n of its group. No number may ever be encrypted
// under twice: who sees both results learns the difference of the values. It returns a [BoundError]
// for a value beyond Options.Bound, and a [keys.UnknownKeyError] for a number of a key that is not
// enabled.
func (x *Index) Encrypt(group []byte, n, value int64) (int64, error) {
	s := x.state()
	if value > s.bound || value < -s.bound {
		return 0, &BoundError{s.bound}
	}
	key, err := s.key(n)
	if err != nil {
		return 0, err
	}
	if position(n) == 0 {
		panic("cellseal/sum: no row has the number 0 of a key: use Next")
	}
	return int64(uint64(value) + key.pad(group, n) - key.pad(group, n-1)), nil
}

// A Run is consecutive numbers of one group, both ends included, of each of which there is a row.
type Run struct{ First, Last int64 }

// Rows is how many numbers a run has, or 0 if it is none: if it is empty, or not under one key.
func (r Run) Rows() int64 {
	if keyID(r.First) != keyID(r.Last) || position(r.First) == 0 || r.First > r.Last {
		return 0
	}
	return r.Last - r.First + 1
}

// Decrypt returns the sum of the values of the rows of these runs, whose stored numbers add up to
// total modulo 2^64 ([Mod64]). A mean is that, divided by the number of rows. Errors are
// [OverflowError], [keys.UnknownKeyError], and [ErrSum] if that cannot be their sum.
func (x *Index) Decrypt(group []byte, total uint64, runs ...Run) (int64, error) {
	s := x.state()
	rows := int64(0)
	for _, r := range runs {
		key, err := s.key(r.First)
		if err != nil {
			return 0, err
		}
		if r.Rows() == 0 || rows > math.MaxInt64-r.Rows() {
			return 0, ErrSum
		}
		rows += r.Rows()
		total -= key.pad(group, r.Last) - key.pad(group, r.First-1)
	}
	if rows > math.MaxInt64/s.bound {
		return 0, &OverflowError{Rows: rows, Bound: s.bound}
	}
	if sum := int64(total); sum <= rows*s.bound && sum >= -rows*s.bound {
		return sum, nil
	}
	return 0, ErrSum
}

// key returns the key that a number is under.
func (s *indexState) key(n int64) (indexKey, error) {
	for _, k := range s.keys {
		if k.id == keyID(n) {
			return k, nil
		}
	}
	return indexKey{}, &keys.UnknownKeyError{ID: keyID(n)}
}

// pad is F of FORMAT.md §6.
func (k indexKey) pad(group []byte, n int64) uint64 {
	in := make([]byte, 0, 64)
	in = append(binary.AppendUvarint(in, uint64(len(group))), group...)
	out := k.mac.Sum(tree.PurposePad, binary.BigEndian.AppendUint64(in, uint64(n)))
	return binary.BigEndian.Uint64(out[:])
}

// A number is the id of its key, 32 bits, and its place in the group, 32 bits.

func number(key uint32, position uint32) int64 { return int64(uint64(key)<<32 | uint64(position)) }
func keyID(n int64) uint32                     { return uint32(uint64(n) >> 32) }
func position(n int64) uint32                  { return uint32(n) }

// Format implements fmt.Formatter and prints nothing secret.
func (Index) Format(f fmt.State, _ rune) { redact.Format(f, "sum.Index") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Index) LogValue() slog.Value { return redact.LogValue("sum.Index") }
