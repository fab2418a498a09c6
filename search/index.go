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
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/internal/transform"
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
	columns []indexColumn
	o       Options
	given   Options // before defaults
	size    int     // of a term, in bytes
}

type indexKey struct {
	id  uint32
	mac *tree.MAC
}

type indexColumn struct {
	name       string
	typ        Type
	transforms []transform.Func
	bits       float64 // log2 of how many values it can take
}

// NewIndex returns the index that d is the key of. Its columns and transforms are
// those of d's label. It panics on a Derived that is no index, on a kind this
// version does not build, and on options that contradict the label or each other.
func NewIndex(d *keys.Derived, o Options) *Index {
	set := leaf(d)
	k := tree.Memo(set, func() *kept {
		m := &kept{}
		for _, n := range tree.Nodes(set) {
			m.keys = append(m.keys, indexKey{n.ID, tree.NewMAC(n)})
		}
		return m
	})
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

// leaf returns the place of an index in the tree, and panics on any other.
func leaf(d *keys.Derived) *tree.Set {
	set := d.Tree()
	if tree.Ring(set) != tree.Index || tree.LevelOf(set) != tree.Leaf {
		panic("cellseal/search: want the Derived of an index: source.Index(ctx, keys.Table(…), search.Exact(…))")
	}
	return set
}

// kept is what this package keeps in a Derived: the keyed HMAC states of its nodes, and the
// index that was made of it last, for most are asked for again with every statement.
type kept struct {
	keys []indexKey
	last atomic.Pointer[Index]
}

// checked returns the columns of an index, or what contradicts what.
func checked(names []string, kind string, transforms [][]string, o Options) ([]indexColumn, error) {
	if kind != "exact" {
		return nil, fmt.Errorf("this version builds exact indexes, and not %s", kind)
	}
	columns, err := newColumns(names, transforms, o)
	if err != nil {
		return nil, err
	}
	return columns, o.check(columns)
}

func newColumns(names []string, transforms [][]string, o Options) ([]indexColumn, error) {
	types := o.Types
	if types == nil {
		types = make([]Type, len(names))
	}
	if len(types) != len(names) {
		return nil, fmt.Errorf("%d types for %d columns", len(types), len(names))
	}
	var columns []indexColumn
	for i, name := range names {
		c := indexColumn{name: name, typ: types[i]}
		if _, ok := value.ParseType(c.typ.String()); !ok {
			return nil, fmt.Errorf("column %s: there is no %v", name, c.typ)
		}
		if len(transforms[i]) > 0 && c.typ != Text {
			return nil, fmt.Errorf("column %s is %v: transforms are for text", name, c.typ)
		}
		if c.typ == value.JSON {
			return nil, fmt.Errorf("column %s is JSON, which has many spellings of one value: index a column of its own", name)
		}
		var list []Transform
		for _, t := range transforms[i] {
			f, err := transform.Compile(Transform(t))
			if err != nil {
				return nil, err
			}
			c.transforms, list = append(c.transforms, f), append(list, Transform(t))
		}
		c.bits = transform.Distinct(list)
		if c.typ == Bool {
			c.bits = 1
		}
		columns = append(columns, c)
	}
	return columns, nil
}

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
		return nil, &ValueError{empty, "no row can be found by NULL, or by a value of which the transforms leave nothing: ask with IS NULL, or by another column"}
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
		b, err := c.normalize(values[i])
		switch {
		case err != nil:
			return nil, "", &ValueError{c.name, err.Error()}
		case b == nil:
			empty = cmp.Or(empty, c.name) // and go on: a later value may be an error
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

// normalize returns what a term is taken of, or nil if there is none.
func (c *indexColumn) normalize(v any) ([]byte, error) {
	b, null, err := c.transform(v)
	if err != nil || null || len(b) == 0 && len(c.transforms) > 0 {
		return nil, err
	}
	return b, nil
}

// transform returns a value's bytes after the column's transforms, which may leave none.
func (c *indexColumn) transform(v any) (b []byte, null bool, err error) {
	plain, null, err := value.From(c.typ, v)
	if err != nil || null {
		return nil, null, err
	}
	if len(c.transforms) == 0 {
		return value.EncodeTerm(c.typ, plain), false, nil
	}
	text := plain.(string)
	for _, f := range c.transforms {
		if text, err = f(text); err != nil {
			return nil, false, err
		}
	}
	return []byte(text), false, nil
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
