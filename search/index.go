package search

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/internal/column"
)

// An Index makes the terms of one Blind index. It is immutable, safe for
// concurrent use and cheap to make from a Derived that is kept.
type Index struct {
	_ [0]func()
	s *indexState
}

type indexState struct {
	keys    []indexKey // the primary's first
	known   int        // keys of the ring, disabled ones included
	columns []column.Column
	o       Options
	given   Options // before defaults
	size    int     // of a term, in bytes
}

type indexKey struct {
	id  uint32
	mac *tree.MAC
}

// NewIndex returns the index that d is the key of. Its columns and transforms are
// those of d's label. It panics on a Derived that is no index, on a kind this
// version does not build, and on options that contradict the label or each other.
func NewIndex(d *keys.Derived, o Options) *Index {
	set, k := leaf(d, "search.Exact(…)")
	if last := k.last.Load(); last != nil && last.s.given.equal(o) {
		return last
	}
	o.Types = slices.Clone(o.Types)
	names, kind, transforms := tree.IndexParts(set)
	columns, err := checked(names, kind, transforms, o)
	if err != nil {
		panic("cellseal/search: " + err.Error())
	}
	given := o
	if o.Unique {
		o.Bits = termBits
	} else if o.Bits == 0 {
		o.Bits = defaultBits
	}
	x := &Index{s: &indexState{k.keys, tree.Known(set), columns, o, given, (o.Bits + 7) / 8}}
	k.last.Store(x)
	return x
}

// kept is what this package keeps in a Derived: the keyed HMAC states of its nodes, and the
// index that was made of it last, for most are asked for again with every statement.
type kept struct {
	keys []indexKey
	last atomic.Pointer[Index]
}

// leaf returns the place of an index in the tree, and what is kept there.
func leaf(d *keys.Derived, label string) (*tree.Set, *kept) {
	set := d.Tree()
	if tree.Ring(set) != tree.Index || tree.LevelOf(set) != tree.Leaf {
		panic("cellseal/search: want the Derived of an index: source.Index(ctx, keys.Table(…), " + label + ")")
	}
	return set, tree.Memo(set, func() *kept {
		m := &kept{}
		for _, n := range tree.Nodes(set) {
			m.keys = append(m.keys, indexKey{n.ID, tree.NewMAC(n)})
		}
		return m
	})
}

// checked returns the columns of an index, or what contradicts what.
func checked(names []string, kind string, transforms [][]string, o Options) ([]column.Column, error) {
	if kind != "exact" {
		return nil, fmt.Errorf("NewIndex builds exact indexes, and not %s", kind)
	}
	columns, err := column.New(names, transforms, o.Types)
	if err != nil {
		return nil, err
	}
	return columns, o.check(columns)
}

const notFound = "no row can be found by NULL, or by a value of which the transforms leave nothing: ask with IS NULL, or by another column"

func (x *Index) state() *indexState {
	if x == nil || x.s == nil {
		panic("cellseal/search: zero Index; use NewIndex")
	}
	return x.s
}

// Term returns the term to store for the index's columns, in the label's order:
// 32 bytes if unique, else ⌈Bits/8⌉. It is nil, to be stored as NULL, if a value
// is NULL or if its transforms leave nothing of it.
func (x *Index) Term(values ...any) ([]byte, error) {
	s := x.state()
	key, err := s.writeKey()
	if err != nil {
		return nil, err
	}
	input, _, err := s.normalize(values)
	if err != nil || input == nil {
		return nil, err
	}
	return s.term(key, input), nil
}

// Match returns the terms to look for, any of which a row may have: one for each
// enabled index key, or the one of the pinned key if unique. NULL, and a value of
// which the transforms leave nothing, is a [ValueError]: no row has a term of it.
func (x *Index) Match(values ...any) ([][]byte, error) {
	s := x.state()
	input, empty, err := s.normalize(values)
	if err != nil {
		return nil, err
	}
	if input == nil {
		return nil, &ValueError{empty, notFound}
	}
	if s.o.Unique {
		key, err := s.writeKey()
		if err != nil {
			return nil, err
		}
		return [][]byte{s.term(key, input)}, nil
	}
	terms := make([][]byte, len(s.keys))
	for i, key := range s.keys {
		terms[i] = s.term(key, input)
	}
	return terms, nil
}

// Holds reports whether term, as it was read from a row, is of these values under
// any enabled key, pinned or not. Who can write the table cannot make terms, but
// can move them: a row that was found by a term it does not hold is not what was
// looked for.
func (x *Index) Holds(term []byte, values ...any) (bool, error) {
	s := x.state()
	input, _, err := s.normalize(values)
	if err != nil || input == nil {
		return false, err
	}
	for _, key := range s.keys {
		if bytes.Equal(s.term(key, input), term) {
			return true, nil
		}
	}
	return false, nil
}

func (s *indexState) writeKey() (indexKey, error) {
	if !s.o.Unique {
		return s.keys[0], nil
	}
	if s.o.PinnedKey == 0 {
		if s.known > 1 {
			return indexKey{}, &PinError{Known: s.known}
		}
		return s.keys[0], nil
	}
	for _, k := range s.keys {
		if k.id == s.o.PinnedKey {
			return k, nil
		}
	}
	return indexKey{}, &keys.UnknownKeyError{ID: s.o.PinnedKey}
}

// normalize returns what the term is taken of, or nil and the name of the column
// because of which there is to be none.
func (s *indexState) normalize(values []any) (input []byte, empty string, err error) {
	if len(values) != len(s.columns) {
		panic(fmt.Sprintf("cellseal/search: %d values for an index on %d columns", len(values), len(s.columns)))
	}
	for i := range s.columns {
		c := &s.columns[i]
		b, err := c.Normalize(values[i])
		switch {
		case err != nil:
			return nil, "", &ValueError{c.Name, err.Error()}
		case b == nil:
			empty = cmp.Or(empty, c.Name) // and go on: a later value may be an error
		case len(s.columns) == 1:
			input = b
		default:
			input = append(binary.AppendUvarint(input, uint64(len(b))), b...)
		}
	}
	if empty != "" {
		return nil, empty, nil
	}
	return input, "", nil
}

// term is the leftmost bits of HMAC-SHA-256(node, 0x20 || input).
func (s *indexState) term(key indexKey, input []byte) []byte {
	sum := key.mac.Sum(tree.PurposeTerm, input)
	term := append([]byte(nil), sum[:s.size]...)
	if spare := s.size*8 - s.o.Bits; spare > 0 {
		term[s.size-1] &= 0xff << spare
	}
	return term
}

// Format implements fmt.Formatter and prints nothing secret.
func (Index) Format(f fmt.State, _ rune) { redact.Format(f, "search.Index") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Index) LogValue() slog.Value { return redact.LogValue("search.Index") }
