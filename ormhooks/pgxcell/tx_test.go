package pgxcell_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/pgxcell"
)

// beginner is whatever begins transactions.
type beginner interface {
	DBTX
	Begin(context.Context) (pgx.Tx, error)
	BeginTx(context.Context, pgx.TxOptions) (pgx.Tx, error)
}

func TestTransactions(t *testing.T) {
	w := usersWorld(t)
	w.fill(t, 2)
	c, err := w.Bare().Acquire(ctx)
	require.NoError(t, err)
	defer c.Release()
	for name, db := range map[string]beginner{"pool": w, "conn": w.Conn(c.Conn()), "single": pgxcell.WrapConn(c.Conn(), w.schema, w.source, nil)} {
		t.Run(name, func(t *testing.T) {
			tx, err := db.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
			require.NoError(t, err)
			_, err = tx.Exec(ctx, "UPDATE users SET email = $1 WHERE name = 'n'", "rolled back")
			require.NoError(t, err)
			require.EqualValues(t, 2, one[int](t, tx, "SELECT count(*) FROM users WHERE email = $1", "rolled back"))
			require.Equal(t, "repeatable read", one[string](t, tx, "SHOW transaction_isolation"))
			require.NoError(t, tx.Rollback(ctx))
			require.EqualValues(t, 2, one[int](t, db, "SELECT count(*) FROM users WHERE email = $1", canary))
			_, err = tx.Exec(ctx, "SELECT 1 FROM users")
			require.ErrorIs(t, err, pgx.ErrTxClosed)
			_, err = tx.Query(ctx, "SELECT 1")
			require.ErrorIs(t, err, pgx.ErrTxClosed)
			require.ErrorIs(t, tx.QueryRow(ctx, "SELECT 1").Scan(nil), pgx.ErrTxClosed)
			require.ErrorIs(t, tx.Commit(ctx), pgx.ErrTxClosed)
			require.ErrorIs(t, tx.SendBatch(ctx, &pgx.Batch{}).Close(), pgx.ErrTxClosed)
			_, err = tx.Prepare(ctx, "x", "SELECT 1")
			require.ErrorIs(t, err, pgx.ErrTxClosed)
			_, err = tx.Begin(ctx)
			require.ErrorIs(t, err, pgx.ErrTxClosed)

			require.NoError(t, pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
				_, err := tx.Exec(ctx, "UPDATE users SET ssn = $1 WHERE id = $2", canary+name, 1)
				require.NoError(t, err)
				inner, err := tx.Begin(ctx)
				require.NoError(t, err)
				_, err = inner.Exec(ctx, "UPDATE users SET ssn = $1 WHERE name = $2", "undone", "n")
				require.NoError(t, err)
				require.Equal(t, "undone", one[string](t, inner, "SELECT ssn FROM users WHERE id = 1"))
				require.NoError(t, inner.Rollback(ctx))
				_, err = inner.Exec(ctx, "SELECT 1")
				require.ErrorIs(t, err, pgx.ErrTxClosed)
				return pgx.BeginFunc(ctx, tx, func(inner pgx.Tx) error {
					_, err := inner.Exec(ctx, "UPDATE users SET ssn = $1 WHERE id = $2", "kept", 2)
					return err
				})
			}))
			require.Equal(t, canary+name, one[string](t, db, "SELECT ssn FROM users WHERE id = 1"))
			require.Equal(t, "kept", one[string](t, db, "SELECT ssn FROM users WHERE id = 2"))
			gone := errors.New("gone")
			require.ErrorIs(t, pgx.BeginTxFunc(ctx, db, pgx.TxOptions{}, func(tx pgx.Tx) error {
				_, err := tx.Exec(ctx, "DELETE FROM users WHERE email = $1", canary)
				require.NoError(t, err)
				return gone
			}), gone)
			require.EqualValues(t, 2, one[int](t, db, "SELECT count(*) FROM users WHERE email = $1", canary))
		})
	}
	w.sealed(t)
}

func TestATransactionThatWasBegunElsewhere(t *testing.T) {
	w := usersWorld(t)
	w.fill(t, 1)
	base, err := w.Bare().Begin(ctx)
	require.NoError(t, err)
	tx := w.Tx(base)
	_, err = tx.Exec(ctx, "UPDATE users SET email = $1 WHERE name = 'n'", canary+"2")
	require.NoError(t, err)
	require.NoError(t, base.Commit(ctx))
	require.Equal(t, canary+"2", one[string](t, w, "SELECT email FROM users"))
	w.sealed(t)
}

func TestTransactionsByHand(t *testing.T) {
	w := usersWorld(t)
	w.fill(t, 2)
	bare, err := w.Bare().Acquire(ctx)
	require.NoError(t, err)
	defer bare.Release()
	c := w.Conn(bare.Conn())
	_, err = c.Exec(ctx, "/* by hand */ BEGIN")
	require.NoError(t, err)
	_, err = c.Exec(ctx, "UPDATE users SET email = $1 WHERE name = $2", "undone", "n")
	require.NoError(t, err)
	_, err = c.Exec(ctx, "ROLLBACK")
	require.NoError(t, err)
	require.EqualValues(t, 2, one[int](t, c, "SELECT count(*) FROM users WHERE email = $1", canary))
	_, err = c.Exec(ctx, "UPDATE users SET email = $1, age = 1/(id-2) WHERE name = $2", "half", "n")
	require.Error(t, err)
	require.EqualValues(t, 2, one[int](t, c, "SELECT count(*) FROM users WHERE email = $1", canary))
}

// A table may come and go inside a transaction, which alone sees it.
func TestTablesThatATransactionMakes(t *testing.T) {
	w := configured(t, celltest.Ring(t), nil, func(c *pgxpool.Config) { c.MaxConns = 1 }, "CREATE TABLE other (id INT)", users())
	tx, err := w.Begin(ctx)
	require.NoError(t, err)
	const create = "CREATE TABLE users (id BIGINT PRIMARY KEY, email BYTEA, ssn BYTEA, ssn__tok BYTEA, email__eq BYTEA)"
	_, err = tx.Exec(ctx, create)
	require.NoError(t, err)
	_, err = tx.Exec(ctx, "INSERT INTO users VALUES (1, $1, NULL)", canary)
	require.NoError(t, err)
	inner, err := tx.Begin(ctx)
	require.NoError(t, err)
	_, err = inner.Exec(ctx, "ALTER TABLE users ADD COLUMN more TEXT")
	require.NoError(t, err)
	require.NoError(t, inner.QueryRow(ctx, "SELECT * FROM users").Scan(new(int), new(string), new(*string), new(*string)))
	require.NoError(t, inner.Rollback(ctx))
	var email string
	require.NoError(t, tx.QueryRow(ctx, "SELECT * FROM users").Scan(new(int), &email, new(*string)))
	require.Equal(t, canary, email)
	require.NoError(t, tx.Rollback(ctx))
	_, err = w.Exec(ctx, "INSERT INTO users VALUES (1, $1, NULL)", canary)
	harmless(t, err)
	w.run(t, create)
	w.run(t, "INSERT INTO users VALUES (1, $1, NULL)", canary)
	w.sealed(t)
}

// The catalogue is read over another connection while a transaction is under way; a pool
// of one has none left.
func TestAPoolOfOneConnection(t *testing.T) {
	w := configured(t, celltest.Ring(t), nil, func(c *pgxpool.Config) { c.MaxConns = 1 }, createUsers, users())
	tx, err := w.Begin(ctx)
	require.NoError(t, err)
	_, err = tx.Exec(ctx, "INSERT INTO users (id, email) VALUES (1, $1)", canary)
	require.NoError(t, err)
	require.NoError(t, tx.Commit(ctx))
	_, err = w.Exec(ctx, "UPDATE users SET email = $1 WHERE age IS NULL", canary+"2")
	require.NoError(t, err)
	rows, err := w.Query(ctx, "SELECT email FROM users")
	require.NoError(t, err)
	for rows.Next() {
	}
	require.NoError(t, rows.Err())
	var refused *ormhooks.StatementError
	_, err = w.Query(ctx, "SELECT email || 'x' FROM users")
	require.ErrorAs(t, err, &refused)
	require.NoError(t, w.Ping(ctx), "whatever happened, the connection came back")
}
