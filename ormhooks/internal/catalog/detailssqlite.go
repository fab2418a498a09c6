package catalog

import "strings"

func (r *detailer) sqlite() error {
	rows, err := r.rows("indexes", 8, `
SELECT l.schema, l.name, i.name, coalesce(x.name, '(expression)'), i."unique", i.partial, 1, NULL
FROM pragma_table_list l JOIN pragma_index_list i ON i.arg = l.name AND i.schema = l.schema
JOIN pragma_index_info x ON x.arg = i.name AND x.schema = l.schema
WHERE l.type = 'table' AND lower(l.name) IN `+r.among(lowered)+`
ORDER BY 1, 2, 3, x.seqno`)
	if err != nil {
		return err
	}
	r.indexes(rows)
	if err = r.sqliteKeys(); err != nil {
		return err
	}
	return r.sqliteTexts()
}

// sqliteTexts reads what SQLite knows as text alone: its views and triggers, and of the tables
// what stands in their definitions.
func (r *detailer) sqliteTexts() error {
	var sources []source
	databases, err := r.rows("databases", 1, "SELECT name FROM pragma_database_list")
	if err != nil {
		return err
	}
	for _, row := range databases {
		schema := text(row[0])
		rows, err := r.rows("dependent objects", 4, "SELECT type, name, tbl_name, sql FROM "+quoted(schema)+".sqlite_schema WHERE sql IS NOT NULL")
		if err != nil {
			return err
		}
		for _, row := range rows {
			kind, name, sql := text(row[0]), text(row[1]), text(row[3])
			t := r.at(schema, row[2])
			switch {
			case kind == "index" && t != nil:
				for i := range r.d.Indexes {
					if x := &r.d.Indexes[i]; x.Table == t && x.Name == name {
						x.Text = sql
					}
				}
			case kind == "table" && t != nil:
				r.d.Expressions = append(r.d.Expressions, expressions(t, sql)...)
			case kind == "view" || kind == "trigger":
				sources = append(sources, source{kind, schema, name, sql})
			}
		}
	}
	r.mentioned(sources)
	return nil
}

func lowered(s string) string { return literal(strings.ToLower(s)) }

// sqliteKeys reads the foreign keys of all tables: one may be to a table that is asked for. A
// key to a primary key need not name its columns.
func (r *detailer) sqliteKeys() error {
	rows, err := r.rows("foreign keys", 9, `
SELECT l.schema, l.name, 'number ' || f.id, f."from", l.schema, f."table",
	coalesce(f."to", (SELECT x.name FROM pragma_table_xinfo x WHERE x.arg = f."table" AND x.schema = l.schema AND x.pk = f.seq + 1)), f.on_update, f.on_delete
FROM pragma_table_list l JOIN pragma_foreign_key_list f ON f.arg = l.name AND f.schema = l.schema
WHERE l.type = 'table' ORDER BY 1, 2, f.id, f.seq`)
	if err != nil {
		return err
	}
	for _, row := range rows { // written in any case
		for _, t := range r.tables {
			if t.Schema == text(row[4]) && strings.EqualFold(t.Name, text(row[5])) {
				row[5] = t.Name
			}
		}
	}
	r.foreignKeys(rows)
	return nil
}

// expressions finds CHECK (…) and AS (…) in a CREATE TABLE.
func expressions(t *Table, create string) (all []Expression) {
	depth, column, constraint := 0, "", ""
	list := words(create)
	for i := 0; i < len(list); i++ {
		switch w := list[i]; {
		case w == "(":
			if depth++; depth == 1 {
				column = ""
			}
		case w == ")":
			depth--
		case depth != 1:
		case w == ",":
			column, constraint = "", ""
		default:
			if column == "" {
				column = unquoted(w)
			}
			word := strings.ToUpper(w)
			if word == "CONSTRAINT" && i+1 < len(list) {
				constraint = unquoted(list[i+1])
			}
			if (word == "CHECK" || word == "AS") && i+1 < len(list) && list[i+1] == "(" {
				end := closing(list, i+1)
				e := Expression{Table: t, Name: constraint, Text: strings.Join(list[i+1:end], " ")}
				if word == "AS" {
					e.Name, e.Column = column, true
				}
				all = append(all, e)
				i = end
			}
		}
	}
	return all
}

// closing returns the place of the parenthesis that closes the one at open.
func closing(list []string, open int) int {
	depth := 0
	for i := open; i < len(list); i++ {
		switch list[i] {
		case "(":
			depth++
		case ")":
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(list)
}
