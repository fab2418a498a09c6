package checkup_test

import (
	"testing"

	"github.com/cellseal/cellseal/internal/testdb"
)

func TestConstraintsOnWhatIsEncrypted(t *testing.T) {
	const pg, my, lite = testdb.Postgres, testdb.MySQL, testdb.SQLite
	findAll(t, []change{
		{pg, "ALTER TABLE visits ADD CONSTRAINT long CHECK (length(note) > 3)", "note", "has the CHECK constraint long, but the server sees only what is encrypted", false},
		{my, "ALTER TABLE visits ADD CONSTRAINT longer CHECK (length(note) > 3)", "note", "has the CHECK constraint longer", false},
		{my, "ALTER TABLE visits MODIFY note VARBINARY(400) CHECK (note <> 'note')", "note", "has the CHECK constraint note", false},
		{lite, anew("note", "BLOB CONSTRAINT longer CHECK (length(note) > 3)"), "note", "has the CHECK constraint longer", true},
		{pg, "ALTER TABLE visits ADD COLUMN n INTEGER GENERATED ALWAYS AS (length(note)) STORED", "note", "is what the generated column n is computed of", false},
		{my, "ALTER TABLE visits ADD COLUMN n INTEGER GENERATED ALWAYS AS (length(note)) VIRTUAL", "note", "is what the generated column n is computed of", false},
		{lite, "ALTER TABLE visits ADD COLUMN n INTEGER GENERATED ALWAYS AS (length(note)) VIRTUAL", "note", "is what the generated column n is computed of", false},
		{pg, "ALTER TABLE visits ADD UNIQUE (note)", "note", "is in the unique index visits_note_key, which never finds a duplicate", true},
		{my, "ALTER TABLE visits ADD UNIQUE u (note)", "note", "is in the unique index u, which never finds a duplicate", true},
		{lite, "CREATE UNIQUE INDEX u ON visits (note)", "note", "is in the unique index u, which never finds a duplicate", true},
	}, Visit{})
}

func TestForeignKeysOfWhatIsEncrypted(t *testing.T) {
	const pg, my, lite = testdb.Postgres, testdb.MySQL, testdb.SQLite
	findAll(t, []change{
		{pg, "CREATE TABLE people (name BYTEA PRIMARY KEY);\nALTER TABLE visits ADD CONSTRAINT k FOREIGN KEY (note) REFERENCES people", "note", "has the foreign key k, but encrypted values are equal to nothing", false},
		{my, "CREATE TABLE people (name VARBINARY(389) PRIMARY KEY);\nALTER TABLE visits ADD CONSTRAINT k FOREIGN KEY (note) REFERENCES people (name)", "note", "has the foreign key k", false},
		{lite, "CREATE TABLE people (name BLOB PRIMARY KEY);\n" + anew("note", "BLOB REFERENCES people"), "note", "has the foreign key number 0", true},
		{my, "CREATE TABLE child (note__eq VARBINARY(8));\nALTER TABLE child ADD CONSTRAINT k FOREIGN KEY (note__eq) REFERENCES visits (note__eq)", "note__eq", "is what the foreign key k of table child refers to", false},
		{lite, "CREATE TABLE child (note BLOB REFERENCES Visits (Note__Eq))", "note__eq", "is what the foreign key number 0 of table child refers to", true},
	}, Visit{})
}

func TestForeignKeysThatChangeWhatIsBound(t *testing.T) {
	const pg, my, lite = testdb.Postgres, testdb.MySQL, testdb.SQLite
	ref := "FOREIGN KEY (id) REFERENCES people (id)"
	make := func(typ, actions string) string {
		return "CREATE TABLE people (id " + typ + " PRIMARY KEY);\nALTER TABLE visits ADD CONSTRAINT k " + ref + actions
	}
	findAll(t, []change{
		{pg, make("TEXT", " ON UPDATE CASCADE ON DELETE CASCADE"), "id", "has the foreign key k with ON UPDATE CASCADE, by which the server would change what the row's cells are bound to", false},
		{pg, make("TEXT", " ON UPDATE SET NULL ON DELETE SET DEFAULT"), "id", "with ON UPDATE SET NULL and ON DELETE SET DEFAULT", false},
		{my, make("VARBINARY(255)", " ON UPDATE CASCADE ON DELETE CASCADE"), "id", "has the foreign key k with ON UPDATE CASCADE", false},
		{lite, "DROP TABLE visits;\nCREATE TABLE people (id TEXT PRIMARY KEY);\nCREATE TABLE visits (id TEXT PRIMARY KEY, note BLOB, note__eq BLOB, " + ref + " ON UPDATE CASCADE);\nCREATE INDEX i ON visits (note__eq)",
			"id", "with ON UPDATE CASCADE", true},
	}, Visit{})
}

func TestForeignKeysThatLeaveItAlone(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		l := newLive(t, db, Visit{})
		key := map[string]string{testdb.Postgres: "TEXT", testdb.MySQL: "VARBINARY(255)", testdb.SQLite: "TEXT"}[db.Dialect]
		l.run(t, "CREATE TABLE child (id "+key+" PRIMARY KEY, visit "+key+", FOREIGN KEY (visit) REFERENCES visits (id) ON UPDATE CASCADE ON DELETE SET NULL)")
		l.clean(t)
		l.run(t, "DROP TABLE child")
		if db.Dialect != testdb.SQLite {
			l.run(t, "CREATE TABLE people (id "+key+" PRIMARY KEY);\nALTER TABLE visits ADD FOREIGN KEY (id) REFERENCES people (id) ON UPDATE RESTRICT ON DELETE CASCADE")
			l.clean(t)
		}
	})
}
