package template

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/gostruct"
	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// Keys are the value of a Found or Tokens slot: rows of key columns, each of which is an int64, uint64, string,
// []byte, or of a UUID [16]byte; nil is NULL. types are the columns' in PostgreSQL.
func Keys(d sqltext.Dialect, types []string, rows [][]any) Value {
	if d == sqltext.PostgreSQL && len(types) == 1 {
		return Value{Value: arrayOf(rows)}
	}
	if len(rows) == 0 { // which is false, where NULL would be unknown
		nulls := strings.TrimSuffix(strings.Repeat("NULL, ", len(types)), ", ")
		switch d {
		case sqltext.MySQL:
			return Value{List: "SELECT " + nulls + " FROM DUAL WHERE 1 = 0"}
		case sqltext.SQLite:
			return Value{List: "SELECT " + nulls + " WHERE 1 = 0"}
		}
		var typed []string
		for _, typ := range types {
			typed = append(typed, "NULL::"+typ)
		}
		return Value{List: "SELECT " + strings.Join(typed, ", ") + " WHERE 1 = 0"}
	}
	var b strings.Builder
	if d == sqltext.SQLite && len(types) > 1 {
		b.WriteString("VALUES ")
	}
	for i, row := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		if len(row) > 1 {
			b.WriteByte('(')
		}
		for j, v := range row {
			if j > 0 {
				b.WriteString(", ")
			}
			b.WriteString(Literal(d, v))
		}
		if len(row) > 1 {
			b.WriteByte(')')
		}
	}
	return Value{List: b.String()}
}

// Among is Keys of rows that hold one of several values. If NULL was among them, what is no such row
// is unknown, and not false.
//
// They are put in order, so that the same rows are the same value.
func Among(d sqltext.Dialect, f *plan.Find, rows [][]any, null bool) Value {
	slices.SortFunc(rows, func(a, b []any) int { return slices.CompareFunc(a, b, compare) })
	if !null {
		return Keys(d, f.Types, rows)
	}
	if len(rows) == 0 {
		return Value{}
	}
	return Keys(d, f.Types, append(rows, make([]any, len(f.Keys))))
}

func compare(a, b any) int {
	x, ok := a.(int64)
	if y, also := b.(int64); ok && also {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

// Literal writes a value of a key.
func Literal(d sqltext.Dialect, v any) string {
	switch v := v.(type) {
	case uint64:
		return strconv.FormatUint(v, 10)
	case [16]byte:
		return literal(d, gostruct.UUIDText(v))
	}
	return literal(d, v)
}

// arrayOf is PostgreSQL's text form of an array of keys.
func arrayOf(rows [][]any) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, row := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		switch v := row[0].(type) {
		case nil:
			b.WriteString("NULL")
		case []byte:
			b.WriteString(`"\\x` + hex.EncodeToString(v) + `"`)
		case [16]byte:
			b.WriteString(gostruct.UUIDText(v))
		case string:
			b.WriteString(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`)
		default:
			fmt.Fprint(&b, v)
		}
	}
	b.WriteByte('}')
	return b.String()
}

// list is the text of a list; without one it is NULL, for a question that was asked with NULL.
func (t *Template) list(s *plan.Slot, v Value) string {
	switch {
	case v.List != "":
		return v.List
	case s.Kind == plan.Most:
		return "1"
	case s.Kind == plan.Tokens || len(s.Find.Keys) == 1:
		return "NULL"
	}
	row := "(" + strings.TrimSuffix(strings.Repeat("NULL, ", len(s.Find.Keys)), ", ") + ")"
	if t.dialect == sqltext.SQLite {
		return "VALUES " + row
	}
	return row
}
