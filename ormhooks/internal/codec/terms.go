package codec

import (
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/join"
)

// Terms makes what an index's column holds: the terms of a search.Index, or the tokens of a join group.
type Terms interface {
	// Term returns what is stored of values; nil is NULL.
	Term(values ...any) ([]byte, error)
	// Match returns what to look for; no row is found by NULL, which is an error.
	Match(values ...any) ([][]byte, error)
	// Holds reports whether term, as it was read, is of these values.
	Holds(term []byte, values ...any) (bool, error)
}

var (
	_ Terms = (*search.Index)(nil)
	_ Terms = tokens{}
)

// newTerms returns what makes an index's terms; key is what those are pinned to whatever the schema
// says, or 0.
func newTerms(d *keys.Derived, x *schema.Index, key uint32) Terms {
	o := x.Options()
	if key != 0 && x.Pinned() {
		o.PinnedKey = key
	}
	if !x.Joins() {
		return search.NewIndex(d, o)
	}
	return tokens{join.NewIndex(d, join.Options{Type: o.Types[0], PinnedKey: o.PinnedKey, AcceptEquality: x.AcceptEquality})}
}

// tokens are the terms of a join group, which is of one column.
type tokens struct{ group *join.Index }

func (t tokens) Term(values ...any) ([]byte, error) { return t.group.Token(values[0]) }

func (t tokens) Match(values ...any) ([][]byte, error) {
	token, err := t.group.Match(values[0])
	if err != nil {
		return nil, err
	}
	return [][]byte{token}, nil
}

func (t tokens) Holds(term []byte, values ...any) (bool, error) {
	return t.group.Holds(term, values[0])
}
