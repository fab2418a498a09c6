package listed

import (
	"context"
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/internal/door/answer"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search/segment"
)

// A Home is where the rows stand that a list is of. A list that nobody has begun is empty, and right only if there is no
// row: else the index is newer than the table's rows, or somebody deleted all of it.
type Home struct {
	Dialect sqltext.Dialect
	Table   *schema.Table
	Of      *schema.Index
	Scope   []keys.Label
}

// Begin begins an index before the first row is written that it is of.
func (h Home) Begin(ctx context.Context, c segment.Conn, x Index) error {
	return x.Segments().Begin(ctx, c, func(ctx context.Context) (whole bool, err error) {
		holds, err := h.holds(ctx, c)
		return !holds, err
	})
}

// Searchable returns an error if nobody has begun the index and there are rows that it is of.
func (h Home) Searchable(ctx context.Context, c segment.Conn, x Index) error {
	begun, err := x.Segments().Begun(ctx, c)
	if begun || err != nil {
		return err
	}
	holds, err := h.holds(ctx, c)
	if err == nil && holds {
		err = x.Segments().Unfilled(ctx, c)
	}
	return err
}

// holds reports whether a row of the scope has a value. Of scopes that no column names it cannot tell, and says no.
func (h Home) holds(ctx context.Context, c segment.Conn) (bool, error) {
	text := "SELECT 1 FROM " + ddl.Quote(h.Dialect, h.Table.Name) + " WHERE " + ddl.Quote(h.Dialect, h.Of.Protected()[0].Name) + " IS NOT NULL"
	if h.Table.Scope.Kind != "" && !h.Of.Unscoped {
		in, ok := h.inScope()
		if !ok {
			return false, nil
		}
		text += " AND " + in
	}
	rows, err := c.Query(ctx, text+" LIMIT 1")
	return len(rows) > 0, err
}

// inScope is the condition that a row is of the scope.
func (h Home) inScope() (string, bool) {
	column := h.Table.Column(h.Table.Scope.Column)
	if column == nil || len(h.Scope) != 1 {
		return "", false
	}
	id, ok := strings.CutPrefix(string(h.Scope[0]), "s:"+h.Table.Scope.Kind+"/")
	if !ok {
		return "", false
	}
	var key any = id
	typ, _ := column.Declared()
	switch typ {
	case value.Int, value.Uint:
		if _, err := strconv.ParseInt(id, 10, 64); err != nil {
			if _, err := strconv.ParseUint(id, 10, 64); err != nil {
				return "", false
			}
		}
		return ddl.Quote(h.Dialect, column.Name) + " = " + id, true
	case value.UUID:
		b, err := codec.Bind(column, id)
		if key = b.Value(); err != nil {
			return "", false
		}
	case value.Text:
	default:
		return "", false
	}
	name := ddl.Quote(h.Dialect, column.Name)
	var either []string
	kinds := []string{"text"}
	if h.Dialect == sqltext.MySQL { // which it is is not known here, and it takes no bytes beside text in one list
		kinds = []string{"text", "binary"}
	}
	for _, stored := range kinds {
		var list []string
		for _, k := range answer.Spellings(h.Dialect, []string{stored}, []any{key}) {
			list = append(list, template.Literal(h.Dialect, k[0]))
		}
		either = append(either, name+" IN ("+strings.Join(list, ", ")+")")
	}
	return "(" + strings.Join(either, " OR ") + ")", true
}
