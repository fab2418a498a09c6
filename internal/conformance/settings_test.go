package conformance

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// settings change how the server reads the statements that follow on the connection: what the
// door takes for a string may then be a name.
var settings = map[string][][2]string{
	testdb.MySQL: {
		{"SET SESSION sql_mode = 'ANSI_QUOTES'", `SELECT id FROM "users" WHERE "email" = 'SECRET'`},
		{"SET sql_mode = CONCAT('ANSI', '_QUOTES')", `SELECT id FROM "users" WHERE email = 'SECRET'`},
		{"SET @@session.sql_mode = 'NO_BACKSLASH_ESCAPES'", `SELECT '\', id FROM users WHERE email = 'SECRET'`},
		{"SET NAMES utf8mb4, sql_mode = 'ORACLE'", `SELECT id FROM "users" WHERE email = 'SECRET'`},
	},
	testdb.Postgres: {
		{"SET standard_conforming_strings = off", `SELECT id FROM users WHERE name = 'it\'s' OR email = 'SECRET'`},
		{"SELECT set_config('standard_conforming_strings', 'off', false)", `SELECT id FROM users WHERE name = '\'' OR email = 'SECRET' OR name = '\''`},
		{"SET search_path = pg_catalog, public", "SELECT id FROM users WHERE email = 'SECRET'"},
	},
}

func TestSettingsThatChangeHowStatementsAreRead(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := newShapesWorld(t, db)
		for _, s := range settings[db.Dialect] {
			t.Run(s[0], func(t *testing.T) {
				c, err := w.Conn(ctx)
				require.NoError(t, err)
				defer c.Close()
				before := execute(ctx, c, s[0])
				if isRefusal(before.err) {
					return // the statement means what the door takes it for
				}
				w.rec.taken()
				execute(ctx, c, secretly(s[1]))
				require.Empty(t, celltest.Found(w.rec.taken(), canary), "LEAK: %s; %s", s[0], s[1])
			})
		}
	})
}
