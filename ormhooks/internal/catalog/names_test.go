package catalog_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
)

func TestABareNameMeansWhatTheConnectionMeans(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		db.SetMaxOpenConns(1)
		other := ""
		switch db.Dialect {
		case testdb.Postgres:
			other = "pg_temp"
			db.Run(t, "CREATE SCHEMA hidden")
			db.Run(t, "CREATE TABLE hidden.elsewhere (a INTEGER)")
			db.Run(t, "CREATE TABLE t (a INTEGER)")
			db.Run(t, "CREATE TEMPORARY TABLE t (b INTEGER)")
		case testdb.SQLite:
			other = "temp"
			db.Run(t, "ATTACH ':memory:' AS hidden")
			db.Run(t, "CREATE TABLE hidden.elsewhere (a INTEGER)")
			db.Run(t, "CREATE TABLE hidden.T (c INTEGER)")
			db.Run(t, "CREATE TABLE t (a INTEGER)")
			db.Run(t, "CREATE TEMPORARY TABLE t (b INTEGER)")
		case testdb.MySQL:
			var name string
			db.Scan(t, "SELECT DATABASE()", nil, &name)
			db.Run(t, "CREATE DATABASE "+name+"_2")
			defer db.Run(t, "DROP DATABASE "+name+"_2")
			db.Run(t, "CREATE TABLE "+name+"_2.elsewhere (a INTEGER)")
			c := load(t, db)
			require.Nil(t, c.Table("", "elsewhere"))
			require.Nil(t, c.Table(name+"_2", "elsewhere"), "other databases are not read")
			return
		}
		c := load(t, db)
		require.Equal(t, []string{"b"}, names(c.Table("", "t")))
		require.Equal(t, []string{"b"}, names(c.Table(other, "t")))
		require.NotNil(t, c.Table("hidden", "elsewhere"))
		require.Equal(t, db.Dialect == testdb.SQLite, c.Table("", "elsewhere") != nil, "an attached database is searched too")
	})
}

func TestTheServersOwnTablesAreLeftOut(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		c := load(t, db)
		for schema, name := range map[string]string{"pg_catalog": "pg_class", "information_schema": "tables", "mysql": "user", "main": "sqlite_schema"} {
			require.Nil(t, c.Table(schema, name))
			require.Nil(t, c.Table("", name))
		}
	})
}

func TestInvisibleColumns(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		switch db.Dialect {
		case testdb.Postgres:
			t.Skip("there are none")
		case testdb.MySQL:
			db.Run(t, "CREATE TABLE t (a INTEGER, b INTEGER INVISIBLE)")
		case testdb.SQLite:
			db.Run(t, "CREATE VIRTUAL TABLE t USING fts5(a)")
		}
		found := load(t, db).Table("", "t")
		require.Equal(t, "a", found.Columns[0].Name)
		require.False(t, found.Columns[0].Invisible)
		require.True(t, found.Columns[1].Invisible)
	})
}

// A view of a table that was dropped must not keep the process from starting.
func TestSQLiteViewsThatAreBroken(t *testing.T) {
	db := testdb.OpenSQLite(t)
	db.Run(t, "CREATE TABLE a (x INTEGER)")
	db.Run(t, "CREATE TABLE b (x INTEGER)")
	db.Run(t, "CREATE VIEW va AS SELECT * FROM a")
	db.Run(t, "CREATE VIEW vb AS SELECT * FROM b")
	db.Run(t, "DROP TABLE b")
	c := load(t, db)
	require.NotNil(t, c.Table("", "a"))
	require.NotNil(t, c.Table("", "va"))
	require.Nil(t, c.Table("", "vb"))
}

func TestSQLiteCollations(t *testing.T) {
	db := testdb.OpenSQLite(t)
	db.Run(t, `CREATE TABLE "t(" ( -- COLLATE nocase
		a TEXT, "b ""x" TEXT DEFAULT ',' collate /* ) */ NoCase NOT NULL, [c] VARCHAR(2) CHECK (c = 'x' COLLATE NOCASE), d TEXT COLLATE "rtrim",
		e TEXT DEFAULT ('COLLATE nocase'), PRIMARY KEY (a COLLATE NOCASE), UNIQUE (e))`)
	db.Run(t, `ALTER TABLE "t(" ADD COLUMN f TEXT COLLATE NOCASE`)
	db.Run(t, `ALTER TABLE "t(" ADD COLUMN g TEXT`)
	found := map[string]string{}
	for _, c := range load(t, db).Table("", "t(").Columns {
		found[c.Name] = c.Collation
		require.Equal(t, c.Collation != "BINARY" || c.Name == "a", c.Folds, "the primary key of a folds, though a itself does not")
	}
	require.Equal(t, map[string]string{"a": "BINARY", `b "x`: "NOCASE", "c": "BINARY", "d": "RTRIM", "e": "BINARY", "f": "NOCASE", "g": "BINARY"}, found)
}

func TestErrorsSayWhatWasRead(t *testing.T) {
	db := testdb.OpenSQLite(t)
	db.Close()
	ask := func(query catalog.Querier) error {
		_, err := catalog.Load(t.Context(), query, sqltext.PostgreSQL)
		return err
	}
	require.ErrorContains(t, ask(failing), "cellseal: reading the database's catalogue (columns): broken")
	require.ErrorContains(t, ask(short), "(columns): 1 columns instead of 12")
	_, err := catalog.LoadPins(t.Context(), failing, sqltext.SQLite)
	require.ErrorContains(t, err, "(is there a table cellseal_index): broken")
	require.Panics(t, func() { catalog.Load(t.Context(), failing, 0) })
}

func TestCollationsThatFoldAreKnown(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		exact, folds := []string{"VARCHAR(9)", db.Types.UUID, db.Types.Int, db.Types.Term}, []string{}
		switch db.Dialect {
		case testdb.Postgres:
			db.Run(t, "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
			db.Run(t, "CREATE EXTENSION citext")
			db.Run(t, "CREATE DOMAIN loosely AS citext")
			exact = append(exact, "TEXT", `TEXT COLLATE "C"`, "UUID")
			folds = append(folds, "TEXT COLLATE loose", "citext", "loosely", "CHAR(3)")
		case testdb.SQLite:
			folds = append(folds, "TEXT COLLATE NOCASE", "TEXT COLLATE RTRIM")
		case testdb.MySQL:
			exact = []string{"VARBINARY(9)", "BIGINT", "BLOB", "VARCHAR(9) COLLATE utf8mb4_nopad_bin"}
			folds = append(folds, "VARCHAR(9)", "VARCHAR(9) COLLATE utf8mb4_bin", "VARCHAR(9) COLLATE utf8mb4_general_nopad_ci", "CHAR(9) COLLATE utf8mb4_nopad_bin", "TEXT")
		}
		for i, typ := range append(exact, folds...) {
			name := "t" + string(rune('a'+i))
			db.Run(t, "CREATE TABLE "+name+" (a "+typ+")")
			require.Equal(t, i >= len(exact), load(t, db).Table("", name).Columns[0].Folds, typ)
		}
		index := map[string]string{testdb.Postgres: "a COLLATE loose", testdb.SQLite: "a COLLATE NOCASE"}[db.Dialect]
		if index == "" {
			return // there an index has its column's collation
		}
		db.Run(t, "CREATE TABLE indexed (a VARCHAR(9), b VARCHAR(9))")
		db.Run(t, "CREATE INDEX plain ON indexed ("+strings.ReplaceAll(index, "a ", "b ")+")")
		db.Run(t, "CREATE UNIQUE INDEX folding ON indexed ("+index+")")
		columns := load(t, db).Table("", "indexed").Columns
		require.True(t, columns[0].Folds, "its unique index does")
		require.False(t, columns[1].Folds, "what is not unique keeps nothing out")
	})
}
