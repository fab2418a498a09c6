package under

import (
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
)

// A Statement is put together from SQL and values.
type Statement struct {
	Dialect sqltext.Dialect
	Text    string
	Args    []driver.NamedValue
}

// SQL adds text.
func (s *Statement) SQL(text string) *Statement {
	s.Text += text
	return s
}

// Value adds a placeholder with its value.
func (s *Statement) Value(v any) *Statement {
	s.Args = append(s.Args, driver.NamedValue{Ordinal: len(s.Args) + 1, Value: v})
	if s.Dialect == sqltext.PostgreSQL {
		return s.SQL(fmt.Sprintf("$%d", len(s.Args)))
	}
	return s.SQL("?")
}

// Equals adds column = value, or column IS NULL.
func (s *Statement) Equals(column string, v any) *Statement {
	s.SQL(ddl.Quote(s.Dialect, column))
	if b, ok := v.([]byte); v == nil || ok && b == nil {
		return s.SQL(" IS NULL")
	}
	return s.SQL(" = ").Value(v)
}

// Row adds the condition that a row is the one of a key.
func (s *Statement) Row(columns []string, values []any) *Statement {
	for i, c := range columns {
		if i > 0 {
			s.SQL(" AND ")
		}
		s.Equals(c, values[i])
	}
	return s
}

// After adds the condition that a key comes after the last one.
func (s *Statement) After(columns []string, last []any) *Statement {
	column := ddl.Quote(s.Dialect, columns[0])
	if len(last) == 1 {
		return s.SQL(column + " > ").Value(last[0])
	}
	s.SQL(column + " >= ").Value(last[0])
	s.SQL(" AND (" + column + " > ").Value(last[0])
	return s.SQL(" OR ").After(columns[1:], last[1:]).SQL(")")
}

// List returns quoted names with commas between them.
func List(d sqltext.Dialect, columns []string) string {
	var quoted []string
	for _, c := range columns {
		quoted = append(quoted, ddl.Quote(d, c))
	}
	return strings.Join(quoted, ", ")
}
