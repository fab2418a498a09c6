package catalog

import "strings"

// In the queries on check_constraints, table_name is that view's own on MariaDB, whose
// constraints' names are not unique, and the outer one on MySQL, which has no such column.
func (r *detailer) mysql() error {
	in := r.among(mysqlLiteral)
	rows, err := r.rows("settings", 1, "SELECT VERSION() LIKE '%MariaDB%'")
	if err != nil {
		return err
	}
	for _, row := range rows {
		r.d.MariaDB = yes(row[0])
	}
	if rows, err = r.rows("indexes", 8, `
SELECT table_schema, table_name, index_name,
	CASE WHEN column_name IS NULL THEN '(expression)' WHEN sub_part IS NULL THEN column_name ELSE CONCAT('(', column_name, '(', sub_part, '))') END,
	non_unique = 0, 0, 1, NULL
FROM information_schema.statistics WHERE table_name IN `+in+`
ORDER BY table_schema, table_name, index_name, seq_in_index`); err != nil {
		return err
	}
	r.indexes(rows)
	if rows, err = r.rows("foreign keys", 9, `
SELECT k.table_schema, k.table_name, k.constraint_name, k.column_name, k.referenced_table_schema, k.referenced_table_name, k.referenced_column_name, c.update_rule, c.delete_rule
FROM information_schema.key_column_usage k
JOIN information_schema.referential_constraints c ON c.constraint_schema = k.constraint_schema AND c.constraint_name = k.constraint_name AND c.table_name = k.table_name
WHERE k.table_name IN `+in+` OR k.referenced_table_name IN `+in+`
ORDER BY k.table_schema, k.table_name, k.constraint_name, k.ordinal_position`); err != nil {
		return err
	}
	r.foreignKeys(rows)
	if rows, err = r.rows("constraints", 5, `
SELECT t.table_schema, t.table_name, t.constraint_name, 0, (SELECT MAX(c.check_clause) FROM information_schema.check_constraints c
	WHERE c.constraint_schema = t.constraint_schema AND c.constraint_name = t.constraint_name AND table_name = t.table_name)
FROM information_schema.table_constraints t WHERE t.constraint_type = 'CHECK' AND t.table_name IN `+in+`
UNION ALL
SELECT table_schema, table_name, column_name, 1, generation_expression FROM information_schema.columns WHERE generation_expression <> '' AND table_name IN `+in); err != nil {
		return err
	}
	for _, row := range rows {
		if t := r.at(row[0], row[1]); t != nil {
			r.d.Expressions = append(r.d.Expressions, Expression{t, text(row[2]), yes(row[3]), text(row[4])})
		}
	}
	return r.mysqlDependents(" NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')")
}

// mysqlDependents reads the texts of views, triggers, routines and events. A text that this user
// may not see is empty, so of such an object nothing is known.
func (r *detailer) mysqlDependents(in string) error {
	rows, err := r.rows("dependent objects", 5, `
SELECT 'view', table_schema, table_name, view_definition, '' FROM information_schema.views WHERE table_schema`+in+`
UNION ALL
SELECT 'trigger', trigger_schema, trigger_name, action_statement, event_object_table FROM information_schema.triggers WHERE trigger_schema`+in+`
UNION ALL
SELECT 'routine', routine_schema, routine_name, routine_definition, '' FROM information_schema.routines WHERE routine_schema`+in+`
UNION ALL
SELECT 'event', event_schema, event_name, event_definition, '' FROM information_schema.events WHERE event_schema`+in)
	if err != nil {
		return err
	}
	var sources []source
	for _, row := range rows {
		s := source{text(row[0]), text(row[1]), text(row[2]), text(row[3])}
		on := r.at(row[1], row[4])
		switch {
		case on != nil:
			r.dependent(s.kind, s.schema, s.name, on)
		case s.text == "":
			for _, t := range r.tables {
				if t.Schema == s.schema {
					r.dependent(s.kind+" (whose text this user may not see)", s.schema, s.name, t)
				}
			}
		default:
			sources = append(sources, s)
		}
	}
	r.mentioned(sources)
	return nil
}

// mysqlLiteral is in hexadecimal: how a backslash counts is a setting.
func mysqlLiteral(s string) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte(digits[s[i]>>4])
		b.WriteByte(digits[s[i]&15])
	}
	return "CONVERT(x'" + b.String() + "' USING utf8mb4)"
}
