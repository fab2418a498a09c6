package search

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/internal/profile"
)

// A SmoothedIndex makes the tokens of a column whose values are unevenly frequent.
//
//	             Smoothed
//	at rest      almost nothing while the profile fits
//	on a query   the value's group of tokens
//	over time    values that were asked for become deterministic
//	for          skewed columns (city, diagnosis, surname)
//
// A frequent value is spread over many tokens, in proportion to how often its [Profile]
// expects it, so that a token says little about the value: bucketized Poisson weakly
// randomized encryption (Pouliot, Griffy, Wright, DSN 2019). A query asks for all tokens of
// its value, and among the rows found are false ones, of other values that share the first
// and the last of them: decrypt and compare.
//
// It is immutable, safe for concurrent use and cheap to make of profiles that are kept.
type SmoothedIndex struct {
	_ [0]func()
	s []*profileState // the first writes
}

const (
	// TokenSize is the length of a token in bytes.
	TokenSize = profile.TokenSize
	// TokensPerQuery is how many tokens to put into one IN list, for slices.Chunk: MariaDB
	// makes a join of lists of 1 000, longer ones make MySQL give up the index without a
	// word, and SQLite and PostgreSQL bound the parameters of a statement (32 766 and 65 535).
	TokensPerQuery = 500
)

// NewSmoothed returns the index that d is the key of. The first profile writes; those
// behind it are of rows that were written before and are still looked for: keep a profile
// until no row has a token of it. It panics on no profile, on one that is of another index,
// or under a key that d does not hold enabled, and on profiles whose types or versions clash.
func NewSmoothed(d *keys.Derived, profiles ...*Profile) *SmoothedIndex {
	set, k := leaf(d, "search.Smoothed(…)")
	if len(profiles) == 0 {
		panic("cellseal/search: a smoothed index needs a profile: make one with NewProfile")
	}
	x, typ := &SmoothedIndex{}, profiles[0].state().column.Type
	for i, p := range profiles {
		s := p.state()
		switch {
		case !slices.Equal(s.path, tree.Path(set)):
			panic(fmt.Sprintf("cellseal/search: profile %d is of another index", i+1))
		case !slices.ContainsFunc(k.keys, func(k indexKey) bool { return k.id == s.ID }):
			panic(fmt.Sprintf("cellseal/search: profile %d is under key %d, which is not enabled here: open it anew with this Derived", i+1, s.ID))
		case s.column.Type != typ:
			panic(fmt.Sprintf("cellseal/search: profile %d is of %v, the first of %v", i+1, s.column.Type, typ))
		case slices.ContainsFunc(x.s, func(o *profileState) bool { return o.Version == s.Version }):
			panic(fmt.Sprintf("cellseal/search: profile %d is given twice", i+1))
		}
		x.s = append(x.s, s)
	}
	return x
}

func (x *SmoothedIndex) state() []*profileState {
	if x == nil || len(x.s) == 0 {
		panic("cellseal/search: zero SmoothedIndex; use NewSmoothed")
	}
	return x.s
}

// Token returns the 8 bytes to store for a row that holds value, or nil, to be stored as
// NULL, if value is NULL or if its transforms leave nothing of it. row is the row's
// identity, as for cell.NewRow: it must be there before the row is written and never
// change, or updates show which tokens belong together. It panics on an empty row.
func (x *SmoothedIndex) Token(row []byte, value any) ([]byte, error) {
	s := x.state()[0]
	input, err := s.row(row, value)
	if err != nil || input == nil {
		return nil, err
	}
	return s.Token(row, input), nil
}

func (s *profileState) row(row []byte, value any) ([]byte, error) {
	if len(row) == 0 {
		panic("cellseal/search: empty row; a token is of a row's identity and a value")
	}
	return s.normalize(value)
}

// Tokens returns what to look for, any of which a row may have: every token of value under
// every profile, in ascending order. There are 1 + λ·p of them on average for each profile
// in which the value's share is p: see Explain, and [TokensPerQuery]. NULL, and a value of
// which the transforms leave nothing, is a [ValueError].
func (x *SmoothedIndex) Tokens(value any) ([][]byte, error) {
	var tokens [][]byte
	for _, s := range x.state() {
		input, err := s.normalize(value)
		if err != nil {
			return nil, err
		}
		if input == nil {
			return nil, &ValueError{s.column.Name, notFound}
		}
		tokens = s.AppendTokens(tokens, input)
	}
	slices.SortFunc(tokens, bytes.Compare)
	return slices.CompactFunc(tokens, bytes.Equal), nil
}

// Holds reports whether token, as it was read from a row, is what that row has for value
// under any profile. A row that was found by a token it does not hold is a false one, or was
// moved by somebody who can write the table.
func (x *SmoothedIndex) Holds(row, token []byte, value any) (bool, error) {
	for _, s := range x.state() {
		input, err := s.row(row, value)
		if err != nil || input == nil {
			return false, err
		}
		if bytes.Equal(s.Token(row, input), token) {
			return true, nil
		}
	}
	return false, nil
}

// Normalized returns what is compared of a value, in plaintext: of two values that are found
// together it is the same. It is nil of NULL, and of a value of which the transforms leave
// nothing: neither is found.
func (x *SmoothedIndex) Normalized(value any) ([]byte, error) { return x.state()[0].normalize(value) }

// Leakage says what this index shows.
func (x *SmoothedIndex) Leakage() Leakage {
	x.state()
	return SmoothedLeakage()
}

// SmoothedLeakage says what every smoothed index shows.
func SmoothedLeakage() Leakage {
	return Leakage{
		Kind:     "Smoothed",
		AtRest:   "almost nothing while the profile fits",
		OnQuery:  "the value's group of tokens",
		OverTime: "values that were asked for become deterministic",
		For:      "skewed columns (city, diagnosis, surname)",
	}
}

// Explain says in words what a query costs in a table of so many rows.
func (x *SmoothedIndex) Explain(rows uint64) string {
	s := x.state()
	l := s[0].Layout
	cost := l.Cost(rows)
	text := fmt.Sprintf("%d frequent values have buckets of their own, all others share %.1f %% of the rows. A query asks for 1 to %d tokens of %d bytes, in lists of at most %d, and among %d rows brings about %.0f false ones, which are decrypted and dropped. ",
		len(l.Heads), 100*cost.Tail, cost.Most, TokenSize, TokensPerQuery, rows, cost.False)
	if len(s) > 1 {
		text += fmt.Sprintf("Each query asks under %d profiles, one after the other: write the rows of the old ones anew, and leave those out. ", len(s))
	}
	if rows > 4*l.Rows {
		return text + fmt.Sprintf("The profile was made for %d rows, so queries find more false rows than they need to: make a new one.", l.Rows)
	}
	return text + "A row's token is 8 bytes, and its index entry as many and the row's key."
}

// Format implements fmt.Formatter and prints nothing secret.
func (SmoothedIndex) Format(f fmt.State, _ rune) { redact.Format(f, "search.SmoothedIndex") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (SmoothedIndex) LogValue() slog.Value { return redact.LogValue("search.SmoothedIndex") }
