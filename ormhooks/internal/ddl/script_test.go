package ddl_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

var dialects = map[string]sqltext.Dialect{testdb.Postgres: sqltext.PostgreSQL, testdb.MySQL: sqltext.MySQL, testdb.SQLite: sqltext.SQLite}

type user struct {
	_        struct{} `cell:"table=users"`
	ID       string   `gorm:"primaryKey"`
	TenantID int64
	Email    string  `cell:"seal,type=varchar(255)" search:"exact,fold,unique(tenant_id);exact,first(6),name=start,bits=20"`
	SSN      *string `cell:"token,type=varchar(11)"`
	Phone    string  `cell:"imprint,alphabet=digits"`
	Letters  string  `cell:"seal,text,compartment=loose,bind=row_key"`
	Picture  struct{ X any }
}

func script(t testing.TB, d sqltext.Dialect, models ...any) string {
	s, err := schema.New(models...)
	require.NoError(t, err)
	text, err := ddl.Script(s, d)
	require.NoError(t, err)
	return text
}

func TestTheScriptReadsLikeAMigration(t *testing.T) {
	require.Equal(t, `-- of a type that the schema does not know, to be added: picture
CREATE TABLE "users" (
	"id" TEXT NOT NULL,
	"tenant_id" BIGINT NOT NULL,
	"email" BYTEA NOT NULL,
	"ssn" BYTEA,
	"phone" TEXT NOT NULL,
	"letters" TEXT NOT NULL,
	"ssn__tok" BYTEA,
	"phone__kid" BIGINT,
	"email__eq" BYTEA,
	"email__start" BYTEA,
	"cellseal_row" BYTEA,
	PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "users_email__eq" ON "users" ("email__eq", "tenant_id");
CREATE INDEX "users_email__start" ON "users" ("email__start");
CREATE UNIQUE INDEX "users_cellseal_row" ON "users" ("cellseal_row");
CREATE TABLE IF NOT EXISTS cellseal_index (
	table_name TEXT NOT NULL,
	index_name TEXT NOT NULL,
	column_name TEXT NOT NULL,
	key_id BIGINT NOT NULL,
	state TEXT NOT NULL,
	PRIMARY KEY (table_name, index_name, column_name)
);
`, script(t, sqltext.PostgreSQL, user{}))
	mysql := script(t, sqltext.MySQL, user{})
	for _, line := range []string{
		"`id` VARBINARY(255) NOT NULL,", "`email` VARBINARY(1089) NOT NULL,", "`ssn` VARBINARY(44),", "`phone` LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,",
		"`letters` LONGTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL,", "`ssn__tok` VARBINARY(69),", "`email__eq` VARBINARY(32),", "`email__start` VARBINARY(3),", "`cellseal_row` VARBINARY(16),",
	} {
		require.Contains(t, mysql, "\t"+line+"\n")
	}
	sqlite := script(t, sqltext.SQLite, user{})
	require.Contains(t, sqlite, "\t\"phone__kid\" INTEGER,\n\t\"email__eq\" BLOB,\n")
}

func TestPartialIndexes(t *testing.T) {
	type partial struct {
		_       struct{} `cell:"table=partial"`
		ID      string   `gorm:"primaryKey"`
		Deleted *int64
		Email   string `cell:"seal" search:"exact,unique(where=deleted IS NULL)"`
	}
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect == testdb.MySQL {
			s, err := schema.New(partial{})
			require.NoError(t, err)
			_, err = ddl.Script(s, sqltext.MySQL)
			require.EqualError(t, err, "cellseal: partial.email__eq: MySQL and MariaDB have no partial indexes, so unique(where=deleted IS NULL) cannot be: declare a plain column that is 1 where the condition holds and else NULL, "+
				"for instance GENERATED ALWAYS AS (CASE WHEN deleted IS NULL THEN 1 END), and write unique(that_column)")
			return
		}
		for _, statement := range strings.SplitAfter(script(t, dialects[db.Dialect], partial{}), ";\n") {
			db.Run(t, statement)
		}
		add := func(id string, deleted any) error {
			_, err := db.Exec(db.SQL("INSERT INTO partial (id, deleted, email, email__eq) VALUES (?, ?, ?, ?)"), id, deleted, []byte("e"), []byte("term"))
			return err
		}
		require.NoError(t, add("a", 1))
		require.NoError(t, add("b", 1))
		require.NoError(t, add("c", nil))
		require.Error(t, add("d", nil), "a duplicate")
	})
}

func TestTheDatabaseCountsAnIDThatNothingIsBoundTo(t *testing.T) {
	type counted struct {
		_    struct{} `cell:"table=counted,bind=row_key"`
		ID   int64
		Note string `cell:"seal"`
	}
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		for _, statement := range strings.SplitAfter(strings.TrimSuffix(script(t, dialects[db.Dialect], counted{}), "\n"), ";\n") {
			db.Run(t, statement)
		}
		db.Run(t, "INSERT INTO counted (note, cellseal_row) VALUES (?, ?)", []byte("n"), []byte("0123456789abcdef"))
		var id int64
		db.Scan(t, "SELECT id FROM counted", nil, &id)
		require.Equal(t, int64(1), id)
	})
}

func TestNamesThatAServerWouldCut(t *testing.T) {
	long := strings.Repeat("x", 60)
	s, err := schema.New(schema.Table{
		Name: "t", Bind: schema.Binding{Kind: schema.BindNothing},
		Columns: []*schema.Column{{Name: long, Mode: schema.ModeToken, Type: "text"}},
	})
	require.NoError(t, err)
	for _, d := range []sqltext.Dialect{sqltext.PostgreSQL, sqltext.MySQL} {
		_, err = ddl.Script(s, d)
		require.ErrorContains(t, err, "cellseal: the name "+long+"__tok is longer than the 6")
	}
	_, err = ddl.Script(s, sqltext.SQLite)
	require.NoError(t, err)
}

func TestNamesAreQuoted(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		text := script(t, dialects[db.Dialect], schema.Table{
			Name: "Order`\"", Logical: "order", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"select"}},
			Columns: []*schema.Column{{Name: "select", Type: "int"}, {Name: "From `\"x", Logical: "from", Mode: schema.ModeToken, Type: "text"}},
		})
		db.Run(t, strings.TrimSuffix(text, ";\n"))
	})
}
