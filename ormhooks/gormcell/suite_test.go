package gormcell_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"os"
	"testing"

	mysqldriver "github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"
	"gorm.io/driver/mysql"
	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/gormcell"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

var ctx = context.Background()

var dialects = map[string]sqlcell.Dialect{testdb.SQLite: sqlcell.SQLite, testdb.Postgres: sqlcell.PostgreSQL, testdb.MySQL: sqlcell.MySQL}

// dialectorOf is GORM's for a pool.
func dialectorOf(dialect string, pool gorm.ConnPool) gorm.Dialector {
	switch dialect {
	case testdb.Postgres:
		return postgres.New(postgres.Config{Conn: pool})
	case testdb.MySQL:
		return mysql.New(mysql.Config{Conn: pool})
	}
	return sqlite.Dialector{DriverName: "sqlite", Conn: pool}
}

func newSchema(t testing.TB) *ormhooks.Schema {
	t.Helper()
	s, err := ormhooks.NewSchema(models...)
	require.NoError(t, err)
	return s
}

// wrap puts the door before a database.
func wrap(t testing.TB, db testdb.DB, s *ormhooks.Schema) *sql.DB {
	return wrapConnector(t, db, s, connector(t, db, false))
}

func wrapConnector(t testing.TB, db testdb.DB, s *ormhooks.Schema, c driver.Connector) *sql.DB {
	pool := sql.OpenDB(sqlcell.Wrap(c, s, celltest.Ring(t), dialects[db.Dialect]))
	t.Cleanup(func() { pool.Close() })
	return pool
}

// connector connects as GORM wants it: MySQL's times are times. simple has the driver put
// arguments into the text, where it can.
func connector(t testing.TB, db testdb.DB, simple bool) driver.Connector {
	switch {
	case db.Dialect == testdb.MySQL:
		config, err := mysqldriver.ParseDSN(db.DSN)
		require.NoError(t, err)
		config.ParseTime, config.InterpolateParams = true, simple
		c, err := mysqldriver.NewConnector(config)
		require.NoError(t, err)
		return c
	case db.Dialect == testdb.Postgres && simple:
		config, err := pgx.ParseConfig(os.Getenv(testdb.PostgresVariable))
		require.NoError(t, err)
		db.Scan(t, "SELECT current_database()", nil, &config.Database)
		config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
		return stdlib.GetConnector(*config)
	}
	return db.Connector
}

// world is a database as GORM sees it, and bare.
type world struct {
	*testing.T
	*gorm.DB
	bare    testdb.DB
	pool    *sql.DB
	dialect string
}

func open(t *testing.T, db testdb.DB, o gorm.Config) *world {
	t.Helper()
	return openOver(t, db, o, connector(t, db, false))
}

func openOver(t *testing.T, db testdb.DB, o gorm.Config, c driver.Connector) *world {
	t.Helper()
	s := newSchema(t)
	w := &world{t, nil, db, wrapConnector(t, db, s, c), db.Dialect}
	if o.Logger == nil {
		o.Logger = gormcell.Logger(logger.Discard)
	}
	var err error
	w.DB, err = gorm.Open(dialectorOf(db.Dialect, w.pool), &o)
	require.NoError(t, err)
	require.NoError(t, w.Use(gormcell.New(s)))
	return w
}

// options are ways to set GORM up that change what it sends.
var options = map[string]struct {
	gorm.Config
	simple bool
}{
	"default":  {},
	"prepared": {Config: gorm.Config{PrepareStmt: true}},
	"fields":   {Config: gorm.Config{QueryFields: true, SkipDefaultTransaction: true, TranslateError: true}},
	"simple":   {simple: true},
}

// suite is all cases. Each begins with empty tables; a canary in one of them after it
// fails the test.
var suite = []map[string]func(w *world){creating, updating, finding, scanning, upserting, relating, transacting, generic, scoping, deleting}

func TestGORM(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		for name, o := range options {
			t.Run(name, func(t *testing.T) {
				w := openOver(t, db, o.Config, connector(t, db, o.simple))
				require.NoError(t, w.AutoMigrate(models...))
				for _, cases := range suite {
					for name, run := range cases {
						t.Run(name, func(t *testing.T) {
							w.empty(t)
							run(&world{t, w.DB, db, w.pool, w.dialect})
							celltest.AssertSealed(t, db.DB, secret, digits)
						})
					}
				}
			})
		}
	})
}

func (w *world) empty(t testing.TB) {
	for _, table := range []string{"patients", "doctors", "visits", "records"} {
		w.bare.Run(t, "DELETE FROM "+table)
	}
}

// ok wants a statement to have succeeded.
func (w *world) ok(tx *gorm.DB) *gorm.DB {
	w.Helper()
	require.NoError(w.T, tx.Error)
	return tx
}

// refused wants it to be refused, with this in the reason.
func (w *world) refused(tx *gorm.DB, reason string) {
	w.Helper()
	var e *ormhooks.StatementError
	if !errors.As(tx.Error, &e) {
		w.Fatalf("want a StatementError, and not %v", tx.Error)
	}
	require.ErrorContains(w.T, tx.Error, reason)
	require.NotContains(w.T, tx.Error.Error(), secret)
}

// refusedValue wants a value to be refused.
func (w *world) refusedValue(tx *gorm.DB, table, column string) {
	w.Helper()
	var e *ormhooks.ColumnError
	require.ErrorAs(w.T, tx.Error, &e)
	require.Equal(w.T, table+"."+column, e.Table+"."+e.Column)
}

// add creates patients and wants them unchanged by it.
func (w *world) add(names ...string) []*Patient {
	w.Helper()
	var all []*Patient
	for _, name := range names {
		p := patient(name)
		w.ok(w.Create(p))
		require.Equal(w.T, email(name), p.Email)
		all = append(all, p)
	}
	return all
}

// same wants what is stored to be p.
func (w *world) same(p *Patient) {
	w.Helper()
	var got Patient
	w.ok(w.First(&got, "id = ?", p.ID))
	require.Equal(w.T, content(p), content(&got))
}

// content is what of a patient was given by the test.
func content(p *Patient) Patient {
	c := *p
	c.CreatedAt, c.UpdatedAt, c.DeletedAt, c.Doctor = c.CreatedAt.Truncate(0), c.UpdatedAt.Truncate(0), gorm.DeletedAt{}, nil
	c.CreatedAt, c.UpdatedAt = born, born
	c.Born = c.Born.UTC()
	return c
}

// names returns the e-mails of the patients that were found, up to the first dot.
func names(found []Patient) []string {
	all := []string{}
	for _, p := range found {
		for i := range p.Email {
			if p.Email[i] == '.' {
				all = append(all, p.Email[:i])
				break
			}
		}
	}
	return all
}
