package catalog

// The connection's own temporary schema is shown by the name that statements have for
// it. An identity column counts as one with a default.
const postgresColumns = `
SELECT CASE WHEN n.oid = pg_catalog.pg_my_temp_schema() THEN 'pg_temp' ELSE n.nspname::text END, c.relname::text,
	c.relkind IN ('v', 'm'), pg_catalog.pg_table_is_visible(c.oid),
	a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, a.attgenerated <> '',
	CASE WHEN a.attidentity <> '' THEN 'identity' WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END,
	o.collname::text,
	NOT coalesce(o.collisdeterministic, true) OR coalesce(b.typname, y.typname) IN ('citext', 'bpchar'), false
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_collation o ON o.oid = a.attcollation
LEFT JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
LEFT JOIN pg_catalog.pg_type b ON b.oid = y.typbasetype
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ` + postgresOwn + `
ORDER BY n.nspname, c.relname, a.attnum`

// postgresOwn leaves out the server's schemas, and temporary ones of other connections.
const postgresOwn = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\_toast\_temp\_%'
	AND NOT pg_catalog.pg_is_other_temp_schema(n.oid)`

const postgresUniques = `
SELECT CASE WHEN n.oid = pg_catalog.pg_my_temp_schema() THEN 'pg_temp' ELSE n.nspname::text END, c.relname::text, i.indexrelid::bigint,
	coalesce(a.attname::text, '(' || pg_catalog.pg_get_indexdef(i.indexrelid, k.at, true) || ')'),
	NOT coalesce(o.collisdeterministic, true), i.indpred IS NOT NULL OR NOT i.indisvalid
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL pg_catalog.generate_series(1, i.indnkeyatts::int) AS k(at)
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[k.at - 1] AND a.attnum > 0
LEFT JOIN pg_catalog.pg_collation o ON o.oid = i.indcollation[k.at - 1]
WHERE i.indisunique AND ` + postgresOwn + `
ORDER BY n.nspname, c.relname, NOT i.indisprimary, i.indexrelid, k.at`

func (r *reader) postgres() error {
	rows, err := r.rows("columns", columns, postgresColumns)
	if err != nil {
		return err
	}
	for _, row := range rows {
		r.column(row)
	}
	if rows, err = r.rows("unique indexes", 6, postgresUniques); err == nil {
		r.uniques(rows, func(row []any) bool { return yes(row[5]) })
		for _, row := range rows {
			if yes(row[4]) {
				r.folds(row[0], row[1], row[3])
			}
		}
	}
	return err
}
