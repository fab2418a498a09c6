package pgxcell_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/pgxcell"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

type user struct {
	ID    int64
	Email *string
	SSN   *string `db:"ssn"`
	Name  *string
	Age   *int32
}

func TestEveryModeGoesThroughTheDoorAndBack(t *testing.T) {
	w := usersWorld(t)
	for i, mode := range modes {
		id := int64(10 * (i + 1))
		_, err := w.Exec(ctx, "INSERT INTO users (id, email, ssn, name, age) VALUES ($1, $2, $3, $4, $5)", mode, id, canary, canary+"1", "n", int32(i))
		require.NoError(t, err, "%v", mode)
		rows, err := w.Query(ctx, "INSERT INTO users VALUES ($1, 'Other', '"+canary+"', NULL, NULL) RETURNING *", mode, id+1)
		require.NoError(t, err, "%v", mode)
		back, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[user])
		require.NoError(t, err, "%v", mode)
		require.Equal(t, "Other", *back.Email)
		require.Equal(t, canary, *back.SSN)
		require.Nil(t, back.Name)
		w.sealed(t)

		rows, err = w.Query(ctx, "SELECT * FROM users WHERE email = $1 AND id = $2", mode, "  "+canary, id)
		require.NoError(t, err, "%v", mode)
		var names []string
		for _, f := range rows.FieldDescriptions() {
			names = append(names, f.Name)
		}
		require.Equal(t, []string{"id", "email", "ssn", "name", "age"}, names, "the library's own columns are not there")
		all, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByName[user])
		require.NoError(t, err, "%v", mode)
		require.Len(t, all, 1)
		require.Equal(t, canary, *all[0].Email)
		require.EqualValues(t, i, *all[0].Age)
		require.Equal(t, "SELECT 1", rows.CommandTag().String())

		tag, err := w.Exec(ctx, "UPDATE users SET email = $1 WHERE id = $2", mode, canary+"3", id)
		require.NoError(t, err, "%v", mode)
		require.EqualValues(t, 1, tag.RowsAffected())
		require.Equal(t, canary+"3", one[string](t, w, "SELECT email FROM users WHERE id = $1", mode, id))
		require.Equal(t, id, one[int64](t, w, "SELECT id FROM users WHERE email = ANY($1) AND id = $2", mode, []string{"nobody", canary + "3"}, id))
		require.Equal(t, id+1, one[int64](t, w, "SELECT id FROM users WHERE email IN ('other', 'x') AND id = $1", mode, id+1))
		require.EqualValues(t, 2, one[int64](t, w, "SELECT count(*) FROM users WHERE id IN ($1, $2)", mode, id, id+1))

		tag, err = w.Exec(ctx, "DELETE FROM users WHERE email = $1", mode, "OTHER")
		require.NoError(t, err, "%v", mode)
		require.EqualValues(t, 1, tag.RowsAffected())
		w.sealed(t)
	}
}

func TestStatementsWithoutArguments(t *testing.T) {
	w := usersWorld(t)
	w.run(t, "INSERT INTO users (id, email) VALUES (1, '"+canary+"')")
	require.EqualValues(t, 1, one[int64](t, w, "SELECT id FROM users WHERE email = '"+canary+"'"))
	require.Equal(t, canary, one[string](t, w, "SELECT email FROM users"))
	w.sealed(t)
}

func TestManyRowsGoRowByRow(t *testing.T) {
	w := usersWorld(t)
	w.fill(t, 3)
	for _, mode := range modes {
		tag, err := w.Exec(ctx, "UPDATE users SET email = $1 WHERE name = $2", mode, canary+"x", "n")
		require.NoError(t, err, "%v", mode)
		require.Equal(t, "UPDATE 3", tag.String())
		rows, err := w.Query(ctx, "UPDATE users SET ssn = $1 WHERE name = $2 AND age > 1 RETURNING id, email AS e, age, ssn", mode, pgx.QueryResultFormats{1}, canary+"y", "n")
		require.NoError(t, err, "%v", mode)
		type returned struct {
			ID     int64
			E, SSN string
			Age    int16
		}
		all, err := pgx.CollectRows(rows, pgx.RowToStructByNameLax[returned])
		require.NoError(t, err, "%v", mode)
		require.ElementsMatch(t, []returned{{2, canary + "x", canary + "y", 2}, {3, canary + "x", canary + "y", 3}}, all)
		require.Equal(t, "UPDATE 2", rows.CommandTag().String())
		rows, err = w.Query(ctx, "UPDATE users SET ssn = $1 WHERE name = $2 RETURNING id, ssn", mode, canary, "nobody")
		require.NoError(t, err, "%v", mode)
		require.Len(t, rows.FieldDescriptions(), 2)
		require.False(t, rows.Next())
		require.NoError(t, rows.Err())
	}
	_, err := w.Exec(ctx, "UPDATE users SET email = $1, age = 1/(id-2) WHERE name = 'n'", "other")
	require.Error(t, err, "a division by zero")
	require.EqualValues(t, 3, one[int64](t, w, "SELECT count(*) FROM users WHERE email = $1", canary+"x"), "all or nothing")
	w.run(t, "UPDATE users SET id = 7 WHERE id = 2")
	require.Equal(t, canary+"x", one[string](t, w, "SELECT email FROM users WHERE id = 7"))
	w.sealed(t)
}

func TestUpsert(t *testing.T) {
	w := usersWorld(t)
	for _, mode := range modes {
		q := "INSERT INTO users (id, email) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET email = excluded.email RETURNING email"
		require.Equal(t, canary, one[string](t, w, q, mode, 1, canary))
		require.Equal(t, canary+"z", one[string](t, w, q, mode, 1, canary+"z"))
		require.EqualValues(t, 1, one[int](t, w, "SELECT id FROM users WHERE email = $1", mode, canary+"Z"))
	}
	w.sealed(t)
}

func TestRewritersGoFirst(t *testing.T) {
	w := usersWorld(t)
	type person struct {
		ID    int64  `db:"id"`
		Email string `db:"email"`
	}
	const insert = "INSERT INTO users (id, email, name) VALUES (@id, @email, @email || '-is-not-stored' )"
	var refused *ormhooks.StatementError
	_, err := w.Exec(ctx, insert, pgx.NamedArgs{"id": 1, "email": canary})
	require.ErrorAs(t, harmless(t, err), &refused, "one argument, sealed and in clear")
	w.run(t, "INSERT INTO users (id, email) VALUES (@id, @email)", pgx.NamedArgs{"id": 1, "email": canary})
	w.run(t, "INSERT INTO users (id, email) VALUES (@id, @email)", pgx.QueryExecModeExec, pgx.StrictNamedArgs{"id": 2, "email": canary})
	w.run(t, "INSERT INTO users (id, email) VALUES (@id, @email)", pgx.StructArgs(person{3, canary}), pgx.QueryExecModeCacheDescribe)
	_, err = w.Exec(ctx, "INSERT INTO users (id, email) VALUES (@id, @email)", pgx.StrictNamedArgs{"email": canary})
	require.ErrorContains(t, harmless(t, err), "rewrite query failed")
	rows, err := w.Query(ctx, "SELECT id FROM users WHERE email = @email ORDER BY id", pgx.NamedArgs{"email": canary})
	require.NoError(t, err)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	require.NoError(t, err)
	require.Equal(t, []int{1, 2, 3}, ids)
	var asked *pgx.Conn
	require.EqualValues(t, 1, one[int](t, w, "whatever", rewriter(func(c *pgx.Conn) (string, []any) {
		asked = c
		return "SELECT id FROM users WHERE email = $1 AND id = 1", []any{canary}
	})))
	require.NotNil(t, asked)
	w.sealed(t)
}

type rewriter func(*pgx.Conn) (string, []any)

func (r rewriter) RewriteQuery(_ context.Context, c *pgx.Conn, _ string, _ []any) (string, []any, error) {
	text, args := r(c)
	return text, args, nil
}

func TestCopyIntoAProtectedTableIsRefused(t *testing.T) {
	w := usersWorld(t)
	tx, err := w.Begin(ctx)
	require.NoError(t, err)
	defer tx.Rollback(ctx)
	rows := [][]any{{int64(1), canary}}
	for _, db := range []DBTX{w, tx} {
		for _, table := range []pgx.Identifier{{"users"}, {"public", "users"}} {
			var refused *ormhooks.StatementError
			_, err := db.CopyFrom(ctx, table, []string{"id", "email"}, pgx.CopyFromRows(rows))
			require.ErrorAs(t, harmless(t, err), &refused)
			require.Contains(t, refused.Instead, "INSERT")
		}
	}
	n, err := w.CopyFrom(ctx, pgx.Identifier{"plain"}, []string{"id", "note"}, pgx.CopyFromRows([][]any{{int64(1), "x"}}))
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	w.sealed(t)
}

func TestWhatPassesIsAsInPgx(t *testing.T) {
	w := usersWorld(t)
	w.run(t, "INSERT INTO plain VALUES ($1, $2)", 1, "x")
	rows, err := w.Query(ctx, "SELECT id, note FROM plain", pgx.QueryResultFormats{0, 1})
	require.NoError(t, err)
	require.True(t, rows.Next())
	require.Equal(t, [][]byte{[]byte("1"), []byte("x")}, rows.RawValues())
	rows.Close()
	require.ErrorIs(t, w.QueryRow(ctx, "SELECT id FROM plain WHERE id = 7").Scan(nil), pgx.ErrNoRows)
	require.ErrorIs(t, w.QueryRow(ctx, "SELECT id FROM users WHERE id = 7").Scan(nil), pgx.ErrNoRows)
	require.NoError(t, w.Ping(ctx))
	_, err = w.Exec(ctx, "")
	require.NoError(t, err)
	_, err = w.Exec(ctx, "SELECT email || 'x' FROM users")
	var refused *ormhooks.StatementError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "users.email", refused.Column)
}

func TestNilsAndZeroValuesPanic(t *testing.T) {
	w := usersWorld(t)
	require.PanicsWithValue(t, "cellseal/ormhooks/pgxcell: nil *pgxpool.Pool", func() { pgxcell.Wrap(nil, w.schema, w.source, nil) })
	require.PanicsWithValue(t, "cellseal/ormhooks/pgxcell: nil *pgx.Conn", func() { pgxcell.WrapConn(nil, w.schema, w.source, nil) })
	require.Panics(t, func() { pgxcell.Wrap(w.Bare(), nil, w.source, nil) })
	require.Panics(t, func() { pgxcell.Wrap(w.Bare(), w.schema, nil, nil) })
	require.PanicsWithValue(t, "cellseal/ormhooks/pgxcell: a Pool is made by Wrap", func() { new(pgxcell.Pool).Exec(ctx, "SELECT 1") })
	require.PanicsWithValue(t, "cellseal/ormhooks/pgxcell: a Conn is made by WrapConn or by (*Pool).Conn", func() { new(pgxcell.Conn).Exec(ctx, "SELECT 1") })
}

func TestObserver(t *testing.T) {
	var seen int
	w := open(t, celltest.Ring(t), &sqlcell.Options{Observer: countInto(&seen)}, createUsers, users())
	_, err := w.Exec(ctx, "SELECT 1 FROM users WHERE email LIKE $1", canary)
	harmless(t, err)
	require.Equal(t, 1, seen)
}
