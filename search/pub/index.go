package pub

import (
	"crypto/subtle"
	"encoding/binary"
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

// Label labels an index by its column. Both ends must name it alike.
func Label(name string, transforms ...search.Transform) keys.Label {
	return column.Label("pub", []string{name}, transforms)
}

// Options configures an Index.
type Options struct {
	// Types are the columns' declared types in the label's order; nil means text.
	Types []search.Type
}

// An Index makes the tokens of one column, or of several together, between one sender and one reader.
// It is immutable and safe for concurrent use.
type Index struct {
	_ [0]func()
	s *indexState
}

type indexState struct {
	mac    *tree.MAC
	prefix []byte
	values *search.Normalizer
}

// Index returns the index of a label. Its error says what of label and options is no such index, or
// does not fit the rest.
func (p *Shared) Index(label keys.Label, o Options) (*Index, error) {
	s := p.state()
	values, err := search.NewNormalizer(label, "pub", o.Types...)
	if err != nil {
		return nil, fmt.Errorf("cellseal/pub: %w", err)
	}
	prefix := append(binary.AppendUvarint(nil, uint64(len(label))), label...)
	return &Index{s: &indexState{s.mac, prefix, values}}, nil
}

func (x *Index) state() *indexState {
	if x == nil || x.s == nil {
		panic("cellseal/pub: zero Index; use Shared.Index")
	}
	return x.s
}

// Token returns the token to send and to store, or nil, to be stored as NULL, if a value is NULL or
// its transforms leave nothing of it. Errors are [search.ValueError]s.
func (x *Index) Token(values ...any) ([]byte, error) {
	s := x.state()
	input, err := s.values.Normalize(values...)
	if err != nil || input == nil {
		return nil, err
	}
	return s.token(input), nil
}

// Match is Token for values that are looked for: what no row can be found by is a [search.ValueError].
func (x *Index) Match(values ...any) ([]byte, error) {
	s := x.state()
	input, err := s.values.Asked(values...)
	if err != nil {
		return nil, err
	}
	return s.token(input), nil
}

// Holds reports whether a token, as it was read from a row of this sender, is of these values: who can
// write the table can move tokens.
func (x *Index) Holds(token []byte, values ...any) (bool, error) {
	mine, err := x.Token(values...)
	return err == nil && mine != nil && subtle.ConstantTimeCompare(mine, token) == 1, err
}

func (s *indexState) token(input []byte) []byte {
	sum := s.mac.Sum(tree.PurposePublic, append(s.prefix[:len(s.prefix):len(s.prefix)], input...))
	return append([]byte(nil), sum[:TokenSize]...)
}

// Leakage says what public-key tokens show.
func Leakage() search.Leakage {
	return search.Leakage{
		Kind:     "Public-key tokens",
		AtRest:   "which rows of one sender hold equal values, and how often each value occurs",
		OnQuery:  "which rows hold the value that is asked for, of every sender asked about",
		OverTime: "accumulates: every query names its rows",
		For:      "writers who must not be able to search what others write",
	}
}

// Leakage says what this index shows.
func (x *Index) Leakage() search.Leakage {
	x.state()
	return Leakage()
}

// Format implements fmt.Formatter and prints nothing secret.
func (Index) Format(f fmt.State, _ rune) { redact.Format(f, "pub.Index") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Index) LogValue() slog.Value { return redact.LogValue("pub.Index") }
