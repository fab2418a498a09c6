package smooth

import (
	"context"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/door/listed"
	"github.com/cellseal/cellseal/ormhooks/internal/door/row"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// A Search is the work on one question.
type Search struct {
	Context context.Context
	Dialect sqltext.Dialect
	// All runs a query on the connection that the statement goes over.
	All    func(ctx context.Context, text string, args []driver.NamedValue) ([][]driver.Value, error)
	Opener row.Opener
	Find   *plan.Find
	Table  *schema.Table
	// Scope is that in which is looked, or Unscoped says why there is none.
	Scope    []keys.Label
	Unscoped error
	Limit    int  // how many candidates are read
	Lock     bool // they are written afterwards, and are still to match then

	index  *search.SmoothedIndex
	wanted map[string]bool // normalized values
	read   int             // candidates
}

// Answer returns the keys of the rows that hold one of the values, as they stand in the place of the
// question. value gives what the caller gave, and index opens one.
func (s *Search) Answer(value func(plan.Value) (any, error), index func(*schema.Index) (*search.SmoothedIndex, error)) (template.Value, error) {
	x := s.Find.Indexes[0]
	values, known, err := listed.Members(s.Dialect, s.Find, value)
	switch {
	case err != nil:
		return template.Value{}, &ormhooks.ColumnError{Table: s.Table.Name, Column: s.Find.Column.Name, Err: err}
	case !known:
		return template.Value{}, nil
	case s.Unscoped != nil && !x.Unscoped:
		return template.Value{}, s.Unscoped
	}
	if s.index, err = index(x); err != nil {
		return template.Value{}, err
	}
	return s.keys(values)
}

// keys returns the keys of the rows that hold one of the values. They are read by their tokens, opened and compared: a token that somebody moved finds
// nothing more than its row's value does.
func (s *Search) keys(values []any) (template.Value, error) {
	s.wanted = map[string]bool{}
	var tokens [][]byte
	null := false
	for _, v := range values {
		if v == nil {
			null = true
			continue
		}
		of, err := s.index.Tokens(v)
		if err != nil {
			return template.Value{}, err
		}
		normalized, err := s.index.Normalized(v)
		if err != nil {
			return template.Value{}, err
		}
		tokens, s.wanted[string(normalized)] = append(tokens, of...), true
	}
	var found [][]any
	for chunk := range slices.Chunk(tokens, s.chunk()) {
		var err error
		if found, err = s.candidates(found, chunk); err != nil {
			return template.Value{}, err
		}
	}
	return template.Among(s.Dialect, s.Find, found, null), nil
}

func (s *Search) chunk() int {
	if s.Dialect == sqltext.PostgreSQL {
		return 10_000 // one argument
	}
	return search.TokensPerQuery
}

// candidates reads rows by their tokens, and appends the keys of those that match. Rows that are written
// afterwards are locked, so that they still match then.
func (s *Search) candidates(found [][]any, tokens [][]byte) ([][]any, error) {
	origin, cell, hidden, text := s.query()
	var args []driver.NamedValue
	var list strings.Builder
	for i, t := range tokens {
		if i > 0 {
			list.WriteString(", ")
		}
		if s.Dialect == sqltext.PostgreSQL {
			list.WriteString(`"\\x` + hex.EncodeToString(t) + `"`)
		} else {
			list.WriteString(template.Literal(s.Dialect, t))
		}
	}
	if s.Dialect == sqltext.PostgreSQL {
		text += " = ANY($1::bytea[])"
		args = []driver.NamedValue{{Ordinal: 1, Value: "{" + list.String() + "}"}}
	} else {
		text += " IN (" + list.String() + ")"
	}
	text += " LIMIT " + strconv.Itoa(s.Limit-s.read+1)
	if s.Lock && s.Dialect != sqltext.SQLite {
		text += " FOR UPDATE"
	}
	rows, err := s.All(s.Context, text, args)
	if err != nil {
		return nil, err
	}
	if s.read += len(rows); s.read > s.Limit {
		return nil, &ormhooks.TooManyRowsError{Clause: s.Find.Ask.String(), Column: s.Table.Name + "." + s.Find.Column.Name, Most: s.Limit}
	}
	for n, stored := range rows {
		var state row.State
		if mine, err := s.mine(origin, &state, stored); err != nil || !mine {
			if err != nil {
				return nil, err
			}
			continue
		}
		v, err := s.Opener.Open(origin, &state, s.Find.Column, cell, hidden, stored, n)
		if p, ok := v.(convert.Plaintext); ok && err == nil {
			v, err = convert.Limited(s.Dialect, s.Find.Column, p.Stored)
		}
		if err != nil {
			return nil, err
		}
		normalized, err := s.index.Normalized(v)
		if err != nil {
			return nil, err
		}
		if normalized != nil && s.wanted[string(normalized)] {
			found = append(found, s.key(stored))
		}
	}
	return found, nil
}

// query is the text up to the tokens, and what is read: a row's key first.
func (s *Search) query() (origin *plan.Origin, cell, hidden int, text string) {
	names := slices.Clone(s.Find.Keys)
	origin = &plan.Origin{Table: s.Table, Bound: map[string]int{}, Scope: -1, RowKey: -1}
	if s.Find.Column.Bind.Kind == schema.BindRowKey {
		origin.RowKey = 0
	}
	for i, logical := range s.Find.Column.Bind.Columns {
		origin.Bound[logical] = i
	}
	if s.Table.Scope.Column != "" {
		origin.Scope = len(names)
		names = append(names, s.Table.Column(s.Table.Scope.Column).Name)
	}
	cell, hidden = len(names), -1
	names = append(names, s.Find.Column.Name)
	if h := s.Find.Column.Hidden(); h != "" {
		hidden = len(names)
		names = append(names, h)
	}
	for i := range names {
		names[i] = ddl.Quote(s.Dialect, names[i])
	}
	return origin, cell, hidden, "SELECT " + strings.Join(names, ", ") + " FROM " + ddl.Quote(s.Dialect, s.Table.Name) + " WHERE " + ddl.Quote(s.Dialect, s.Find.Indexes[0].Hidden())
}

// mine reports whether a row is of the scope that is looked in.
func (s *Search) mine(origin *plan.Origin, state *row.State, stored []driver.Value) (bool, error) {
	path, err := s.Opener.Scope(origin, state, stored)
	if s.Unscoped != nil || origin.Scope < 0 {
		return err == nil, err
	}
	if errors.As(err, new(*ormhooks.ScopeError)) {
		return false, nil
	}
	return slices.Equal(path, s.Scope), err
}

// key returns a row's key as it is stored.
func (s *Search) key(stored []driver.Value) []any {
	if s.Find.Column.Bind.Kind == schema.BindRowKey {
		key, _ := row.KeyOf(s.Table, stored[0])
		return []any{key}
	}
	key := make([]any, len(s.Find.Keys))
	for i, logical := range s.Find.Column.Bind.Columns {
		key[i] = listed.Stored(s.Table.Column(logical), stored[i])
	}
	return key
}
