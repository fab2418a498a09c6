package answer

import (
	"context"
	"database/sql/driver"
	"slices"
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/door/row"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// A Query returns all rows of a statement.
type Query = func(ctx context.Context, text string, args []driver.NamedValue) ([][]driver.Value, error)

// A Search is the work on one question.
type Search struct {
	Context context.Context
	Dialect sqltext.Dialect
	// All runs a query on the connection that the statement goes over.
	All Query
	// Latest, if it is not nil, calls use with a connection that sees what the lists have now, and not what they
	// had when the transaction began.
	Latest func(use func(Query) error) error
	Opener row.Opener
	Find   *plan.Find
	Table  *schema.Table
	// Scope is that in which is looked, or Unscoped says why there is none.
	Scope    []keys.Label
	Unscoped error
	Limit    int  // how many candidates are read
	Lock     bool // they are written afterwards, and are still to match then

	read  int // candidates
	found [][]any
}

// Under returns the scope that an index is asked in.
func (s *Search) Under(x *schema.Index) ([]keys.Label, error) {
	if x.Unscoped {
		return s.Scope, nil
	}
	return s.Scope, s.Unscoped
}

// Keys are those of the rows that were read and match. If NULL was asked for too, what is no such row is
// unknown, and not false.
func (s *Search) Keys(null bool) template.Value {
	return template.Among(s.Dialect, s.Find, s.found, null)
}

// TooMany is the error of more candidates than are read.
func (s *Search) TooMany() error {
	return &ormhooks.TooManyRowsError{Clause: s.Find.Ask.String(), Column: s.Table.Name + "." + s.Find.Column.Name, Most: s.Limit}
}

// Read reads the rows whose columns are among candidates, and remembers the keys of those whose values
// match. types are what arrays of the columns are in PostgreSQL.
func (s *Search) Read(columns, types []string, candidates [][]any, matches func(value any) (bool, error)) error {
	most := search.TokensPerQuery // as of tokens, and for the same reasons
	if s.Dialect == sqltext.PostgreSQL && len(columns) == 1 {
		most = 10_000 // they are one argument
	}
	c := s.candidate()
	for chunk := range slices.Chunk(candidates, most) {
		text, args := s.query(c, columns, types, chunk)
		rows, err := s.All(s.Context, text, args)
		if err != nil {
			return err
		}
		if s.read += len(rows); s.read > s.Limit {
			return s.TooMany()
		}
		if err := s.Opener.Expect(&c.origin, s.Find.Column, c.cell, rows); err != nil {
			return err
		}
		for n, stored := range rows {
			v, mine, err := s.open(c, stored, n)
			if err == nil && mine {
				mine, err = matches(v)
			}
			if err != nil {
				return err
			}
			if mine {
				s.found = append(s.found, s.key(stored))
			}
		}
	}
	return nil
}

// query is what reads candidates. Rows that are written afterwards are locked, so that they still match then.
func (s *Search) query(c *candidate, columns, types []string, among [][]any) (text string, args []driver.NamedValue) {
	d := s.Dialect
	list := template.Keys(d, types, among)
	names, by := quoted(d, c.columns), quoted(d, columns)
	text = "SELECT " + names + " FROM " + ddl.Quote(d, s.Table.Name) + " WHERE "
	switch {
	case list.Value != nil:
		text += by + " = ANY($1::" + types[0] + "[])"
		args = []driver.NamedValue{{Ordinal: 1, Value: list.Value}}
	case len(columns) > 1:
		text += "(" + by + ") IN (" + list.List + ")"
	default:
		text += by + " IN (" + list.List + ")"
	}
	text += " LIMIT " + strconv.Itoa(s.Limit-s.read+1)
	if s.Lock && d != sqltext.SQLite {
		text += " FOR UPDATE"
	}
	return text, args
}

func quoted(d sqltext.Dialect, names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = ddl.Quote(d, name)
	}
	return strings.Join(all, ", ")
}

// open returns a candidate's value. mine is false of a row of another scope than is looked in.
func (s *Search) open(c *candidate, stored []driver.Value, number int) (v any, mine bool, err error) {
	var state row.State
	if mine, err = s.Opener.Within(&c.origin, &state, stored, s.Scope, s.Unscoped); err != nil || !mine {
		return nil, false, err
	}
	v, err = s.Opener.Open(&c.origin, &state, s.Find.Column, c.cell, c.hidden, stored, number)
	if p, ok := v.(convert.Plaintext); ok && err == nil {
		v, err = convert.Limited(s.Dialect, s.Find.Column, p.Stored)
	}
	return v, true, err
}
