package celltest_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// requireFound checks that the one canary is found, in a column, once, and not printed.
func requireFound(t *testing.T, db *sql.DB, column string) {
	t.Helper()
	f := under(func(t testing.TB) { celltest.AssertSealed(t, db, "nowhere-to-be-found", canary) })
	require.Empty(t, f.fatal)
	require.Len(t, f.errors, 1)
	require.Contains(t, f.errors[0], column+" holds canary 1, which should be sealed")
	require.Empty(t, celltest.Found([]byte(f.said()), canary))
}

func requireClean(t *testing.T, db *sql.DB) {
	t.Helper()
	f := under(func(t testing.TB) { celltest.AssertSealed(t, db, canary, "nowhere-to-be-found") })
	require.Empty(t, f.said())
}

// quoted is a name as it stands in a statement.
func quoted(db testdb.DB, name string) string {
	if db.Dialect == testdb.MySQL {
		return "`" + strings.ReplaceAll(name, "`", "``") + "`"
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func TestACanaryIsFoundInEveryFormAndPlace(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		db.Run(t, "CREATE TABLE decoy (id "+db.Types.Int+" PRIMARY KEY, n "+db.Types.Text+")")
		db.Run(t, "INSERT INTO decoy VALUES (?, NULL)", 1)
		db.Run(t, "CREATE TABLE patients (id "+db.Types.Int+" PRIMARY KEY, name "+db.Types.Text+", photo "+db.Types.Blob+")")
		sealed := row(t, celltest.Ring(t)).Seal("c", []byte(canary))
		db.Run(t, "INSERT INTO patients VALUES (?, ?, ?)", 1, "somebody", sealed)
		requireClean(t, db.DB)
		for form, text := range written(canary) {
			if db.Dialect != testdb.SQLite && !slices.Contains([]string{"raw", "hex", "base64 url 1", "UTF-16BE", "in binary"}, form) {
				continue // what Found knows does not depend on the server
			}
			t.Run(form, func(t *testing.T) {
				db.Run(t, "INSERT INTO patients VALUES (?, ?, ?)", 2, "somebody", []byte(text))
				db.Run(t, "INSERT INTO patients VALUES (?, ?, ?)", 3, "somebody", []byte(text)) // said once
				requireFound(t, db.DB, ".photo")
				db.Run(t, "DELETE FROM patients WHERE id > 1")
				if !strings.HasPrefix(form, "UTF-16") && form != "in binary" {
					db.Run(t, "INSERT INTO patients VALUES (?, ?, ?)", 2, text, nil)
					requireFound(t, db.DB, ".name")
					db.Run(t, "DELETE FROM patients WHERE id > 1")
				}
				requireClean(t, db.DB)
			})
		}
	})
}

func TestACanaryIsFoundInTablesWithAwkwardNames(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		for _, name := range []string{
			"select", "Patients", "my patients", "o'clock", `"quoted"`, "`ticked`", "sqlite1", "sqliteX", "semi;colon--", "per%cent_", `back\slash`, "Ärzte",
		} {
			t.Run(name, func(t *testing.T) {
				table := quoted(db, name)
				db.Run(t, "CREATE TABLE "+table+" (id "+db.Types.Int+", "+quoted(db, "the "+name)+" "+db.Types.Text+")")
				db.Run(t, "INSERT INTO "+table+" VALUES (1, 'clean')")
				requireClean(t, db.DB)
				db.Run(t, "INSERT INTO "+table+" VALUES (2, '"+canary+"')")
				requireFound(t, db.DB, ".the "+name)
				db.Run(t, "DROP TABLE "+table)
			})
		}
	})
}

func TestEveryTableAndCanaryIsNamed(t *testing.T) {
	db := testdb.OpenSQLite(t)
	for _, table := range []string{"a", "b"} {
		db.Run(t, "CREATE TABLE "+table+" (x TEXT, y BLOB)")
		db.Run(t, "INSERT INTO "+table+" VALUES (?, ?)", canary+" and another-canary", []byte(canary))
	}
	f := under(func(t testing.TB) { celltest.AssertSealed(t, db.DB, canary, "another-canary") })
	require.ElementsMatch(t, []string{
		`celltest: "a".x holds canary 0, which should be sealed`, `celltest: "a".x holds canary 1, which should be sealed`, `celltest: "a".y holds canary 0, which should be sealed`,
		`celltest: "b".x holds canary 0, which should be sealed`, `celltest: "b".x holds canary 1, which should be sealed`, `celltest: "b".y holds canary 0, which should be sealed`,
	}, f.errors)
}

func TestNoTableNoCanaryAndShortOnes(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		f := under(func(t testing.TB) { celltest.AssertSealed(t, db.DB, canary) })
		require.Equal(t, []string{"celltest: the database has no tables to look at"}, f.fatal)
		db.Run(t, "CREATE TABLE t (x "+db.Types.Text+")")
		requireClean(t, db.DB)
		f = under(func(t testing.TB) { celltest.AssertSealed(t, db.DB) })
		require.Equal(t, []string{"celltest: there is no canary to look for"}, f.fatal)
		f = under(func(t testing.TB) { celltest.AssertSealed(t, db.DB, "secret-8") })
		require.Empty(t, f.said())
		for _, short := range []string{"", "secret", "secret7"} {
			f = under(func(t testing.TB) { celltest.AssertSealed(t, db.DB, canary, short) })
			require.Len(t, f.fatal, 1)
			require.Contains(t, f.fatal[0], "canary 1 has ")
			require.NotContains(t, f.fatal[0], "secret")
		}
	})
}

func TestADatabaseThatDoesNotAnswer(t *testing.T) {
	db := testdb.OpenSQLite(t)
	require.NoError(t, db.Close())
	f := under(func(t testing.TB) { celltest.AssertSealed(t, db.DB, canary) })
	require.Len(t, f.fatal, 1)
	require.Contains(t, f.fatal[0], "this database has no catalogue that is known")
	require.Contains(t, f.fatal[0], "database is closed")
}

func TestATableThatCannotBeRead(t *testing.T) {
	db := testdb.OpenSQLite(t)
	db.Run(t, "CREATE TABLE t (x TEXT)")
	db.Run(t, "PRAGMA writable_schema = ON")
	db.Run(t, "INSERT INTO sqlite_master VALUES ('table', 'broken', 'broken', 0, 'CREATE VIRTUAL TABLE broken USING nothing')")
	f := under(func(t testing.TB) { celltest.AssertSealed(t, db.DB, canary) })
	require.Len(t, f.fatal, 1)
}
