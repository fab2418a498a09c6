package sqlcell_test

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

const insert = "INSERT INTO users (id, email, name) VALUES (?, ?, ?)"

// harmless wants nothing of the canary in what reached the driver.
func (f *fake) harmless(t testing.TB) {
	t.Helper()
	for _, c := range f.log {
		require.Empty(t, celltest.Found(fmt.Appendf(nil, "%s %q %x", c.text, c.args, c.args), canary))
	}
}

func TestWhatPassesReachesTheDriverAsItIs(t *testing.T) {
	f := &fake{}
	db := faked(t, f, nil)
	at := time.Unix(1, 0)
	_, err := db.Exec("INSERT INTO other VALUES (?, ?, ?)", 1, sql.NullString{String: "s", Valid: true}, at)
	require.NoError(t, err)
	_, err = db.Query("/* x */ SELECT 'a' FROM other")
	require.NoError(t, err)
	require.Equal(t, []call{
		{"exec", "INSERT INTO other VALUES (?, ?, ?)", []any{int64(1), "s", at}},
		{"query", "/* x */ SELECT 'a' FROM other", nil},
	}, f.log)
}

func TestGivenArgumentsAreCheckedByTheDriver(t *testing.T) {
	seen := []any{}
	f := &fake{check: func(nv *driver.NamedValue) error {
		seen = append(seen, nv.Value)
		switch v := nv.Value.(type) {
		case int:
			nv.Value = fmt.Sprint("int ", v)
			return nil
		case chan int:
			return errors.New("no channels")
		}
		return driver.ErrSkip
	}}
	db := faked(t, f, nil)
	_, err := db.Exec(insert, 7, canary, sql.NullString{String: "n", Valid: true})
	require.NoError(t, err)
	require.Equal(t, "int 7", f.log[0].args[0])
	require.Contains(t, f.log[0].args, "n")
	f.harmless(t)
	require.Empty(t, celltest.Found(fmt.Append(nil, seen), canary), "the driver's checker sees no plaintext")
	_, err = db.Exec("SELECT ?", make(chan int))
	require.EqualError(t, err, "sql: converting argument $1 type: no channels")
}

func TestErrSkip(t *testing.T) {
	f := &fake{skip: true}
	db := faked(t, f, nil)
	_, err := db.Exec(insert, 1, canary, "n")
	require.NoError(t, err)
	rows, err := db.Query("SELECT id FROM users WHERE email = ?", canary)
	require.NoError(t, err)
	require.NoError(t, rows.Close())
	_, err = db.Exec("DELETE FROM other WHERE a = ?", 1)
	require.NoError(t, err)
	var how []string
	for _, c := range f.log {
		how = append(how, c.how)
	}
	require.Equal(t, []string{"prepare", "stmt exec", "close", "prepare", "stmt query", "close", "prepare", "stmt exec", "close"}, how)
	f.harmless(t)
}

func TestErrorsOfTheDriverArriveAsTheyAre(t *testing.T) {
	broken := errors.New("of the driver")
	f := &fake{fail: func(string) error { return broken }}
	db := faked(t, f, nil)
	for _, q := range []string{"DELETE FROM other", "DELETE FROM users WHERE email = 'x'"} {
		_, err := db.Exec(q)
		require.Equal(t, broken, err, q)
		_, err = db.Query(q)
		require.Equal(t, broken, err, q)
		_, err = db.Prepare(q)
		require.Equal(t, broken, err, q)
	}
	times := 0
	f.fail = func(string) error {
		if times++; times == 1 {
			return driver.ErrBadConn
		}
		return nil
	}
	_, err := db.Exec("DELETE FROM users WHERE email = 'x'")
	require.NoError(t, err, "database/sql takes another connection")
	require.Equal(t, 2, times)
}

func TestTheSessionPassesThrough(t *testing.T) {
	f := &fake{}
	db := faked(t, f, nil)
	require.NoError(t, db.Ping())
	require.Equal(t, "ping", f.log[0].how)
	require.NoError(t, db.Ping())
	require.Equal(t, 1, f.resets)
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
	require.NoError(t, err)
	require.NoError(t, tx.Commit())
	tx, err = db.Begin()
	require.NoError(t, err)
	require.NoError(t, tx.Rollback())
	require.Equal(t, []string{"begin", "commit", "begin", "rollback"}, f.begun)
	require.Nil(t, db.Driver())

	c, err := db.Conn(ctx)
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, c.Raw(func(own any) error {
		bare, ok := sqlcell.Bare(own)
		require.True(t, ok)
		require.IsType(t, fakeConn{}, bare)
		require.True(t, own.(driver.Validator).IsValid())
		f.invalid = true
		require.False(t, own.(driver.Validator).IsValid())
		return nil
	}))
}

func TestNumInputIsOfTheOriginal(t *testing.T) {
	f := &fake{numInput: 3}
	db := faked(t, f, nil)
	f.numInput = 4 // id, email, name and the term
	st, err := db.Prepare(insert)
	require.NoError(t, err)
	_, err = st.Exec(1, canary)
	require.ErrorContains(t, err, "expected 3 arguments, got 2")
	_, err = st.Exec(1, canary, "n")
	require.NoError(t, err)
	require.Len(t, f.log[len(f.log)-1].args, 4)
	f.harmless(t)
}

func TestWhatIsRefusedReachesNobody(t *testing.T) {
	f := &fake{}
	refused := []sqlcell.Event{}
	db := faked(t, f, &sqlcell.Options{Observer: func(e sqlcell.Event) { refused = append(refused, e) }})
	for range 2 {
		_, err := db.Exec("SELECT 1\nFROM users WHERE email LIKE '" + canary + "'")
		var statement *ormhooks.StatementError
		require.ErrorAs(t, err, &statement)
		require.Equal(t, 2, statement.Line)
		require.Equal(t, "users.email", statement.Column)
		require.NotContains(t, err.Error(), canary)
	}
	_, err := db.Prepare("SELECT email || 'x' FROM users")
	require.Error(t, err)
	require.Empty(t, f.log)
	require.Len(t, refused, 3)
	require.Equal(t, sqlcell.Event{Kind: sqlcell.Refused, Table: "users", Column: "email"}, refused[0])
}

func TestRowsWithoutOptionalInterfaces(t *testing.T) {
	f := &fake{rows: func(text string) driver.Rows {
		if strings.Contains(text, "FROM users") {
			return &fakeRows{columns: []string{"email", "name", "id"}}
		}
		return nil
	}}
	db := faked(t, f, nil)
	rows, err := db.Query("SELECT email, name FROM users WHERE id = 1")
	require.NoError(t, err)
	defer rows.Close()
	columns, err := rows.ColumnTypes()
	require.NoError(t, err)
	require.Len(t, columns, 2)
	require.Equal(t, "TEXT", columns[0].DatabaseTypeName())
	require.Equal(t, reflect.TypeFor[string](), columns[0].ScanType())
	require.Equal(t, "", columns[1].DatabaseTypeName())
	require.Equal(t, reflect.TypeFor[any](), columns[1].ScanType())
	_, _, ok := columns[1].DecimalSize()
	require.False(t, ok)
	require.False(t, rows.NextResultSet())
}

func TestNilsPanic(t *testing.T) {
	s, ring := newSchema(t, users()), celltest.Ring(t)
	require.PanicsWithValue(t, "cellseal/ormhooks/sqlcell: nil driver.Connector", func() { sqlcell.Wrap(nil, s, ring, sqlcell.SQLite) })
	require.Panics(t, func() { sqlcell.Wrap(&fake{}, nil, ring, sqlcell.SQLite) })
	require.Panics(t, func() { sqlcell.Wrap(&fake{}, s, nil, sqlcell.SQLite) })
	require.Panics(t, func() { sqlcell.Wrap(&fake{}, s, ring, 0) })
}
