package door

import (
	"database/sql/driver"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

func bound(t testing.TB, s *Session, text string, values ...any) (*Statement, *Call) {
	t.Helper()
	st, err := s.Statement(ctx, text)
	require.NoError(t, err)
	call, err := s.Bind(ctx, st, args(values...), true)
	require.NoError(t, err)
	require.Empty(t, celltest.Found(shown(call), canary))
	return st, call
}

func TestPlaceholdersOfEachDialect(t *testing.T) {
	for dialect, c := range map[sqltext.Dialect]struct{ text, where string }{
		sqltext.PostgreSQL: {"SELECT id FROM users WHERE email = $1 AND id = $2 AND $2 > 0", "= $1::bytea AND id = $2 AND $2 > 0"},
		sqltext.MySQL:      {"SELECT id FROM users WHERE email = ? AND id = ? AND ? > 0", "= ? AND id = ? AND ? > 0"},
		sqltext.SQLite:     {"SELECT id FROM users WHERE email = ?1 AND id = ?2 AND ?2 > 0", "= ?1 AND id = ?2 AND ?2 > 0"},
	} {
		_, s := newDoor(t, dialect)
		values := []any{canary, 7}
		if dialect == sqltext.MySQL {
			values = append(values, 8)
		}
		_, call := bound(t, s, c.text, values...)
		require.Contains(t, call.Text, c.where)
		require.Len(t, call.Args, len(values))
		require.Equal(t, 7, call.Args[1].Value)
	}
}

// shown is a call with its arguments, bytes as they are.
func shown(call *Call) []byte {
	b := []byte(call.Text)
	for _, a := range call.Args {
		if v, ok := a.Value.([]byte); ok {
			b = append(append(b, ' '), v...)
		} else {
			b = fmt.Append(b, " ", a.Value)
		}
	}
	return b
}

func TestAStatementWithoutArgumentsStaysOne(t *testing.T) {
	for _, dialect := range []sqltext.Dialect{sqltext.PostgreSQL, sqltext.MySQL, sqltext.SQLite} {
		_, s := newDoor(t, dialect)
		for _, text := range []string{"INSERT INTO users (id, email, phone) VALUES (1, '" + canary + "', '" + canary + "')", "SELECT phone FROM users WHERE email IN ('" + canary + "', NULL)"} {
			_, call := bound(t, s, text)
			require.Empty(t, call.Args)
			require.NotContains(t, call.Text, "$1")
			require.NotContains(t, call.Text, "?")
		}
	}
}

func TestRowsFoundByChanceAreDropped(t *testing.T) {
	_, s := newDoor(t, sqltext.SQLite)
	_, in := bound(t, s, "INSERT INTO users (id, phone) VALUES (?, ?)", 1, canary)
	_, other := bound(t, s, "INSERT INTO users (id, phone) VALUES (?, ?)", 1, "another")
	st, call := bound(t, s, "SELECT phone FROM users WHERE phone = ?", canary)
	require.NotEmpty(t, st.Plan.Out.Filters, "a term of 16 bits is a filter")
	r := st.Reader(ctx, call)
	seen := make([]driver.Value, 1)
	for cell, want := range map[any]bool{in.Args[1].Value: true, other.Args[1].Value: false} {
		stored := make([]driver.Value, r.Width())
		for i, c := range st.Plan.Out.Columns {
			if stored[i] = cell; c.Column == nil {
				stored[i] = int64(1)
			}
		}
		ok, err := r.Open(stored, seen)
		require.NoError(t, err)
		require.Equal(t, want, ok)
	}
	require.Equal(t, canary, seen[0].(string)[:len(canary)])
}

func TestWhatCannotBeBound(t *testing.T) {
	_, s := newDoor(t, sqltext.SQLite)
	st, err := s.Statement(ctx, "INSERT INTO users (id, email) VALUES (?, ?)")
	require.NoError(t, err)
	var column *ormhooks.ColumnError
	for _, id := range []any{0, nil, "", "x", 1.5, []byte(nil), make(chan int)} {
		_, err := s.Bind(ctx, st, args(id, canary), true)
		require.ErrorAs(t, err, &column, "%v", id)
		require.Equal(t, "id", column.Column)
	}
	for _, email := range []any{7, struct{}{}, canaryValuer{}} {
		_, err := s.Bind(ctx, st, args(1, email), true)
		require.ErrorAs(t, err, &column)
		require.Equal(t, "email", column.Column)
		require.NotContains(t, err.Error(), canary)
	}
	_, err = s.Bind(ctx, st, args(1), true)
	require.ErrorContains(t, err, "takes 2 arguments")
	_, err = s.Bind(ctx, st, args(1, canary, 3), true)
	require.ErrorContains(t, err, "takes 2 arguments, and 3 were given")
	require.Equal(t, 2, st.NumInput())
}

type canaryValuer struct{}

func (canaryValuer) Value() (driver.Value, error) { return nil, fmt.Errorf("no: %s", canary) }
