package testdb

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Types are the column types of a dialect.
type Types struct {
	Blob string // bytes of any length
	Term string // up to 255 bytes, fit for an index and a key
	Text string // text of any length
	Key  string // short text that compares exactly, fit for a key
	Int  string // 64 bits, signed
	Uint string // 64 bits, unsigned, where there are such
	UUID string
	Bool string
}

var types = map[string]Types{
	SQLite: {Blob: "BLOB", Term: "BLOB", Text: "TEXT", Key: "TEXT", Int: "INTEGER", Uint: "INTEGER", UUID: "BLOB", Bool: "BOOLEAN"},
	Postgres: {Blob: "BYTEA", Term: "BYTEA", Text: "TEXT", Key: `TEXT COLLATE "C"`, Int: "BIGINT", Uint: "NUMERIC(20)", UUID: "UUID",
		Bool: "BOOLEAN"},
	MySQL: {Blob: "LONGBLOB", Term: "VARBINARY(255)", Text: "LONGTEXT", Key: "VARBINARY(190)",
		Int: "BIGINT", Uint: "BIGINT UNSIGNED", UUID: "BINARY(16)", Bool: "BOOLEAN"},
}

// SQL rewrites the placeholders ? of a query, outside quotes, to what the dialect wants.
func (db DB) SQL(query string) string {
	if db.Dialect != Postgres {
		return query
	}
	var b strings.Builder
	n, quote := 0, rune(0)
	for _, r := range query {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '\'' || r == '"':
			quote = r
		case r == '?':
			n++
			fmt.Fprintf(&b, "$%d", n)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Run executes a statement with placeholders ? and fails the test if it fails.
func (db DB) Run(t testing.TB, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(db.SQL(query), args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// Scan reads one row and fails the test if there is none.
func (db DB) Scan(t testing.TB, query string, args []any, into ...any) {
	t.Helper()
	if err := db.QueryRow(db.SQL(query), args...).Scan(into...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// Bytes returns every byte of an SQLite database: its file, its write-ahead log and
// its journal, one after the other.
func (db DB) Bytes(t testing.TB) []byte {
	t.Helper()
	if db.File == "" {
		t.Fatalf("testdb: the files of %s are out of reach", db.Dialect)
	}
	var all []byte
	for _, end := range []string{"", "-wal", "-journal"} {
		b, err := os.ReadFile(db.File + end)
		if err != nil && !os.IsNotExist(err) {
			t.Fatalf("testdb: %v", err)
		}
		all = append(all, b...)
	}
	return all
}
