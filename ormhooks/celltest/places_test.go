package celltest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// in runs a test on one kind of database.
func in(t *testing.T, dialect string, f func(t *testing.T, db testdb.DB)) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect == dialect {
			f(t, db)
		}
	})
}

func TestPlacesOfSQLite(t *testing.T) {
	in(t, testdb.SQLite, func(t *testing.T, db testdb.DB) {
		db.Run(t, "CREATE TABLE t (a TEXT, b TEXT GENERATED ALWAYS AS (a || '-7f3a>>>???~~~Österreich') VIRTUAL)")
		db.Run(t, "INSERT INTO t (a) VALUES ('canary')")
		requireFound(t, db.DB, `"t".b`)
		db.Run(t, "DROP TABLE t")

		db.Run(t, "CREATE VIRTUAL TABLE docs USING fts5(body)")
		db.Run(t, "INSERT INTO docs VALUES (?)", canary)
		f := under(func(t testing.TB) { celltest.AssertSealed(t, db.DB, canary) })
		require.Contains(t, f.said(), `"docs".body`)
		require.Contains(t, f.said(), `"docs_content"`, "the tables behind it are tables too")
	})
}

func TestPlacesOfPostgreSQL(t *testing.T) {
	in(t, testdb.Postgres, func(t *testing.T, db testdb.DB) {
		db.Run(t, "CREATE TABLE t (a text[], j jsonb, n numeric, b bytea[])")
		requireClean(t, db.DB)
		for column, statement := range map[string]string{
			"public.t.a": "INSERT INTO t (a) VALUES (ARRAY['x', '" + canary + "'])",
			"public.t.j": `INSERT INTO t (j) VALUES ('{"a":["` + canary + `"]}')`,
			"public.t.b": "INSERT INTO t (b) VALUES (ARRAY[convert_to('" + canary + "', 'UTF8')])",
		} {
			db.Run(t, statement)
			requireFound(t, db.DB, column)
			db.Run(t, "DELETE FROM t")
		}

		db.Run(t, `CREATE SCHEMA "Other one"`)
		db.Run(t, `CREATE TABLE "Other one".people (a text)`)
		db.Run(t, `INSERT INTO "Other one".people VALUES ('`+canary+`')`)
		requireFound(t, db.DB, `"Other one".people.a`)
		db.Run(t, `CREATE MATERIALIZED VIEW copies AS SELECT a FROM "Other one".people`)
		db.Run(t, `DELETE FROM "Other one".people`)
		requireFound(t, db.DB, "public.copies.a")
		db.Run(t, "REFRESH MATERIALIZED VIEW copies")
		requireClean(t, db.DB)
		db.Run(t, "REFRESH MATERIALIZED VIEW copies WITH NO DATA")
		requireClean(t, db.DB)

		db.Run(t, "CREATE TABLE years (y int, a text) PARTITION BY LIST (y)")
		db.Run(t, "CREATE TABLE years_1 PARTITION OF years FOR VALUES IN (1)")
		db.Run(t, "INSERT INTO years VALUES (1, '"+canary+"')")
		f := under(func(t testing.TB) { celltest.AssertSealed(t, db.DB, canary) })
		require.Len(t, f.errors, 2)
	})
}

func TestPlacesOfMySQL(t *testing.T) {
	in(t, testdb.MySQL, func(t *testing.T, db testdb.DB) {
		db.Run(t, "CREATE TABLE t (a TEXT CHARACTER SET utf16, j JSON, e ENUM('"+canary+"', 'x'))")
		requireClean(t, db.DB)
		for column, statement := range map[string]string{
			"`t`.a": "INSERT INTO t (a) VALUES ('" + canary + "')",
			"`t`.j": `INSERT INTO t (j) VALUES ('{"a":["` + canary + `"]}')`,
			"`t`.e": "INSERT INTO t (e) VALUES ('" + canary + "')",
		} {
			db.Run(t, statement)
			requireFound(t, db.DB, column)
			db.Run(t, "DELETE FROM t")
		}

		var version string
		db.Scan(t, "SELECT VERSION()", nil, &version)
		if _, err := db.Exec("CREATE TABLE past (a TEXT) WITH SYSTEM VERSIONING"); err != nil {
			t.Logf("%s has no system versioning", version)
			return
		}
		db.Run(t, "INSERT INTO past VALUES ('"+canary+"')")
		requireFound(t, db.DB, "`past` FOR SYSTEM_TIME ALL.a")
		db.Run(t, "DELETE FROM past")
		requireFound(t, db.DB, "`past` FOR SYSTEM_TIME ALL.a")
	})
}

func TestTheFilesOfASQLiteDatabase(t *testing.T) {
	db := testdb.OpenSQLite(t)
	db.Run(t, "CREATE TABLE t (a TEXT)")
	require.Empty(t, celltest.Found(db.Bytes(t), canary))
	db.Run(t, "INSERT INTO t VALUES (?)", canary)
	db.Run(t, "DELETE FROM t")
	requireClean(t, db.DB)
	require.Equal(t, "0", celltest.Found(db.Bytes(t), canary), "deleted, and still on disk")
}
