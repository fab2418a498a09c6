package hygiene

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/cellseal/cellseal/internal/dialect"
)

// A Queryer is an *sql.DB, *sql.Conn or *sql.Tx.
type Queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

var _ Queryer = (*sql.DB)(nil)

// A Finding is one setting by which the server writes down statements or what is in
// them.
type Finding struct {
	Setting string
	Value   string // as the server shows it
	Risk    string // in plain words
	// Change is the statement to run, or empty if nothing has to be done in the server.
	// After ALTER SYSTEM comes SELECT pg_reload_conf(); after SET GLOBAL the same line
	// in the configuration file, or it is lost at a restart.
	Change string
}

// String returns the finding as lines of text.
func (f Finding) String() string {
	s := f.Setting
	if f.Value != "" {
		s += " = " + f.Value
	}
	s += ": " + f.Risk
	if f.Change != "" {
		s += "\n\t" + f.Change
	}
	return s
}

// Check reads the settings of one session and changes nothing. Findings come in a fixed
// order. It needs no privilege; what the session may not read is a Finding that says so.
// It panics if d is no dialect.
func Check(ctx context.Context, db Queryer, d dialect.Dialect) ([]Finding, error) {
	if db == nil {
		panic("cellseal/search/hygiene: Check needs a database")
	}
	switch d {
	case dialect.PostgreSQL:
		s, err := read(ctx, db, postgresSettings)
		if err != nil {
			return nil, err
		}
		return postgres(s), nil
	case dialect.MySQL:
		s, err := readMySQL(ctx, db)
		if err != nil {
			return nil, err
		}
		return mysql(s), nil
	case dialect.SQLite:
		return []Finding{{Setting: "(no log)", Risk: "SQLite keeps no log of statements. Its journal and write-ahead log hold pages of the file, so cells and terms, " +
			"older versions of them included. What an application traces by itself is not seen here."}}, nil
	}
	panic(fmt.Sprintf("cellseal/search/hygiene: %d is no dialect", d))
}

// settings are names in lower case with values as the server shows them; what a server
// does not have is missing.
type settings map[string]string

// read runs a query of two columns of text.
func read(ctx context.Context, db Queryer, query string) (settings, error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("cellseal/search/hygiene: reading the server's settings: %w", err)
	}
	defer rows.Close()
	s := settings{}
	for rows.Next() {
		var name string
		var value sql.NullString
		if err := rows.Scan(&name, &value); err != nil {
			return nil, fmt.Errorf("cellseal/search/hygiene: reading the server's settings: %w", err)
		}
		s[strings.ToLower(name)] = value.String
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("cellseal/search/hygiene: reading the server's settings: %w", err)
	}
	return s, nil
}
