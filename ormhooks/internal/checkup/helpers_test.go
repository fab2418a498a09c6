package checkup_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/checkup"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

var dialects = map[string]sqltext.Dialect{testdb.Postgres: sqltext.PostgreSQL, testdb.MySQL: sqltext.MySQL, testdb.SQLite: sqltext.SQLite}

// A live is a database with a schema's tables in it, on one connection.
type live struct {
	testdb.DB
	d      sqltext.Dialect
	conn   *sql.Conn
	schema *schema.Schema
	source keys.Source
}

func newLive(t testing.TB, db testdb.DB, models ...any) *live {
	t.Helper()
	s, err := schema.New(models...)
	require.NoError(t, err)
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	l := &live{db, dialects[db.Dialect], conn, s, celltest.Ring(t)}
	script, err := ddl.Script(s, l.d)
	require.NoError(t, err)
	l.run(t, script)
	l.clean(t)
	return l
}

// run executes statements one by one, as every driver can.
func (l *live) run(t testing.TB, script string) {
	t.Helper()
	for _, statement := range strings.Split(script, ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		_, err := l.conn.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
}

func (l *live) dropIndex(t testing.TB, table, name string) {
	t.Helper()
	drop := "DROP INDEX " + ddl.Quote(l.d, name)
	if l.d == sqltext.MySQL {
		drop += " ON " + table
	}
	l.run(t, drop)
}

func (l *live) query(ctx context.Context, query string, args ...any) (all [][]any, _ error) {
	rows, err := l.conn.QueryContext(ctx, query, args...)
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

var _ catalog.Querier = (*live)(nil).query

func (l *live) check(t testing.TB, allowed ...string) (found []*ormhooks.CheckError) {
	t.Helper()
	err := checkup.Check(t.Context(), l.query, l.schema, l.source, l.d, allowed)
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	require.True(t, ok, "%v", err)
	for _, e := range joined.Unwrap() {
		var c *ormhooks.CheckError
		require.ErrorAs(t, e, &c)
		found = append(found, c)
	}
	return found
}

func (l *live) clean(t testing.TB) {
	t.Helper()
	require.Empty(t, l.check(t))
}

// finds makes sure that one thing is found, and that its DDL mends it, if there is any.
func (l *live) finds(t testing.TB, column, says string, mended bool) {
	t.Helper()
	found := l.check(t)
	require.Len(t, found, 1, "%v", found)
	require.Equal(t, column, found[0].Column)
	require.Contains(t, found[0].Error(), says)
	if !mended {
		require.Empty(t, found[0].DDL)
		return
	}
	l.run(t, found[0].DDL)
	l.clean(t)
}

type UUID [16]byte

// A Person has every kind of column.
type Person struct {
	_       struct{} `cell:"table=people,scope=tenant(clinic)"`
	_       struct{} `search:"exact,on=name(trim+fold)+city(fold),name=where"`
	Clinic  UUID     `gorm:"primaryKey"`
	Number  string   `gorm:"primaryKey"`
	Kind    int32
	Email   string   `cell:"seal" search:"exact,trim,fold,unique"`
	Login   string   `cell:"seal,type=varchar(80)" search:"exact,unique(kind);exact,first(6),name=start,bits=20"`
	SSN     *string  `cell:"token"`
	Phone   string   `cell:"imprint,alphabet=digits,type=varchar(20)" search:"exact,digits,unique,scope=none"`
	Locker  string   `cell:"imprint,compartment=lockers,bind=column,consistent"`
	Name    string   `cell:"seal,pad=32,type=varchar(40)"`
	City    string   `cell:"seal,text,type=varchar(30)"`
	Debt    string   `cell:"seal,type=numeric(10,2)" search:"exact"`
	Alive   bool     `cell:"seal,compartment=medical,bind=row_key"`
	History []string `cell:"seal,json,text,compartment=loose,bind=column"`
	Plain   string
}

// A Note has a key that the database counts.
type Note struct {
	_    struct{} `cell:"table=notes,bind=row_key"`
	ID   int64
	Body string `cell:"seal"`
}

// A Visit has the least.
type Visit struct {
	_    struct{} `cell:"table=visits,bind=id"`
	ID   string
	Note string `cell:"seal,type=varchar(80)" search:"exact"`
}
