package pgxcell_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/pgxcell"
)

// rotate promotes a new index key and a new cell key.
func rotate(t testing.TB, live *keys.Live) {
	t.Helper()
	next := func(ks *keys.Keyset) *keys.Keyset {
		ks, added, err := ks.Add()
		require.NoError(t, err)
		ks, err = ks.Promote(added)
		require.NoError(t, err)
		return ks
	}
	ring, err := live.Ring().WithIndexKeys(next(live.Ring().IndexKeys()))
	require.NoError(t, err)
	ring, err = ring.WithCellKeys(next(ring.CellKeys()))
	require.NoError(t, err)
	live.Swap(ring)
}

func TestPreparedStatementsOverARotation(t *testing.T) {
	live := keys.NewLive(celltest.Ring(t), nil)
	w := open(t, live, nil, createUsers, users())
	bare, err := w.Bare().Acquire(ctx)
	require.NoError(t, err)
	defer bare.Release()
	c := w.Conn(bare.Conn())
	const insert = "INSERT INTO users (id, email, age) VALUES ($1, $2, $3) RETURNING id, email AS e"
	d, err := c.Prepare(ctx, "insert user", insert)
	require.NoError(t, err)
	require.Equal(t, insert, d.SQL)
	require.Len(t, d.ParamOIDs, 3)
	require.Len(t, d.Fields, 2)
	require.Equal(t, "e", d.Fields[1].Name)
	_, err = c.Prepare(ctx, "find", "SELECT id FROM users WHERE email = $1 AND age > $2 ORDER BY id")
	require.NoError(t, err)
	_, err = c.Prepare(ctx, "in", "SELECT count(*) FROM users WHERE email IN ($1, 'other')")
	require.NoError(t, err)
	_, err = c.Prepare(ctx, "many", "UPDATE users SET ssn = $1 WHERE age > $2")
	require.NoError(t, err)
	_, err = c.Prepare(ctx, "plain", "SELECT $1::text")
	require.NoError(t, err)
	_, err = c.Prepare(ctx, "refused", "SELECT email || $1 FROM users")
	require.ErrorAs(t, err, new(*ormhooks.StatementError))
	for i := range 3 {
		id := int64(i + 1)
		require.Equal(t, id, one[int64](t, c, "SELECT id FROM (SELECT 1 + $1::int AS id) x", i), "statements in between")
		require.NoError(t, c.QueryRow(ctx, "insert user", id, canary, i+1).Scan(new(int), new(string)))
		rows, err := c.Query(ctx, "find", canary, 0)
		require.NoError(t, err)
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int])
		require.NoError(t, err)
		require.Len(t, ids, i+1, "found under all keys")
		require.EqualValues(t, i+1, one[int](t, c, "in", canary))
		tag, err := c.Exec(ctx, "many", canary, 0)
		require.NoError(t, err)
		require.EqualValues(t, i+1, tag.RowsAffected())
		require.Equal(t, "as it is", one[string](t, c, "plain", "as it is"))
		b := &pgx.Batch{}
		b.Queue("find", canary, 0)
		b.Queue("plain", "x")
		require.NoError(t, w.Conn(bare.Conn()).Bare().Ping(ctx))
		require.NoError(t, c.SendBatch(ctx, b).Close())
		rotate(t, live)
	}
	tx, err := w.Begin(ctx)
	require.NoError(t, err)
	defer tx.Rollback(ctx)
	_, err = tx.Prepare(ctx, "mine", "SELECT email FROM users WHERE id = $1")
	require.NoError(t, err)
	require.Equal(t, canary, one[string](t, tx, "mine", 1))
	w.sealed(t)
}

// A statement that was prepared past the door would take plaintext past it too.
func TestNamesOfForeignStatementsAreRefused(t *testing.T) {
	w := configured(t, celltest.Ring(t), nil, func(c *pgxpool.Config) {
		c.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
			for name, text := range map[string]string{"addUser": "INSERT INTO users (id, ssn) VALUES ($1, $2)", "select_user": "SELECT ssn FROM users", "Update-User": "UPDATE users SET ssn = $1"} {
				if _, err := conn.Prepare(ctx, name, text); err != nil {
					return nil // there are no tables yet
				}
			}
			return nil
		}
	}, createUsers, users())
	w.Bare().Reset()
	for _, name := range []string{"addUser", "select_user", "Update-User", " nobody", "naïve", "$1"} {
		var refused *ormhooks.StatementError
		_, err := w.Exec(ctx, name, 1, canary)
		require.ErrorAs(t, harmless(t, err), &refused, name)
		_, err = w.Query(ctx, name, 1, canary)
		require.ErrorAs(t, harmless(t, err), &refused, name)
		b := &pgx.Batch{}
		b.Queue(name, 1, canary)
		require.ErrorAs(t, harmless(t, w.SendBatch(ctx, b).Close()), &refused, name)
	}
	for _, text := range []string{"", " ; ", "-- nothing", "/* a /* b */ */", "(SELECT 1)", "select'x'", "/* SELECT */VALUES(1)", "ShOw all", "\tTABLE plain"} {
		_, err := w.Exec(ctx, text)
		require.NoError(t, err, text)
	}
	w.sealed(t)
}

func TestASingleConnection(t *testing.T) {
	w := usersWorld(t)
	bare, err := w.Bare().Acquire(ctx)
	require.NoError(t, err)
	defer bare.Release()
	c := pgxcell.WrapConn(bare.Conn(), w.schema, w.source, nil)
	tx, err := c.Begin(ctx)
	require.NoError(t, err)
	_, err = tx.Exec(ctx, "INSERT INTO users (id, email) VALUES (1, $1)", canary)
	require.NoError(t, err, "the catalogue comes over another connection")
	require.NoError(t, tx.Commit(ctx))
	require.Equal(t, canary, one[string](t, c, "SELECT email FROM users"))
	require.Same(t, bare.Conn(), c.Bare())
	w.sealed(t)
}
