package pgxcell_test

import (
	"context"
	"database/sql"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/pgxcell"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search"
)

var ctx = context.Background()

// canary is in every plaintext that must never be seen below the door.
const canary = "CANARY-siobhan.o-neill"

// DBTX is what sqlc generates for pgx, with everything that it may ask for.
type DBTX interface {
	Exec(context.Context, string, ...any) (pgconn.CommandTag, error)
	Query(context.Context, string, ...any) (pgx.Rows, error)
	QueryRow(context.Context, string, ...any) pgx.Row
	CopyFrom(ctx context.Context, tableName pgx.Identifier, columnNames []string, rowSrc pgx.CopyFromSource) (int64, error)
	SendBatch(context.Context, *pgx.Batch) pgx.BatchResults
}

var (
	_ DBTX = (*pgxcell.Pool)(nil)
	_ DBTX = (*pgxcell.Conn)(nil)
	_ DBTX = pgx.Tx(nil)
)

// modes are all of pgx's.
var modes = []pgx.QueryExecMode{
	pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol,
}

// world is a database through the door and past it.
type world struct {
	*pgxcell.Pool
	bare   *sql.DB
	schema *ormhooks.Schema
	source keys.Source
}

func (w world) sealed(t testing.TB) {
	t.Helper()
	celltest.AssertSealed(t, w.bare, canary)
}

func (w world) run(t testing.TB, text string, args ...any) {
	t.Helper()
	_, err := w.Exec(ctx, text, args...)
	require.NoError(t, err, text)
}

func one[T any](t testing.TB, db DBTX, text string, args ...any) (v T) {
	t.Helper()
	require.NoError(t, db.QueryRow(ctx, text, args...).Scan(&v), text)
	return v
}

// open makes a fresh database with the given tables in it.
func open(t testing.TB, source keys.Source, o *sqlcell.Options, create string, tables ...any) world {
	t.Helper()
	return configured(t, source, o, nil, create, tables...)
}

func configured(t testing.TB, source keys.Source, o *sqlcell.Options, configure func(*pgxpool.Config), create string, tables ...any) world {
	t.Helper()
	if _, already := source.(keys.RowSource); os.Getenv("CELLSEAL_TEST_BYROW") != "" && !already { // all of this package's tests
		source = celltest.NewByRow(source)
	}
	db := testdb.DB{Dialect: testdb.Postgres}.Beside(t)
	s, err := schema.New(tables...)
	require.NoError(t, err)
	config, err := pgxpool.ParseConfig(os.Getenv(testdb.PostgresVariable))
	require.NoError(t, err)
	c, err := db.Conn(ctx)
	require.NoError(t, err)
	require.NoError(t, c.Raw(func(c any) error {
		config.ConnConfig.Database = c.(*stdlib.Conn).Conn().Config().Database
		return nil
	}))
	require.NoError(t, c.Close())
	if configure != nil {
		configure(config)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	db.Run(t, create)
	return world{pgxcell.Wrap(pool, s, source, o), db.DB, s, source}
}

const createUsers = `CREATE TABLE users (id BIGINT PRIMARY KEY, email BYTEA, ssn BYTEA, name TEXT, age INT, ssn__tok BYTEA, email__eq BYTEA);
	CREATE TABLE plain (id BIGINT PRIMARY KEY, note TEXT)`

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

// usersWorld is an empty table of users.
func usersWorld(t testing.TB) world {
	t.Helper()
	return open(t, celltest.Ring(t), nil, createUsers, users())
}

func (w world) fill(t testing.TB, n int) {
	t.Helper()
	for i := range n {
		w.run(t, "INSERT INTO users (id, email, ssn, name, age) VALUES ($1, $2, $3, 'n', $4)", i+1, canary, canary+"-ssn", i+1)
	}
}

// harmless wants nothing of the canary in an error.
func harmless(t testing.TB, err error) error {
	t.Helper()
	require.Error(t, err)
	require.Empty(t, celltest.Found([]byte(err.Error()), canary))
	return err
}

func countInto(n *int) func(sqlcell.Event) { return func(sqlcell.Event) { *n++ } }

func wrapConn(c *pgx.Conn, w world) *pgxcell.Conn {
	return pgxcell.WrapConn(c, w.schema, w.source, nil)
}

// byHand runs f in a transaction that statements begin and end.
func (w world) byHand(f func(DBTX) error) error {
	return w.Bare().AcquireFunc(ctx, func(bare *pgxpool.Conn) error {
		c := w.Conn(bare.Conn())
		if _, err := c.Exec(ctx, "BEGIN"); err != nil {
			return err
		}
		if err := f(c); err != nil {
			return err
		}
		_, err := c.Exec(ctx, "COMMIT")
		return err
	})
}
