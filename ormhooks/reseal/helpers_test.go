package reseal_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search"
)

var ctx = context.Background()

var dialects = map[string]sqlcell.Dialect{testdb.SQLite: sqlcell.SQLite, testdb.Postgres: sqlcell.PostgreSQL, testdb.MySQL: sqlcell.MySQL}

// accounts is bound by row key, so that it can be upserted by e-mail address.
func accounts() schema.Table {
	return schema.Table{
		Name: "accounts", Bind: schema.Binding{Kind: schema.BindRowKey},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"},
			{Name: "email", Mode: schema.ModeSeal, Type: "varchar(100)", Nullable: true},
		},
		Indexes: []*schema.Index{{Kind: "exact", Unique: true, Columns: []search.Column{{Name: "email", Transforms: []search.Transform{search.Trim, search.Fold}}}}},
	}
}

// process is one of several on a database: it has a pool, a door and a ring of its own.
type process struct {
	testdb.DB
	live *keys.Live
}

func newProcess(t testing.TB, db testdb.DB, ring *keys.Ring, lease time.Duration, table schema.Table) process {
	t.Helper()
	s, err := schema.New(table)
	require.NoError(t, err)
	p := process{db, keys.NewLive(ring, nil)}
	p.DB.DB = sql.OpenDB(sqlcell.WrapOptions(db.Connector, s, p.live, dialects[db.Dialect], &sqlcell.Options{Lease: lease}))
	p.SetMaxIdleConns(10)
	t.Cleanup(func() { p.Close() })
	return p
}

// create makes the tables of a schema.
func create(t testing.TB, db testdb.DB, table schema.Table) {
	t.Helper()
	s, err := schema.New(table)
	require.NoError(t, err)
	script, err := sqlcell.DDL(s, dialects[db.Dialect])
	require.NoError(t, err)
	for statement := range strings.SplitSeq(script, ";\n") {
		if statement != "" {
			db.Run(t, statement)
		}
	}
}

// added returns a ring with one more index key, and the key.
func added(t testing.TB, r *keys.Ring) (*keys.Ring, uint32) {
	t.Helper()
	ks, id, err := r.IndexKeys().Add()
	require.NoError(t, err)
	r, err = r.WithIndexKeys(ks)
	require.NoError(t, err)
	return r, id
}

// without returns a ring in which another index key is the primary and one is disabled.
func without(t testing.TB, r *keys.Ring, id, primary uint32) *keys.Ring {
	t.Helper()
	ks, err := r.IndexKeys().Promote(primary)
	require.NoError(t, err)
	ks, err = ks.Disable(id)
	require.NoError(t, err)
	r, err = r.WithIndexKeys(ks)
	require.NoError(t, err)
	return r
}

func ring(t testing.TB) (*keys.Ring, uint32) {
	r := celltest.Ring(t)
	return r, r.IndexKeys().Primary()
}

// isDuplicate reports whether a server has refused a value that is there already.
func isDuplicate(err error) bool {
	var pg *pgconn.PgError
	var my *mysql.MySQLError
	switch {
	case errors.As(err, &pg):
		return pg.Code == "23505"
	case errors.As(err, &my):
		return my.Number == 1062
	}
	return err != nil && strings.Contains(err.Error(), "UNIQUE constraint failed")
}

// isTransient reports whether a statement has only met another: applications try again.
func isTransient(err error) bool {
	var pg *pgconn.PgError
	var my *mysql.MySQLError
	switch {
	case errors.As(err, &pg):
		return pg.Code == "40001" || pg.Code == "40P01"
	case errors.As(err, &my):
		return my.Number == 1213 || my.Number == 1205
	}
	return err != nil && strings.Contains(err.Error(), "SQLITE_BUSY")
}

func (p process) try(query string, args ...any) error {
	for {
		_, err := p.Exec(p.SQL(query), args...)
		if !isTransient(err) {
			return err
		}
	}
}

const insert = "INSERT INTO accounts (id, email) VALUES (?, ?)"

// upsert is by e-mail address.
func (p process) upsert() string {
	if p.Dialect == testdb.MySQL {
		return insert + " ON DUPLICATE KEY UPDATE email = VALUES(email)"
	}
	return insert + " ON CONFLICT (email) DO UPDATE SET email = excluded.email"
}

// find returns the id of an address, or 0.
func (p process) find(q interface {
	QueryRow(string, ...any) *sql.Row
}, email string) (id int, err error) {
	err = q.QueryRow(p.SQL("SELECT id FROM accounts WHERE email = ?"), email).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return id, err
}

// all returns every address with its id, and wants none twice.
func (p process) all(t testing.TB) map[string]int {
	t.Helper()
	rows, err := p.Query("SELECT id, email FROM accounts WHERE email IS NOT NULL")
	require.NoError(t, err)
	defer rows.Close()
	found := map[string]int{}
	for rows.Next() {
		var id int
		var email string
		require.NoError(t, rows.Scan(&id, &email))
		email = strings.ToLower(email)
		require.Zero(t, found[email], "%s is there twice", email)
		found[email] = id
	}
	require.NoError(t, rows.Err())
	return found
}

// findsAll wants every address to be found, in any spelling.
func (p process) findsAll(t testing.TB) {
	t.Helper()
	for email, id := range p.all(t) {
		got, err := p.find(p, " "+strings.ToUpper(email))
		require.NoError(t, err)
		require.Equal(t, id, got, email)
	}
}
