package listed

import (
	"context"
	"database/sql/driver"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cellseal/cellseal/internal/sqltext"
	declared "github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/door/row"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Given returns what a question is asked with; known is false if that is NULL. value gives what the
// caller gave.
func Given(d sqltext.Dialect, f *plan.Find, value func(plan.Value) (any, error)) (v Values, known bool, err error) {
	if f.Ask == plan.Equal {
		all, known, err := Members(d, f, value)
		v.Equal = slices.DeleteFunc(slices.Clone(all), func(member any) bool { return member == nil })
		v.Null = len(v.Equal) < len(all)
		return v, known, err
	}
	text := func(given plan.Value) (string, bool, error) {
		plain, err := value(given)
		if err == nil {
			plain, err = convert.Asked(d, declared.Text, plain)
		}
		s, ok := plain.(string)
		return s, ok, err
	}
	var pattern strings.Builder
	for _, part := range f.Pattern {
		s, ok, err := text(part)
		if err != nil || !ok && (!f.SkipNull || len(f.Pattern) == 1) {
			return v, false, err
		}
		pattern.WriteString(s)
	}
	v.Pattern, v.Escape = pattern.String(), f.Escape
	if f.EscapeBy.Kind != 0 {
		s, ok, err := text(f.EscapeBy)
		if err != nil || !ok {
			return v, false, err
		}
		if utf8.RuneCountInString(s) > 1 {
			return v, false, errors.New("ESCAPE takes one character, or none")
		}
		v.Escape, _ = utf8.DecodeRuneInString(s)
		if s == "" {
			v.Escape = 0
		}
	}
	for _, bound := range []struct {
		of plan.Value
		at *any
	}{{f.Low, &v.Low}, {f.High, &v.High}} {
		if bound.of.Kind == 0 {
			continue
		}
		given, err := value(bound.of)
		if err != nil {
			return v, false, err
		}
		typ, _ := f.Column.Declared()
		if *bound.at, err = convert.Asked(d, typ, given); err != nil || *bound.at == nil {
			return v, false, err
		}
	}
	return v, true, nil
}

// Members returns the values that a question is asked with, as the column has them; nil is NULL. known is
// false of an array that is NULL itself. value gives what the caller gave.
func Members(d sqltext.Dialect, f *plan.Find, value func(plan.Value) (any, error)) (values []any, known bool, err error) {
	for _, v := range f.Values {
		one, err := value(v)
		if err != nil {
			return nil, false, err
		}
		list := []any{one}
		if v.Array {
			if list, err = convert.Elements(one); err != nil || list == nil {
				return nil, false, err
			}
		}
		for _, one := range list {
			limited, err := convert.Limited(d, f.Column, one)
			if err != nil {
				return nil, false, err
			}
			values = append(values, limited)
		}
	}
	return values, true, nil
}

// A Search is the work on one question.
type Search struct {
	Context context.Context
	Dialect sqltext.Dialect
	Conn    Conn
	Shelf   *Shelf
	Opener  row.Opener
	Find    *plan.Find
	Table   *schema.Table
	// Scope is that in which is looked, or Unscoped says why there is none.
	Scope    []keys.Label
	Unscoped error
	Limit    int  // how many candidates are read
	Lock     bool // they are written afterwards, and are still to match then
}

// Keys returns the keys of the rows that match, as they stand in the place of the question.
func (w *Search) Keys(values Values) (template.Value, error) {
	opened := map[*schema.Index]Index{}
	q, x, err := Ask(w.Find, values, func(x *schema.Index) (_ Index, err error) {
		if !x.Unscoped && w.Unscoped != nil {
			return nil, w.Unscoped
		}
		opened[x], err = w.Shelf.Of(w.Opener.Keys, w.Table, w.Scope, x)
		return opened[x], err
	})
	if err == nil {
		err = Home{w.Dialect, w.Table, x, w.Scope}.Searchable(w.Context, w.Conn, opened[x])
	}
	if err != nil {
		return template.Value{}, err
	}
	docs, err := q.Find(w.Context, w.Conn)
	if err != nil {
		return template.Value{}, err
	}
	if len(docs) > w.Limit {
		return template.Value{}, &ormhooks.TooManyRowsError{Clause: w.Find.Ask.String(), Column: w.Table.Name + "." + w.Find.Column.Name, Most: w.Limit}
	}
	var found [][]any
	for chunk := range slices.Chunk(docs, w.chunk()) {
		if found, err = w.read(found, chunk, x, q); err != nil {
			return template.Value{}, err
		}
	}
	return template.Among(w.Dialect, w.Find, found, values.Null), nil
}

// chunk is how many rows are read at once: of what is no argument the text grows.
func (w *Search) chunk() int {
	if w.Dialect == sqltext.PostgreSQL && len(w.Find.Keys) == 1 {
		return 10_000
	}
	return 1_000
}

// read reads candidates, and appends the keys of those that match. Rows that are written afterwards are
// locked, so that they still match then.
func (w *Search) read(found [][]any, docs [][]byte, x *schema.Index, q Question) ([][]any, error) {
	d := w.Dialect
	var candidates [][]any
	for _, doc := range docs {
		if key, ok := Key(w.Table, x, doc); ok {
			candidates = append(candidates, Spellings(d, key)...)
		}
	}
	list := template.Keys(d, w.Find, candidates)
	columns, origin, cell, hidden := w.columns()
	for i := range columns {
		columns[i] = ddl.Quote(d, columns[i])
	}
	text := "SELECT " + strings.Join(columns, ", ") + " FROM " + ddl.Quote(d, w.Table.Name) + " WHERE "
	key := strings.Join(columns[:len(w.Find.Keys)], ", ")
	var args []driver.NamedValue
	switch {
	case list.Value != nil:
		text += key + " = ANY($1::" + w.Find.Types[0] + "[])"
		args = []driver.NamedValue{{Ordinal: 1, Value: list.Value}}
	case len(w.Find.Keys) > 1:
		text += "(" + key + ") IN (" + list.List + ")"
	default:
		text += key + " IN (" + list.List + ")"
	}
	if w.Lock && d != sqltext.SQLite {
		text += " FOR UPDATE"
	}
	rows, err := w.Conn.All(w.Context, text, args)
	if err != nil {
		return nil, err
	}
	opener := w.Opener
	for n, stored := range rows {
		var state row.State
		if mine, err := w.mine(&opener, origin, &state, stored); err != nil || !mine {
			if err != nil {
				return nil, err
			}
			continue
		}
		v, err := opener.Open(origin, &state, w.Find.Column, cell, hidden, stored, n)
		if p, ok := v.(convert.Plaintext); ok && err == nil {
			v, err = convert.Limited(d, w.Find.Column, p.Stored)
		}
		if err != nil {
			return nil, err
		}
		matches, err := q.Matches(v)
		if err != nil {
			return nil, err
		}
		if matches {
			found = append(found, w.key(stored))
		}
	}
	return found, nil
}

// columns are what is read of a candidate, its key first, and what they are.
func (w *Search) columns() (names []string, origin *plan.Origin, cell, hidden int) {
	names = slices.Clone(w.Find.Keys)
	origin = &plan.Origin{Table: w.Table, Bound: map[string]int{}, Scope: -1, RowKey: -1}
	if w.Find.Column.Bind.Kind == schema.BindRowKey {
		origin.RowKey = 0
	}
	for i, logical := range w.Find.Column.Bind.Columns {
		origin.Bound[logical] = i
	}
	if w.Table.Scope.Column != "" {
		origin.Scope = len(names)
		names = append(names, w.Table.Column(w.Table.Scope.Column).Name)
	}
	cell, hidden = len(names), -1
	names = append(names, w.Find.Column.Name)
	if h := w.Find.Column.Hidden(); h != "" {
		hidden = len(names)
		names = append(names, h)
	}
	return names, origin, cell, hidden
}

// mine reports whether a row is of the scope that is looked in.
func (w *Search) mine(opener *row.Opener, origin *plan.Origin, state *row.State, stored []driver.Value) (bool, error) {
	path, err := opener.Scope(origin, state, stored)
	if w.Unscoped != nil || origin.Scope < 0 {
		return err == nil, err
	}
	if errors.As(err, new(*ormhooks.ScopeError)) {
		return false, nil
	}
	return slices.Equal(path, w.Scope), err
}

// key returns a row's key as it is stored.
func (w *Search) key(stored []driver.Value) []any {
	if w.Find.Column.Bind.Kind == schema.BindRowKey {
		key, _ := row.KeyOf(w.Table, stored[0])
		return []any{key}
	}
	key := make([]any, len(w.Find.Keys))
	for i, logical := range w.Find.Column.Bind.Columns {
		key[i] = Stored(w.Table.Column(logical), stored[i])
	}
	return key
}

// Spellings are the ways in which a key may be stored: where there is no type for UUIDs, as text or as
// bytes.
func Spellings(d sqltext.Dialect, key []any) [][]any {
	all := [][]any{key}
	if d == sqltext.PostgreSQL {
		return all
	}
	for i, v := range key {
		if u, ok := v.([16]byte); ok {
			for _, k := range all {
				other := slices.Clone(k)
				other[i] = u[:]
				all = append(all, other)
			}
		}
	}
	return all
}
