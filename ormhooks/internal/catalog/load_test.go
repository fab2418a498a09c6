package catalog_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
)

var dialects = map[string]sqltext.Dialect{testdb.Postgres: sqltext.PostgreSQL, testdb.MySQL: sqltext.MySQL, testdb.SQLite: sqltext.SQLite}

// querier counts the queries of one connection.
func querier(t testing.TB, db testdb.DB, count *int) catalog.Querier {
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	return func(ctx context.Context, query string, args ...any) ([][]any, error) {
		if count != nil {
			*count++
		}
		return rowsOf(conn.QueryContext(ctx, query, args...))
	}
}

func rowsOf(rows *sql.Rows, err error) (all [][]any, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	for rows.Next() && err == nil {
		row, into := make([]any, len(names)), make([]any, len(names))
		for i := range row {
			into[i] = &row[i]
		}
		err = rows.Scan(into...)
		all = append(all, row)
	}
	return all, errors.Join(err, rows.Err())
}

func load(t testing.TB, db testdb.DB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(t.Context(), func(ctx context.Context, query string, args ...any) ([][]any, error) {
		return rowsOf(db.QueryContext(ctx, query, args...))
	}, dialects[db.Dialect])
	require.NoError(t, err)
	return c
}

func TestAnEmptyDatabaseHasNothing(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		c := load(t, db)
		require.Empty(t, c.Pins)
		require.Nil(t, c.Table("", "users"))
	})
}

func TestColumnsAreAsTheServerHasThem(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		ty := db.Types
		db.Run(t, "CREATE TABLE users (id "+ty.Int+" PRIMARY KEY, code "+ty.Key+" NOT NULL, email "+ty.Term+", age INTEGER DEFAULT 7, "+
			"twice INTEGER GENERATED ALWAYS AS (age * 2) STORED, plain VARCHAR(20) DEFAULT '', absent INTEGER DEFAULT NULL, UNIQUE (code, age))")
		db.Run(t, "CREATE UNIQUE INDEX by_email ON users (email)")
		db.Run(t, "CREATE VIEW old AS SELECT id, email FROM users WHERE age > 65")
		c := load(t, db)
		users, old := c.Table("", "users"), c.Table("", "OLD")
		require.NotNil(t, users)
		require.True(t, users.Visible && old.Visible && old.View && !users.View)
		require.Equal(t, []string{"id", "code", "email", "age", "twice", "plain", "absent"}, names(users))
		require.Equal(t, []string{"id", "email"}, names(old))
		require.Equal(t, [][]string{{"id"}}, users.Unique[:1], "the primary key")
		require.ElementsMatch(t, [][]string{{"id"}, {"code", "age"}, {"email"}}, users.Unique)

		id, code, email, age, twice, plain, absent := users.Columns[0], users.Columns[1], users.Columns[2], users.Columns[3], users.Columns[4], users.Columns[5], users.Columns[6]
		require.Equal(t, []bool{false, false, true, true}, []bool{id.Nullable, code.Nullable, email.Nullable, age.Nullable})
		require.Equal(t, "7", strings.Trim(age.Default, "'"))
		require.True(t, twice.Generated && !age.Generated)
		require.Empty(t, twice.Default)
		require.NotEmpty(t, plain.Default, "an empty text is a default")
		require.Empty(t, email.Default)
		require.Contains(t, []string{"", "NULL", "NULL::integer"}, absent.Default)
		switch db.Dialect {
		case testdb.Postgres:
			require.Equal(t, []string{"bigint", "text", "bytea", "integer", "character varying(20)"}, []string{id.Type, code.Type, email.Type, age.Type, plain.Type})
			require.Equal(t, []string{"", "C", "default"}, []string{id.Collation, code.Collation, plain.Collation})
		case testdb.MySQL:
			require.Equal(t, []string{"bigint(20)", "varbinary(190)", "varbinary(255)", "int(11)", "varchar(20)"}, []string{id.Type, code.Type, email.Type, age.Type, plain.Type})
			require.Equal(t, []string{"", "", ""}, []string{id.Collation, code.Collation, email.Collation})
		case testdb.SQLite:
			require.Equal(t, []string{"integer", "text", "blob", "integer", "varchar(20)"}, []string{id.Type, code.Type, email.Type, age.Type, plain.Type})
			require.Equal(t, "BINARY", code.Collation)
		}
	})
}

func names(t *catalog.Table) (all []string) {
	for _, c := range t.Columns {
		all = append(all, c.Name)
	}
	return all
}

func TestWhatTheDatabaseCountsHasADefault(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect == testdb.SQLite {
			t.Skip("every INTEGER PRIMARY KEY does, and says so")
		}
		db.Run(t, map[string]string{
			testdb.Postgres: "CREATE TABLE t (id BIGINT GENERATED ALWAYS AS IDENTITY)",
			testdb.MySQL:    "CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY)",
		}[db.Dialect])
		require.NotEmpty(t, load(t, db).Table("", "t").Columns[0].Default)
	})
}

func TestPartialAndExpressionIndexesCount(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		db.Run(t, "CREATE TABLE t (a VARCHAR(20), b INTEGER)")
		want := [][]string{{"b"}}
		switch db.Dialect {
		case testdb.Postgres:
			want[0] = []string{catalog.PartOf, "b"}
			db.Run(t, "CREATE UNIQUE INDEX i1 ON t (b) INCLUDE (a) WHERE a IS NULL")
			db.Run(t, "CREATE UNIQUE INDEX i2 ON t (b, lower(a))")
			want = append(want, []string{"b", "(lower(a::text))"})
		case testdb.SQLite:
			want[0] = []string{catalog.PartOf, "b"}
			db.Run(t, "CREATE UNIQUE INDEX i1 ON t (b) WHERE a IS NULL")
			db.Run(t, "CREATE UNIQUE INDEX i2 ON t (b, lower(a))")
			want = append(want, []string{"b", "(expression)"})
		case testdb.MySQL:
			db.Run(t, "CREATE UNIQUE INDEX i1 ON t (b)")
			db.Run(t, "CREATE UNIQUE INDEX i2 ON t (b, a(3))")
			want = append(want, []string{"b", "(a(3))"})
		}
		db.Run(t, "CREATE INDEX i3 ON t (a)")
		for i := range want[1] { // PostgreSQL casts in its own way
			want[1][i] = strings.ReplaceAll(want[1][i], "a::text", "(a)::text")
		}
		got := load(t, db).Table("", "t").Unique
		if db.Dialect == testdb.Postgres && !slices.ContainsFunc(got, func(u []string) bool { return slices.Equal(u, want[1]) }) {
			want[1][1] = "(lower(a::text))"
		}
		require.ElementsMatch(t, want, got)
	})
}

func TestThePinsAreRead(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		ty, q := db.Types, querier(t, db, nil)
		pins, err := catalog.LoadPins(t.Context(), q, dialects[db.Dialect])
		require.NoError(t, err)
		require.Empty(t, pins)
		db.Run(t, "CREATE TABLE cellseal_index (table_name "+ty.Key+", index_name "+ty.Key+", column_name "+ty.Key+", key_id "+ty.Int+", state "+ty.Text+")")
		db.Run(t, "INSERT INTO cellseal_index VALUES ('users', 'email__eq', 'email__eq2', 4294967295, 'building'), ('users', 'email__eq', 'email__eq', 17, 'live')")
		want := []catalog.Pin{
			{Table: "users", Index: "email__eq", Column: "email__eq", Key: 17, State: catalog.Live},
			{Table: "users", Index: "email__eq", Column: "email__eq2", Key: 4294967295, State: catalog.Building},
		}
		require.Equal(t, want, load(t, db).Pins)
		pins, err = catalog.LoadPins(t.Context(), q, dialects[db.Dialect])
		require.NoError(t, err)
		require.Equal(t, want, pins)

		for _, wrong := range []string{"0, 'live'", "-1, 'live'", "4294967296, 'live'", "5, 'dead'"} {
			db.Run(t, "DELETE FROM cellseal_index")
			db.Run(t, "INSERT INTO cellseal_index VALUES ('users', 'email__eq', 'email__eq', "+wrong+")")
			_, err = catalog.Load(t.Context(), q, dialects[db.Dialect])
			require.ErrorContains(t, err, "cellseal: table cellseal_index, row of users.email__eq, column email__eq: ", wrong)
		}
	})
}

func TestItIsAskedInFewQueries(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		db.Run(t, "CREATE TABLE cellseal_index (table_name INTEGER, index_name INTEGER, column_name INTEGER, key_id INTEGER, state INTEGER)")
		count := 0
		_, err := catalog.Load(t.Context(), querier(t, db, &count), dialects[db.Dialect])
		require.NoError(t, err)
		limit := 3
		if db.Dialect == testdb.SQLite { // which answers in this process
			limit = 7
		}
		require.LessOrEqual(t, count, limit)
	})
}
