package join

import (
	"crypto/subtle"
	"fmt"
	"log/slog"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/column"
)

// TokenSize is the length of a token, in bytes.
const TokenSize = 16

// Table stands in the key tree where an index's table stands: a join group belongs to none.
const Table = keys.Label("t:group")

// Label labels a join group by its name. All its columns compare by the same transforms.
func Label(group string, transforms ...search.Transform) keys.Label {
	return column.Label("join", []string{group}, transforms)
}

// Options configures an Index.
type Options struct {
	// Type is the declared type of the group's columns, text unless given: the same for all of them.
	Type search.Type
	// PinnedKey is the index key of the group. 0 stands for the ring's only key; as soon as another
	// was added it must be given, because tokens of two keys do not meet.
	PinnedKey uint32
	// AcceptEquality is needed for every join group: whoever reads the tables sees which rows of which
	// columns hold equal values, and how often each occurs.
	AcceptEquality bool
}

// An Index makes the tokens of one join group. It is immutable and safe for concurrent use.
type Index struct {
	_ [0]func()
	s *indexState
}

type indexState struct {
	keys   []indexKey
	known  int // keys of the ring, disabled ones included
	values *search.Normalizer
	pinned uint32
}

type indexKey struct {
	id  uint32
	mac *tree.MAC
}

// NewIndex returns the index that d is the key of. It panics on a Derived that is no join group, on a
// type its transforms do not fit, and without AcceptEquality.
func NewIndex(d *keys.Derived, o Options) *Index {
	set := d.Tree()
	if tree.Ring(set) != tree.Index || tree.LevelOf(set) != tree.Leaf {
		panic("cellseal/join: want the Derived of a join group: source.Index(ctx, join.Table, join.Label(…))")
	}
	path := tree.Path(set)
	if path[len(path)-2] != string(Table) {
		panic("cellseal/join: a join group stands below join.Table, and not below a table")
	}
	if names, _, _ := tree.IndexParts(set); len(names) != 1 {
		panic("cellseal/join: a join group has one name")
	}
	values, err := search.NewNormalizer(keys.Label(path[len(path)-1]), "join", o.Type)
	if err != nil {
		panic("cellseal/join: " + err.Error())
	}
	if !o.AcceptEquality {
		panic("cellseal/join: a join group shows which rows of its columns hold equal values, and how often each occurs, to whoever reads the tables: accept it (AcceptEquality), or join in two steps by Semi")
	}
	macs := tree.Memo(set, func() (list []indexKey) {
		for _, n := range tree.Nodes(set) {
			list = append(list, indexKey{n.ID, tree.NewMAC(n)})
		}
		return list
	})
	return &Index{s: &indexState{macs, tree.Known(set), values, o.PinnedKey}}
}

func (x *Index) state() *indexState {
	if x == nil || x.s == nil {
		panic("cellseal/join: zero Index; use NewIndex")
	}
	return x.s
}

// Token returns the token to store of a value, or nil, to be stored as NULL, if it is NULL: only then,
// for a join must treat as NULL what is NULL and nothing else. Values of which the transforms leave
// nothing are equal to one another. Errors are [search.ValueError], [search.PinError] and
// [keys.UnknownKeyError].
func (x *Index) Token(value any) ([]byte, error) {
	s := x.state()
	key, err := s.key()
	if err != nil {
		return nil, err
	}
	input, err := s.values.Compared(value)
	if err != nil || input == nil {
		return nil, err
	}
	return key.token(input), nil
}

// Match is Token for a value that is looked for, WHERE token = …: NULL, by which no row can be found, is
// a [search.ValueError].
func (x *Index) Match(value any) ([]byte, error) {
	s := x.state()
	key, err := s.key()
	if err != nil {
		return nil, err
	}
	input, err := s.values.Compared(value)
	if err == nil && input == nil {
		_, err = s.values.Asked(value)
	}
	if err != nil {
		return nil, err
	}
	return key.token(input), nil
}

// Holds reports whether a token that was read from a row is of this value under any enabled key, pinned
// or not. Who can write the table cannot make tokens, but can move them: a row that was found by one it
// does not hold is not what was looked for.
func (x *Index) Holds(token []byte, value any) (bool, error) {
	s := x.state()
	input, err := s.values.Compared(value)
	if err != nil || input == nil {
		return false, err
	}
	for _, key := range s.keys {
		if subtle.ConstantTimeCompare(key.token(input), token) == 1 {
			return true, nil
		}
	}
	return false, nil
}

func (s *indexState) key() (indexKey, error) {
	if s.pinned == 0 {
		if s.known > 1 {
			return indexKey{}, &search.PinError{Known: s.known}
		}
		return s.keys[0], nil
	}
	for _, k := range s.keys {
		if k.id == s.pinned {
			return k, nil
		}
	}
	return indexKey{}, &keys.UnknownKeyError{ID: s.pinned}
}

func (k indexKey) token(input []byte) []byte {
	sum := k.mac.Sum(tree.PurposeJoin, input)
	return append([]byte(nil), sum[:TokenSize]...)
}

// Leakage says what a join group shows.
func Leakage() search.Leakage {
	return search.Leakage{
		Kind:     "Join group",
		AtRest:   "which rows of all its columns hold equal values, and how often each value occurs",
		OnQuery:  "which rows are joined or grouped",
		OverTime: "accumulates: every query names its rows",
		For:      "joins, GROUP BY, DISTINCT and COUNT(DISTINCT) on encrypted columns",
	}
}

// Leakage says what this index shows.
func (x *Index) Leakage() search.Leakage {
	x.state()
	return Leakage()
}

// Format implements fmt.Formatter and prints nothing secret.
func (Index) Format(f fmt.State, _ rune) { redact.Format(f, "join.Index") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Index) LogValue() slog.Value { return redact.LogValue("join.Index") }
