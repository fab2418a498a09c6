package checkup_test

import (
	"testing"

	"github.com/cellseal/cellseal/internal/testdb"
)

// A change is made to a database that was fine, and found.
type change struct {
	on          string // a database, or "" for all
	statements  string
	column      string
	says        string
	notMendable bool
}

func findAll(t *testing.T, changes []change, models ...any) {
	t.Helper()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		for _, c := range changes {
			if c.on != "" && c.on != db.Dialect {
				continue
			}
			t.Run(c.statements, func(t *testing.T) {
				l := newLive(t, db, models...)
				defer l.run(t, "DROP TABLE IF EXISTS child;\nDROP TABLE visits;\nDROP TABLE IF EXISTS people;\nDROP TABLE IF EXISTS cellseal_index")
				l.run(t, c.statements)
				l.finds(t, c.column, c.says, !c.notMendable)
			})
		}
	})
}

// anew declares a column of table visits anew.
func anew(column, typ string) string {
	return "ALTER TABLE visits DROP COLUMN " + column + ";\nALTER TABLE visits ADD COLUMN " + column + " " + typ
}

func TestColumnsOfTypesThatLoseCells(t *testing.T) {
	const pg, my, lite = testdb.Postgres, testdb.MySQL, testdb.SQLite
	findAll(t, []change{
		{"", anew("note", "VARCHAR(255)"), "note", "or declare the option text", false},
		{"", anew("note", "INTEGER"), "note", "holds bytes: ", false},
		{"", anew("note", "TEXT DEFAULT 'x'"), "note", "holds bytes: ", false},
		{pg, anew("note", "CHAR(500)"), "note", "is character(500), but a server pads what is shorter", false},
		{my, anew("note", "CHAR(200)"), "note", "is char(200), but a server pads what is shorter", false},
		{my, anew("note", "BINARY(200)"), "note", "is binary(200), but a server pads what is shorter", false},
		{my, anew("note", "VARBINARY(388)"), "note", "is varbinary(388), but the longest varchar(80) takes 389 bytes once it is stored; run: ALTER TABLE `visits` MODIFY COLUMN `note` VARBINARY(389)", false},
		{my, anew("note", "TINYBLOB"), "note", "is tinyblob, but the longest varchar(80) takes 389 bytes", false},
		{lite, anew("note", "DATETIME"), "note", "is datetime, but holds bytes: BLOB", false},
	}, Visit{})
}

func TestColumnsThatTheServerWrites(t *testing.T) {
	const pg, my, lite = testdb.Postgres, testdb.MySQL, testdb.SQLite
	findAll(t, []change{
		{pg, "ALTER TABLE visits ALTER COLUMN note SET DEFAULT 'x'", "note", "has a default, which the server would store as it is", false},
		{my, "ALTER TABLE visits ALTER COLUMN note SET DEFAULT 'x'", "note", "has a default, which the server would store as it is", false},
		{lite, anew("note", "BLOB DEFAULT x'00'"), "note", "has a default, which the server would store as it is", false},
		{pg, anew("note", "BYTEA GENERATED ALWAYS AS ('\\x00') STORED"), "note", "is a generated column", false},
		{my, anew("note", "VARBINARY(400) GENERATED ALWAYS AS ('x') VIRTUAL"), "note", "is a generated column", false},
		{lite, anew("note", "BLOB GENERATED ALWAYS AS (x'00') VIRTUAL"), "note", "is a generated column", false},
	}, Visit{})
}

func TestHiddenColumnsOfTheWrongForm(t *testing.T) {
	const pg, my, lite = testdb.Postgres, testdb.MySQL, testdb.SQLite
	eq := func(typ string) string { return "ALTER TABLE visits ADD COLUMN note__eq " + typ }
	dropped := "DROP INDEX visits_note__eq;\nALTER TABLE visits DROP COLUMN note__eq;\n"
	again := ";\nCREATE INDEX again ON visits (note__eq)"
	myDropped := "ALTER TABLE visits DROP COLUMN note__eq;\n"
	findAll(t, []change{
		{pg, dropped + eq("TEXT") + again, "note__eq", "is text, but holds 8 bytes: BYTEA", false},
		{lite, dropped + eq("TEXT") + again, "note__eq", "is text, but holds 8 bytes: BLOB", false},
		{my, myDropped + eq("VARCHAR(30)") + again, "note__eq", "is varchar(30), but holds 8 bytes: VARBINARY(8)", false},
		{my, myDropped + eq("VARBINARY(7)") + again, "note__eq", "is varbinary(7), but needs 8 bytes", false},
		{my, myDropped + eq("BINARY(9)") + again, "note__eq", "is binary(9), but holds 8 bytes", false},
		{pg, "ALTER TABLE visits ALTER COLUMN note__eq SET NOT NULL", "note__eq", "is NOT NULL, but it is NULL where there is nothing to find", false},
		{my, "ALTER TABLE visits MODIFY note__eq VARBINARY(8) NOT NULL", "note__eq", "is NOT NULL, but it is NULL where there is nothing to find", false},
		{lite, dropped + eq("BLOB NOT NULL DEFAULT x'00'") + again, "note__eq", "has a default", false},
	}, Visit{})
}

func TestColumnsThatHoldEnough(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		l := newLive(t, db, Visit{})
		types := map[string][]string{
			testdb.Postgres: {"BYTEA"},
			testdb.MySQL:    {"VARBINARY(389)", "BLOB", "MEDIUMBLOB", "LONGBLOB"},
			testdb.SQLite:   {"BLOB", "VARBINARY(1)", "BYTEA", ""},
		}[db.Dialect]
		for _, typ := range types {
			l.run(t, anew("note", typ))
			l.clean(t)
		}
		if db.Dialect == testdb.MySQL {
			l.run(t, "ALTER TABLE visits MODIFY note__eq BINARY(8)")
			l.clean(t)
		}
	})
}

func TestKeysThatDoNotCompareExactly(t *testing.T) {
	const pg, my, lite = testdb.Postgres, testdb.MySQL, testdb.SQLite
	type column = struct{ db, typ, says string }
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect == pg {
			db.Run(t, "CREATE EXTENSION citext")
			db.Run(t, "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
		}
		for _, c := range []column{
			{pg, "citext", "is citext, which takes"},
			{pg, "TEXT COLLATE loose", "is text collated as loose, which"},
			{pg, "CHAR(20)", "is character(20)"},
			{my, "VARCHAR(40)", "is varchar(40) collated as utf8mb4_general_ci, which takes texts for equal"},
			{my, "VARCHAR(40) COLLATE utf8mb4_bin", "collated as utf8mb4_bin, which takes texts for equal"},
			{my, "CHAR(20) COLLATE utf8mb4_nopad_bin", "is char(20) collated as utf8mb4_nopad_bin"},
			{my, "BINARY(20)", "is binary(20), to which the server adds zero bytes"},
			{lite, "TEXT COLLATE NOCASE", "is text collated as NOCASE"},
			{lite, "TEXT COLLATE RTRIM", "is text collated as RTRIM"},
		} {
			if c.db != db.Dialect {
				continue
			}
			l := newLive(t, db, Visit{})
			create := "CREATE TABLE visits (id " + c.typ + " NOT NULL PRIMARY KEY, note " + db.Types.Blob + ", note__eq " + db.Types.Term + ")"
			l.run(t, "DROP TABLE visits;\n"+create+";\nCREATE INDEX visits_eq ON visits (note__eq)")
			l.finds(t, "id", c.says, db.Dialect != lite)
			l.run(t, "DROP TABLE visits")
		}
	})
}
