package celltest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
)

// AssertSealed fails the test if any of the canaries can be found in the database, in
// any of the forms that [Found] knows: in any column of any row that db can read. db must be a
// connection without Cellseal, of a user from whom nothing is hidden. It knows SQLite,
// PostgreSQL, MySQL and MariaDB, and fails where there is no table to look at.
//
// It reads what SELECT * gives: of SQLite the tables of the main database, of MySQL and
// MariaDB those of the connection's own database, past versions of their rows included; of PostgreSQL
// all schemas with their materialized views. It does not see
//   - what a row security policy, a missing grant or an INVISIBLE column hides from SELECT *,
//   - attached and temporary databases, large objects, routines, defaults and comments,
//   - what is deleted but still on disk, logs, replicas, backups,
//   - numbers in FLOAT columns that print in another way, and what Found does not see.
//
// A failure names table, column and the canary's number, and never a canary. Give
// canaries of 8 bytes and more.
func AssertSealed(t testing.TB, db *sql.DB, canaries ...string) {
	t.Helper()
	if len(canaries) == 0 {
		t.Fatal("celltest: there is no canary to look for")
	}
	for i, c := range canaries {
		if len(c) < minCanary {
			t.Fatalf("celltest: canary %d has %d bytes: shorter ones than %d turn up by chance", i, len(c), minCanary)
		}
	}
	tables, err := tablesOf(db)
	if err != nil {
		t.Fatalf("celltest: %v", err)
	}
	if len(tables) == 0 {
		t.Fatal("celltest: the database has no tables to look at")
	}
	for _, table := range tables {
		said := map[string]bool{} // once is enough, however many rows
		if err := scan(db, table, func(column string, value []byte) {
			for i, c := range canaries {
				problem := fmt.Sprintf("celltest: %s.%s holds canary %d, which should be sealed", table, column, i)
				if !said[problem] && Found(value, c) != "" {
					said[problem] = true
					t.Error(problem)
				}
			}
		}); err != nil {
			t.Fatalf("celltest: %s: %v", table, err)
		}
	}
}

// catalogues list the tables as they are to stand in a FROM clause.
var catalogues = []string{
	`SELECT '"' || replace(name, '"', '""') || '"' FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`,

	`SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) FROM information_schema.tables
		WHERE table_type <> 'VIEW' AND table_schema NOT IN ('pg_catalog', 'information_schema')
	UNION ALL SELECT quote_ident(schemaname) || '.' || quote_ident(matviewname) FROM pg_matviews WHERE ispopulated`,

	"SELECT CONCAT('`', REPLACE(table_name, '`', '``'), '`', IF(table_type = 'SYSTEM VERSIONED', ' FOR SYSTEM_TIME ALL', '')) FROM information_schema.tables " +
		"WHERE table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') AND table_schema = DATABASE()",
}

// tablesOf asks each catalogue; the one that fits the server answers.
func tablesOf(db *sql.DB) ([]string, error) {
	var errs []error
	for _, query := range catalogues {
		rows, err := db.QueryContext(context.Background(), query)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		defer rows.Close()
		var tables []string
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return nil, err
			}
			tables = append(tables, name)
		}
		return tables, rows.Err()
	}
	return nil, fmt.Errorf("this database has no catalogue that is known: %w", errors.Join(errs...))
}

func scan(db *sql.DB, table string, visit func(column string, value []byte)) error {
	rows, err := db.QueryContext(context.Background(), "SELECT * FROM "+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]sql.RawBytes, len(columns))
	pointers := make([]any, len(columns))
	for i := range values {
		pointers[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(pointers...); err != nil {
			return err
		}
		for i, v := range values {
			visit(columns[i], v)
		}
	}
	return rows.Err()
}
