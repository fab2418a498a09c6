package catalog

// MariaDB writes that there is no default as NULL, and quotes a text; MySQL gives a text
// as it is, so an empty one would look like none. A column that counts by itself has a
// default too. Of the collations only those that say so mind trailing spaces; of the ones
// that do, only _bin minds all else.
const mysqlColumns = `
SELECT t.table_schema, t.table_name, t.table_type <> 'BASE TABLE' AND t.table_type <> 'SYSTEM VERSIONED', COALESCE(t.table_schema = DATABASE(), 0),
	c.column_name, c.column_type, c.is_nullable, c.extra LIKE '% GENERATED',
	CASE WHEN c.extra LIKE '%auto_increment%' THEN 'auto_increment'
		WHEN VERSION() LIKE '%MariaDB%' THEN NULLIF(c.column_default, 'NULL')
		WHEN c.extra LIKE '%DEFAULT_GENERATED%' THEN c.column_default
		ELSE CONCAT('''', REPLACE(c.column_default, '''', ''''''), '''') END,
	c.collation_name,
	c.data_type = 'char' OR c.collation_name <> 'binary' AND NOT (c.collation_name LIKE '%bin' AND (c.collation_name LIKE '%nopad%' OR c.collation_name LIKE '%0900%')),
	c.extra LIKE '%INVISIBLE%'
FROM information_schema.tables t
JOIN information_schema.columns c ON c.table_name = t.table_name
WHERE t.table_schema = DATABASE() AND c.table_schema = DATABASE() AND t.table_type <> 'SEQUENCE'
ORDER BY t.table_schema, t.table_name, c.ordinal_position`

// A prefix or an expression is no column: it is shown in parentheses.
const mysqlUniques = `
SELECT table_schema, table_name, index_name,
	CASE WHEN column_name IS NULL THEN '(expression)' WHEN sub_part IS NULL THEN column_name ELSE CONCAT('(', column_name, '(', sub_part, '))') END
FROM information_schema.statistics
WHERE non_unique = 0 AND table_schema = DATABASE()
ORDER BY table_schema, table_name, index_name <> 'PRIMARY', index_name, seq_in_index`

func (r *reader) mysql() error {
	rows, err := r.rows("columns", columns, mysqlColumns)
	if err != nil {
		return err
	}
	for _, row := range rows {
		r.column(row)
	}
	if rows, err = r.rows("unique indexes", 4, mysqlUniques); err == nil {
		r.uniques(rows, func([]any) bool { return false })
	}
	return err
}
