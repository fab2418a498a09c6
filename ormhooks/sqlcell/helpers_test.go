package sqlcell_test

import (
	"context"
	"database/sql"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search"
)

var ctx = context.Background()

// canary is in every plaintext that must never be seen below the door.
const canary = "CANARY-siobhan.o-neill"

var dialects = map[string]sqlcell.Dialect{testdb.SQLite: sqlcell.SQLite, testdb.Postgres: sqlcell.PostgreSQL, testdb.MySQL: sqlcell.MySQL}

// users is the table that most tests are about.
func users() schema.Table {
	return schema.Table{
		Name: "users", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"},
			{Name: "email", Mode: schema.ModeSeal, Type: "text", Nullable: true},
			{Name: "ssn", Mode: schema.ModeToken, Type: "text", Nullable: true},
		},
		Indexes: []*schema.Index{{Kind: "exact", Columns: []search.Column{{Name: "email", Transforms: []search.Transform{search.Trim, search.Fold}}}}},
	}
}

func newSchema(t testing.TB, tables ...any) *ormhooks.Schema {
	t.Helper()
	s, err := schema.New(tables...)
	require.NoError(t, err)
	return s
}

// pool is a database as its users see it.
type pool struct {
	testdb.DB
	bare *sql.DB
}

// wrapped puts the door before a fresh database.
func wrapped(t testing.TB, db testdb.DB, s *ormhooks.Schema, source keys.Source, o *sqlcell.Options) pool {
	t.Helper()
	if _, already := source.(keys.RowSource); os.Getenv("CELLSEAL_TEST_BYROW") != "" && !already { // all of this package's tests
		source = celltest.NewByRow(source)
	}
	p := pool{db, db.DB}
	p.DB.DB = sql.OpenDB(sqlcell.WrapOptions(db.Connector, s, source, dialects[db.Dialect], o))
	t.Cleanup(func() { p.DB.Close() })
	return p
}

// createUsers makes the table of users, with the library's own columns.
func createUsers(t testing.TB, db testdb.DB) {
	ty := db.Types
	db.Run(t, "CREATE TABLE users (id "+ty.Int+" PRIMARY KEY, email "+ty.Blob+", ssn "+ty.Blob+", name "+ty.Text+", age "+ty.Int+
		", ssn__tok "+ty.Term+", email__eq "+ty.Term+")")
}

// each runs f with an empty table of users on each kind of database.
func each(t *testing.T, f func(t *testing.T, p pool)) {
	t.Helper()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		createUsers(t, db)
		f(t, wrapped(t, db, newSchema(t, users()), celltest.Ring(t), nil))
	})
}

// sealedBelow wants nothing of the canary in the database.
func (p pool) sealedBelow(t testing.TB) {
	t.Helper()
	celltest.AssertSealed(t, p.bare, canary)
}
