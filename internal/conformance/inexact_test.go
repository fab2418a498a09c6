package conformance

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// inexact are types of a key that take texts for equal which are not, or store another text
// than they are given. Cells bound to such a key must stay readable, or be refused; and
// of text Check says so at start.
var inexact = map[string][]string{
	testdb.SQLite:   {"TEXT COLLATE NOCASE", "TEXT COLLATE RTRIM", "INTEGER", "NUMERIC"},
	testdb.Postgres: {"CHAR(20)", "NUMERIC(5,1)"},
	testdb.MySQL: {"CHAR(20)", "VARCHAR(20) COLLATE utf8mb4_general_ci", "VARCHAR(20) COLLATE utf8mb4_bin", "BINARY(20)",
		"DECIMAL(5,1)"},
}

var isNumber = regexp.MustCompile(`^(INTEGER|NUMERIC|DECIMAL)`)

func TestKeysThatDoNotCompareExactly(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		for _, typ := range inexact[db.Dialect] {
			t.Run(typ, func(t *testing.T) { inexactKey(t, db, typ) })
		}
	})
}

func inexactKey(t *testing.T, db testdb.DB, typ string) {
	table := schema.Table{Name: "odd", Bind: bound("code"), Columns: []*schema.Column{{Name: "code", Type: "text"}, sealed("note")}}
	run(t, db.DB, "DROP TABLE IF EXISTS odd")
	run(t, db.DB, "CREATE TABLE odd (code "+typ+" PRIMARY KEY NOT NULL, note "+db.Types.Blob+", name "+db.Types.Text+")")
	w := wrapOnly(t, db, newSchema(t, table), celltest.Ring(t))
	if !isNumber.MatchString(typ) {
		require.ErrorContains(t, sqlcell.Check(ctx, w.DB.DB), "code")
	}
	readable := func(after string) {
		t.Helper()
		r := execute(ctx, w.DB, "SELECT code, note FROM odd")
		if !isRefusal(r.err) {
			require.NoError(t, r.err, "a key of type %s, after %s", typ, after)
		}
	}
	for _, key := range []string{"1.0", "02", "7 ", "7"} {
		for _, q := range []string{
			"INSERT INTO odd (code, note, name) VALUES (?, 'note', 'n')",
			"UPDATE odd SET note = 'other' WHERE code = ?",
			"INSERT INTO odd (code, note) VALUES (?, 'again') ON CONFLICT (code) DO UPDATE SET note = excluded.note",
			"INSERT INTO odd (code, note) VALUES (?, 'again') ON DUPLICATE KEY UPDATE note = VALUES(note)",
		} {
			execute(ctx, w.DB, w.SQL(q), key)
			readable(q + " " + key)
		}
	}
	for _, key := range []string{"alice", "ALICE", "alice ", "Alice  "} {
		for _, q := range []string{
			"INSERT INTO odd (code, note, name) VALUES (?, 'note', 'n')",
			"UPDATE odd SET note = 'other' WHERE code = ?",
			"UPDATE odd SET code = ? WHERE name = 'n'",
			"INSERT INTO odd (code, note) VALUES (?, 'again') ON CONFLICT (code) DO UPDATE SET note = excluded.note",
			"INSERT INTO odd (code, note) VALUES (?, 'again') ON DUPLICATE KEY UPDATE note = VALUES(note)",
		} {
			execute(ctx, w.DB, w.SQL(q), key)
			readable(q + " " + key)
		}
	}
}
