package catalog

import "strings"

// named is how the queries below show a table's schema: as Load does.
func named(n string) string {
	return "CASE WHEN " + n + ".oid = pg_catalog.pg_my_temp_schema() THEN 'pg_temp' ELSE " + n + ".nspname::text END"
}

// postgresMine is a condition for the tables that are asked for.
func (r *detailer) postgresMine() string {
	return "c.relname IN " + r.among(postgresLiteral) + " AND " + postgresOwn
}

func (r *detailer) postgres() error {
	in := r.postgresMine()
	rows, err := r.rows("indexes", 8, `
SELECT `+named("n")+`, c.relname::text, x.relname::text,
	coalesce(a.attname::text, '(' || pg_catalog.pg_get_indexdef(i.indexrelid, k.at, true) || ')'), i.indisunique, i.indpred IS NOT NULL, i.indisvalid, NULL
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL pg_catalog.generate_series(1, i.indnkeyatts::int) AS k(at)
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[k.at - 1] AND a.attnum > 0
WHERE `+in+`
ORDER BY n.nspname, c.relname, x.relname, k.at`)
	if err != nil {
		return err
	}
	r.indexes(rows)
	if err = r.postgresKeys(in); err != nil {
		return err
	}
	rows, err = r.rows("constraints", 5, `
SELECT `+named("n")+`, c.relname::text, k.conname::text, false, pg_catalog.pg_get_constraintdef(k.oid)
FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'c' AND `+in+`
UNION ALL
SELECT `+named("n")+`, c.relname::text, a.attname::text, true, pg_catalog.pg_get_expr(d.adbin, d.adrelid)
FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE a.attgenerated <> '' AND `+in+`
ORDER BY 1, 2, 3`)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if t := r.at(row[0], row[1]); t != nil {
			r.d.Expressions = append(r.d.Expressions, Expression{t, text(row[2]), yes(row[3]), text(row[4])})
		}
	}
	return r.postgresDependents(in)
}

func (r *detailer) postgresKeys(in string) error {
	action := func(column string) string {
		return "CASE " + column + " WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' WHEN 'r' THEN 'RESTRICT' ELSE 'NO ACTION' END"
	}
	rows, err := r.rows("foreign keys", 9, `
WITH mine AS (SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE `+in+`)
SELECT `+named("n")+`, c.relname::text, k.conname::text, a.attname::text, `+named("n2")+`, c2.relname::text, a2.attname::text, `+action("k.confupdtype")+`, `+action("k.confdeltype")+`
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class c2 ON c2.oid = k.confrelid JOIN pg_catalog.pg_namespace n2 ON n2.oid = c2.relnamespace
CROSS JOIN LATERAL pg_catalog.generate_subscripts(k.conkey, 1) AS at
JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[at]
JOIN pg_catalog.pg_attribute a2 ON a2.attrelid = k.confrelid AND a2.attnum = k.confkey[at]
WHERE k.contype = 'f' AND (k.conrelid IN (SELECT oid FROM mine) OR k.confrelid IN (SELECT oid FROM mine))
ORDER BY n.nspname, c.relname, k.conname, at`)
	if err == nil {
		r.foreignKeys(rows)
	}
	return err
}

// postgresDependents follows what the server knows of dependencies, views on views included,
// and reads the text of routines, of which it knows little: a body in a string depends
// on nothing. What belongs to an extension is left out.
func (r *detailer) postgresDependents(in string) error {
	var patterns []string
	for _, t := range r.tables {
		patterns = append(patterns, pattern(t.Name))
	}
	rows, err := r.rows("dependent objects", 5, `
WITH RECURSIVE mine AS (
	SELECT c.oid, c.reltype, `+named("n")+` AS schema, c.relname::text AS name FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE `+in+`
), reading AS (
	SELECT m.oid AS root, m.oid AS rel, NULL::oid AS rule FROM mine m
	UNION
	SELECT v.root, w.ev_class, CASE WHEN w.rulename <> '_RETURN' THEN w.oid END FROM reading v
	JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = v.rel AND d.classid = 'pg_catalog.pg_rewrite'::regclass
	JOIN pg_catalog.pg_rewrite w ON w.oid = d.objid
)
SELECT CASE WHEN v.rule IS NOT NULL THEN 'rule' WHEN c.relkind = 'm' THEN 'materialized view' ELSE 'view' END,
	`+named("n")+`, coalesce(w.rulename, c.relname)::text, m.schema, m.name
FROM reading v JOIN mine m ON m.oid = v.root JOIN pg_catalog.pg_class c ON c.oid = v.rel JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_rewrite w ON w.oid = v.rule
WHERE v.rel <> m.oid OR v.rule IS NOT NULL
UNION
SELECT CASE WHEN c.relispartition THEN 'partition' ELSE 'child table' END, `+named("n")+`, c.relname::text, m.schema, m.name
FROM pg_catalog.pg_inherits h JOIN mine m ON m.oid = h.inhparent JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
UNION
SELECT 'parent table', `+named("n")+`, c.relname::text, m.schema, m.name
FROM pg_catalog.pg_inherits h JOIN mine m ON m.oid = h.inhrelid JOIN pg_catalog.pg_class c ON c.oid = h.inhparent JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
UNION
SELECT 'trigger', '', t.tgname::text, m.schema, m.name FROM pg_catalog.pg_trigger t JOIN mine m ON m.oid = t.tgrelid WHERE NOT t.tgisinternal
UNION
SELECT 'row-security policy', '', p.polname::text, m.schema, m.name FROM pg_catalog.pg_policy p JOIN mine m ON m.oid = p.polrelid
UNION
SELECT 'routine', n.nspname::text, p.proname::text, m.schema, m.name
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace JOIN mine m ON p.prosrc ~* CASE m.name `+r.cases(patterns)+` END
	OR EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.refobjid IN (m.oid, m.reltype))
WHERE `+postgresOwn+` AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
ORDER BY 4, 5, 1, 2, 3`)
	if err == nil {
		r.dependents(rows)
	}
	return err
}

func (r *detailer) cases(patterns []string) string {
	var b strings.Builder
	for i, t := range r.tables {
		b.WriteString(" WHEN " + postgresLiteral(t.Name) + " THEN " + postgresLiteral(patterns[i]))
	}
	return b.String()
}

// pattern is a regular expression for a name as a whole word.
func pattern(name string) string {
	var b strings.Builder
	for i := range len(name) {
		if !wordByte(name[i]) || name[i] == '$' {
			b.WriteByte('\\')
		}
		b.WriteByte(name[i])
	}
	return `(^|[^\w])` + b.String() + `($|[^\w])`
}

// postgresLiteral is one whatever standard_conforming_strings is.
func postgresLiteral(s string) string {
	return "E'" + strings.NewReplacer("'", "''", `\`, `\\`).Replace(s) + "'"
}
