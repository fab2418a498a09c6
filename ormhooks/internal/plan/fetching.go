package plan

import "github.com/cellseal/cellseal/internal/sqltext"

// A fetching is a SELECT that reads and locks rows before a statement writes them.
type fetching struct {
	r       *relation
	columns []string // of it, by database name
	from    []any    // parts of an edit
	joined  bool     // from names more than r
	where   sqltext.Expr
	order   []*sqltext.Order
	limit   any // part of an edit, or nil
}

func (a *analysis) fetchOf(f fetching) Text {
	parts := []any{"SELECT "}
	for i, name := range f.columns {
		if i > 0 {
			parts = append(parts, ", ")
		}
		parts = append(parts, a.qualified(f.r, name))
	}
	if len(f.columns) == 0 {
		parts = append(parts, "1")
	}
	parts = append(append(parts, " FROM "), f.from...)
	if f.where != nil {
		parts = append(parts, " WHERE ", f.where.At())
	}
	if len(f.order) > 0 {
		parts = append(parts, " ORDER BY ")
		for i, o := range f.order {
			if i > 0 {
				parts = append(parts, ", ")
			}
			parts = append(parts, o.Span)
		}
	}
	if f.limit != nil {
		parts = append(parts, " LIMIT ", f.limit)
	}
	if a.dialect != sqltext.SQLite {
		parts = append(parts, " FOR UPDATE")
	}
	if f.joined && a.dialect == sqltext.PostgreSQL { // which does not lock what an outer join may lack
		parts = append(parts, " OF ", a.ident(f.r.alias))
	}
	var text builder
	a.renderParts(&text, parts, nil)
	return text.text
}
