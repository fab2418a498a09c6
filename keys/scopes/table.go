package scopes

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cellseal/cellseal/internal/dialect"
)

// A Dialect is a database's way to write SQL. The zero Dialect is none.
type Dialect = dialect.Dialect

// The dialects. MySQL is MariaDB too.
const (
	PostgreSQL = dialect.PostgreSQL
	MySQL      = dialect.MySQL
	SQLite     = dialect.SQLite
)

// DDL returns the statement that makes the table cellseal_scopes, harmless if run again.
//
//	scope         the label, as in s:tenant/north
//	ver           counts changes of the row
//	secrets       entries of format 0xFA, as in keys/FORMAT.md; NULL once it is destroyed
//	created       Unix time in milliseconds, by the creator's clock; so is destroyed
//	destroyed     NULL while it is not
//	destroyed_by  who did it, as given to NewShredder
func DDL(d Dialect) string {
	label, bytes, text, end := "BYTEA", "BYTEA", "TEXT", ""
	switch d {
	case PostgreSQL:
	case MySQL: // of which VARBINARY keys need the row format that is the default since MySQL 5.7 and MariaDB 10.2
		label, bytes, text = "VARBINARY(1024)", "BLOB", "VARCHAR(255) CHARACTER SET utf8mb4"
	case SQLite:
		label, bytes, end = "BLOB", "BLOB", " WITHOUT ROWID"
	default:
		panic("cellseal/keys/scopes: unknown dialect")
	}
	return "CREATE TABLE IF NOT EXISTS cellseal_scopes (scope " + label + " NOT NULL PRIMARY KEY, ver BIGINT NOT NULL, secrets " + bytes +
		", created BIGINT NOT NULL, destroyed BIGINT, destroyed_by " + text + ")" + end
}

// maxBy is the longest name of who destroys, in bytes: the narrowest column holds it.
const maxBy = 255

// A table is cellseal_scopes in one database.
type table struct {
	db *sql.DB
	d  Dialect
}

func newTable(db *sql.DB, d Dialect) table {
	if db == nil {
		panic("cellseal/keys/scopes: nil *sql.DB")
	}
	DDL(d) // panics if there is none
	return table{db, d}
}

// A record is one row.
type record struct {
	label     string
	ver       int64
	secrets   []byte
	created   time.Time
	destroyed time.Time // zero if it is not
	by        string
}

const columns = "scope, ver, secrets, created, destroyed, destroyed_by"

// sql writes the dialect's placeholders for ?.
func (t table) sql(query string) string {
	if t.d != PostgreSQL {
		return query
	}
	var b strings.Builder
	n := 0
	for _, r := range query {
		if r != '?' {
			b.WriteRune(r)
			continue
		}
		n++
		b.WriteString("$" + strconv.Itoa(n))
	}
	return b.String()
}

// read returns the rows of the labels that have one.
func (t table) read(ctx context.Context, labels ...string) ([]record, error) {
	args := make([]any, len(labels))
	for i, l := range labels {
		args[i] = []byte(l)
	}
	return t.query(ctx, "SELECT "+columns+" FROM cellseal_scopes WHERE scope IN (?"+strings.Repeat(", ?", len(labels)-1)+")", args...)
}

func (t table) query(ctx context.Context, query string, args ...any) (all []record, err error) {
	rows, err := t.db.QueryContext(ctx, t.sql(query), args...)
	if err != nil {
		return nil, fmt.Errorf("cellseal/keys/scopes: reading cellseal_scopes: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("cellseal/keys/scopes: reading cellseal_scopes: %w", err)
	}
	return all, nil
}

func scan(rows *sql.Rows) (r record, err error) {
	var label []byte
	var created int64
	var destroyed sql.NullInt64
	var by sql.NullString
	if err := rows.Scan(&label, &r.ver, &r.secrets, &created, &destroyed, &by); err != nil {
		return r, errors.New("cellseal/keys/scopes: the columns of cellseal_scopes are not those of DDL")
	}
	r.label, r.created, r.by = string(label), time.UnixMilli(created), by.String
	if destroyed.Valid {
		r.destroyed, r.secrets = time.UnixMilli(destroyed.Int64), nil
	}
	return r, nil
}

// insert makes a row unless there is one.
func (t table) insert(ctx context.Context, r record) error {
	end := " ON CONFLICT DO NOTHING"
	if t.d == MySQL { // INSERT IGNORE would ignore a value that is cut, too
		end = " ON DUPLICATE KEY UPDATE ver = ver"
	}
	var destroyed, by any
	if !r.destroyed.IsZero() {
		destroyed, by = r.destroyed.UnixMilli(), r.by
	}
	var secrets any
	if r.secrets != nil {
		secrets = r.secrets
	}
	_, err := exec(ctx, t.db, t.sql("INSERT INTO cellseal_scopes ("+columns+") VALUES (?, 1, ?, ?, ?, ?)"+end), []byte(r.label), secrets, r.created.UnixMilli(), destroyed, by)
	return err
}

// update puts other secrets into a row, unless it has changed since it was read.
func (t table) update(ctx context.Context, db executor, r record, secrets []byte) (bool, error) {
	return exec(ctx, db, t.sql("UPDATE cellseal_scopes SET secrets = ?, ver = ver + 1 WHERE scope = ? AND ver = ? AND destroyed IS NULL"),
		secrets, []byte(r.label), r.ver)
}

// destroy takes the secrets out of a row, in one statement. It reports whether there were any.
func (t table) destroy(ctx context.Context, label, by string, at time.Time) (done bool, err error) {
	err = t.erasing(ctx, func(db executor) error {
		done, err = exec(ctx, db, t.sql("UPDATE cellseal_scopes SET secrets = NULL, ver = ver + 1, destroyed = ?, destroyed_by = ? WHERE scope = ? AND destroyed IS NULL"),
			at.UnixMilli(), by, []byte(label))
		return err
	})
	return done, err
}

// erasing does work that takes something out of the table. SQLite is asked to write zeros over it, and to
// empty its log; what is left on the disks of the others is theirs.
func (t table) erasing(ctx context.Context, work func(executor) error) error {
	if t.d != SQLite {
		return work(t.db)
	}
	c, err := t.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("cellseal/keys/scopes: writing cellseal_scopes: %w", err)
	}
	defer c.Close()
	if _, err := exec(ctx, c, "PRAGMA secure_delete = ON"); err != nil {
		return err
	}
	if err := work(c); err != nil {
		return err
	}
	// Readers may keep it from being emptied now: then it is when they are gone, and no error here.
	_, _ = exec(ctx, c, "PRAGMA wal_checkpoint(TRUNCATE)")
	return nil
}

// executor is what *sql.DB and *sql.Conn have in common.
type executor interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func exec(ctx context.Context, db executor, query string, args ...any) (changed bool, err error) {
	result, err := db.ExecContext(ctx, query, args...)
	var n int64
	if err == nil {
		n, err = result.RowsAffected()
	}
	if err != nil {
		return false, fmt.Errorf("cellseal/keys/scopes: writing cellseal_scopes: %w", err)
	}
	return n > 0, nil
}

// each visits all rows that fit, in the order of their scopes.
func (t table) each(ctx context.Context, where string, visit func(record) error) error {
	after := []byte{}
	for {
		rows, err := t.query(ctx, "SELECT "+columns+" FROM cellseal_scopes WHERE scope > ? AND "+where+" ORDER BY scope LIMIT "+strconv.Itoa(batch), after)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			if err := visit(r); err != nil {
				return err
			}
		}
		after = []byte(rows[len(rows)-1].label)
	}
}
