package catalog

import (
	"slices"
	"strings"
)

// Of a virtual table, hidden is 1 for a column that only its module knows.
const sqliteColumns = `
SELECT l.schema, l.name, l.type = 'view', 0, x.name, x.type,
	x."notnull" = 0 AND NOT (x.pk > 0 AND upper(x.type) = 'INTEGER'), x.hidden IN (2, 3), x.dflt_value,
	CASE WHEN l.type = 'view' THEN '' ELSE 'BINARY' END, 0, x.hidden = 1
FROM pragma_table_list l JOIN pragma_table_xinfo x ON x.arg = l.name AND x.schema = l.schema
WHERE l.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND `

// An INTEGER PRIMARY KEY has no index of its own. The column of an expression is NULL.
const sqliteUniques = `
SELECT l.schema, l.name, '', x.name, x.pk, 0, 0
FROM pragma_table_list l JOIN pragma_table_xinfo x ON x.arg = l.name AND x.schema = l.schema
WHERE l.type = 'table' AND l.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND x.pk > 0
UNION ALL
SELECT l.schema, l.name, i.name, coalesce(x.name, '(expression)'), x.seqno, 1, i.partial
FROM pragma_table_list l JOIN pragma_index_list i ON i.arg = l.name AND i.schema = l.schema
JOIN pragma_index_info x ON x.arg = i.name AND x.schema = l.schema
WHERE l.type = 'table' AND i."unique" = 1 AND i.origin <> 'pk'
ORDER BY 1, 2, 6, 3, 5`

const sqliteFolding = `
SELECT l.schema, l.name, x.name
FROM pragma_table_list l JOIN pragma_index_list i ON i.arg = l.name AND i.schema = l.schema
JOIN pragma_index_xinfo x ON x.arg = i.name AND x.schema = l.schema
WHERE l.type = 'table' AND i."unique" = 1 AND x.key = 1 AND x.name IS NOT NULL AND upper(x.coll) <> 'BINARY'`

func (r *reader) sqlite() error {
	rows, err := r.rows("columns", columns, sqliteColumns+"l.type = 'table'")
	if err != nil {
		return err
	}
	more, err := r.sqliteOthers()
	if err != nil {
		return err
	}
	for _, row := range append(rows, more...) {
		r.column(row)
	}
	if rows, err = r.rows("unique indexes", 7, sqliteUniques); err != nil {
		return err
	}
	r.uniques(rows, func(row []any) bool { return yes(row[6]) })
	if rows, err = r.rows("collations", 3, sqliteFolding); err != nil {
		return err
	}
	for _, row := range rows {
		r.folds(row[0], row[1], row[2])
	}
	return r.sqliteSchemas()
}

// sqliteOthers reads views and virtual tables. A view of a table that is gone, or a table of a
// module that is not loaded, is an error to look at; it can be of no statement either,
// so it is left out, and the others are read one by one.
func (r *reader) sqliteOthers() ([][]any, error) {
	rows, err := r.rows("views", columns, sqliteColumns+"l.type <> 'table'")
	if err == nil {
		return rows, nil
	}
	names, err := r.rows("views", 2, "SELECT schema, name FROM pragma_table_list WHERE type <> 'table'")
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		one, err := r.rows("views", columns, sqliteColumns+"l.schema = "+literal(text(n[0]))+" AND l.name = "+literal(text(n[1])))
		if err == nil {
			rows = append(rows, one...)
		} else if r.ctx.Err() != nil {
			return nil, err
		}
	}
	return rows, nil
}

// sqliteSchemas finds which table a bare name means (temporary ones first, then the main
// database, then the attached ones in their order), and the columns' collations, which
// only the text of CREATE TABLE tells.
func (r *reader) sqliteSchemas() error {
	rows, err := r.rows("databases", 1, "SELECT name FROM pragma_database_list ORDER BY seq <> 1, seq")
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, row := range rows {
		schema := text(row[0])
		var here []string
		for _, t := range r.tables {
			if t.Schema != schema {
				continue
			}
			name := strings.ToLower(t.Name)
			t.Visible = !seen[name]
			here = append(here, name)
		}
		for _, name := range here {
			seen[name] = true
		}
		if len(here) == 0 {
			continue
		}
		texts, err := r.rows("collations", 2, "SELECT name, sql FROM "+quoted(schema)+".sqlite_schema WHERE type = 'table' AND sql LIKE '%collate%'")
		if err != nil {
			return err
		}
		for _, created := range texts {
			if t := r.byName[[2]string{schema, text(created[0])}]; t != nil {
				t.collate(text(created[1]))
			}
		}
	}
	return nil
}

func (t *Table) collate(create string) {
	for name, collation := range collations(create) {
		at := slices.IndexFunc(t.Columns, func(c Column) bool { return strings.EqualFold(c.Name, name) })
		if at >= 0 {
			t.Columns[at].Collation, t.Columns[at].Folds = collation, t.Columns[at].Folds || collation != "BINARY"
		}
	}
}

func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
func quoted(s string) string  { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
