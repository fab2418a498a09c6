package checkup_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

func TestObjectsThatWorkPastTheDoor(t *testing.T) {
	const pg, my, lite = testdb.Postgres, testdb.MySQL, testdb.SQLite
	do := "CREATE TABLE log (n INTEGER);\n"
	for _, c := range []struct {
		on, make string
		kind     string
		names    []string
	}{
		{"", "CREATE VIEW seen AS SELECT note FROM visits", "view", []string{"seen"}},
		{"", "CREATE VIEW seen AS SELECT note FROM visits;\nCREATE VIEW again AS SELECT * FROM seen", "view", []string{"seen", "again"}},
		{pg, "CREATE SCHEMA other;\nCREATE MATERIALIZED VIEW other.seen AS SELECT note FROM visits", "materialized view", []string{"other.seen"}},
		{pg, "CREATE TABLE child () INHERITS (visits)", "child table", []string{"child"}},
		{pg, "CREATE TABLE parent (id TEXT);\nALTER TABLE visits INHERIT parent", "parent table", []string{"parent"}},
		{pg, "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'" + ";\nCREATE TRIGGER tr BEFORE INSERT ON visits FOR EACH ROW EXECUTE FUNCTION f()", "trigger", []string{"tr"}},
		{pg, "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM Visits'", "routine", []string{"f"}},
		{pg, "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM visits; END", "routine", []string{"f"}},
		{pg, "CREATE FUNCTION f(v visits) RETURNS bytea LANGUAGE sql AS 'SELECT v.note'", "routine", []string{"f"}},
		{pg, do + "CREATE RULE r AS ON INSERT TO visits DO ALSO INSERT INTO log VALUES (1)", "rule", []string{"r"}},
		{pg, "CREATE POLICY p ON visits USING (id = 'x')", "row-security policy", []string{"p"}},
		{my, do + "CREATE TRIGGER tr BEFORE INSERT ON visits FOR EACH ROW INSERT INTO log VALUES (1)", "trigger", []string{"tr"}},
		{my, do + "CREATE TRIGGER tr BEFORE INSERT ON log FOR EACH ROW DELETE FROM visits", "trigger", []string{"tr"}},
		{my, "CREATE PROCEDURE f() SELECT * FROM visits", "routine", []string{"f"}},
		{my, "CREATE PROCEDURE f() EXECUTE IMMEDIATE 'SELECT * FROM visits'", "routine", []string{"f"}},
		{my, "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM visits", "event", []string{"e"}},
		{lite, do + "CREATE TRIGGER tr BEFORE INSERT ON visits BEGIN INSERT INTO log VALUES (1); END", "trigger", []string{"tr"}},
		{lite, do + "CREATE TEMP TRIGGER tr BEFORE INSERT ON log BEGIN DELETE FROM Visits; END", "trigger", []string{"temp.tr"}},
	} {
		t.Run(c.make, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, db testdb.DB) {
				if c.on != "" && c.on != db.Dialect {
					t.Skip("not here")
				}
				l := newLive(t, db, Visit{})
				l.run(t, c.make)
				found := l.check(t)
				require.Len(t, found, len(c.names), "%v", found)
				for _, name := range c.names {
					says := "cellseal: visits: the " + c.kind + " " + name + " works on it past the library"
					require.True(t, contains(found, says), "%s: %v", says, found)
				}
				require.Empty(t, l.check(t, c.names...), "allowed")
			})
		})
	}
}

func contains[E error](all []E, text string) bool {
	for _, e := range all {
		if len(e.Error()) >= len(text) && e.Error()[:len(text)] == text {
			return true
		}
	}
	return false
}

func TestPartitionsCanBeReachedByTheirOwnNames(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect != testdb.Postgres {
			t.Skip("they have none")
		}
		l := newLive(t, db, Visit{})
		l.run(t, "DROP TABLE visits;\nCREATE TABLE visits (id TEXT PRIMARY KEY, note BYTEA, note__eq BYTEA) PARTITION BY HASH (id);\nCREATE INDEX ON visits (note__eq);\n"+
			"CREATE TABLE visits_0 PARTITION OF visits FOR VALUES WITH (MODULUS 1, REMAINDER 0)")
		found := l.check(t)
		require.Len(t, found, 1)
		require.ErrorContains(t, found[0], "the partition visits_0 works on it")
		require.Empty(t, l.check(t, "visits_0"))
		require.Empty(t, l.check(t, "public.visits_0"))
		require.NotEmpty(t, l.check(t, "visits"))
	})
}

func TestObjectsOfOtherTablesAreOfNoConcern(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		l := newLive(t, db, Visit{})
		l.run(t, "CREATE TABLE log (visits_id INTEGER);\nCREATE VIEW quiet AS SELECT visits_id FROM log WHERE visits_id > 3 OR 1 = 1")
		if db.Dialect == testdb.Postgres {
			l.run(t, "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1 AS revisits'")
		}
		require.Empty(t, l.check(t))
	})
}

// Names go into queries on the catalogue as literals and as patterns.
func TestNamesThatNeedQuoting(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		const name = `Visits \ 'of' "x" (a|b)`
		l := newLive(t, db, schema.Table{
			Name: name, Logical: "visits", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
			Columns: []*schema.Column{{Name: "I'd", Logical: "id", Type: "text"}, {Name: `no"te`, Logical: "note", Mode: schema.ModeToken, Type: "text"}},
			Indexes: []*schema.Index{{Kind: "exact", Columns: []search.Column{{Name: "note"}}, Unique: true}},
		})
		quoted := ddl.Quote(l.d, name)
		l.run(t, "ALTER TABLE "+quoted+" DROP COLUMN "+ddl.Quote(l.d, `no"te__tok`))
		l.finds(t, `no"te__tok`, "the column is missing, in which the library keeps the tokens of", true)
		l.run(t, "CREATE VIEW seen AS SELECT 1 AS one FROM "+quoted)
		found := l.check(t)
		require.Len(t, found, 1)
		require.ErrorContains(t, found[0], "the view seen works on it")
	})
}
