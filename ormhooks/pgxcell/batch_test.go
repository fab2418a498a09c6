package pgxcell_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

func TestBatches(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode.String(), func(t *testing.T) {
			w := configured(t, celltest.Ring(t), nil, func(c *pgxpool.Config) { c.ConnConfig.DefaultQueryExecMode = mode }, createUsers, users())
			b := &pgx.Batch{}
			for id := range 3 {
				b.Queue("INSERT INTO users (id, email, ssn) VALUES (@id, @email, @email)", pgx.NamedArgs{"id": id + 1, "email": canary})
			}
			b.Queue("INSERT INTO plain VALUES ($1, $2)", 1, "x")
			require.NoError(t, w.SendBatch(ctx, b).Close())
			w.sealed(t)

			b = &pgx.Batch{}
			var seen []string
			b.Queue("SELECT note FROM plain").QueryRow(func(r pgx.Row) error { return r.Scan(new(string)) })
			b.Queue("UPDATE users SET ssn = $1 WHERE id = $2", canary+"2", 1)
			b.Queue("SELECT id, email FROM users WHERE email = $1 ORDER BY id", canary).Query(func(rows pgx.Rows) error {
				all, err := pgx.CollectRows(rows, pgx.RowToMap)
				for _, r := range all {
					seen = append(seen, r["email"].(string))
				}
				return err
			})
			b.Queue("DELETE FROM users WHERE id = $1", 2).Exec(func(tag pgconn.CommandTag) error {
				require.EqualValues(t, 1, tag.RowsAffected())
				return nil
			})
			b.Queue("SELECT ssn FROM users WHERE id = $1", 1).QueryRow(func(r pgx.Row) error {
				var s string
				err := r.Scan(&s)
				seen = append(seen, s)
				return err
			})
			require.NoError(t, w.SendBatch(ctx, b).Close())
			require.Equal(t, []string{canary, canary, canary, canary + "2"}, seen)

			b = &pgx.Batch{}
			b.Queue("SELECT email FROM users WHERE id = 3")
			b.Queue("UPDATE users SET email = 'y' WHERE id = 3")
			b.Queue("SELECT email FROM users WHERE email = $1", "Y")
			br := w.SendBatch(ctx, b)
			var email string
			require.NoError(t, br.QueryRow().Scan(&email))
			require.Equal(t, canary, email)
			tag, err := br.Exec()
			require.NoError(t, err)
			require.EqualValues(t, 1, tag.RowsAffected())
			rows, err := br.Query()
			require.NoError(t, err)
			require.True(t, rows.Next())
			require.NoError(t, rows.Scan(&email))
			require.Equal(t, "y", email)
			rows.Close()
			_, err = br.Query()
			require.ErrorContains(t, err, "no more results in batch")
			require.Nil(t, br.Tx())
			br.Close()
			w.sealed(t)
		})
	}
}

func TestABatchThatBeginsATransaction(t *testing.T) {
	w := usersWorld(t)
	w.fill(t, 1)
	b := &pgx.Batch{}
	b.BeginTx(pgx.TxOptions{})
	b.Queue("UPDATE users SET email = $1 WHERE id = 1", "in a batch")
	br := w.SendBatch(ctx, b)
	tx := br.Tx()
	require.NotNil(t, tx)
	require.NoError(t, br.Close())
	require.Equal(t, "in a batch", one[string](t, tx, "SELECT email FROM users"))
	_, err := tx.Exec(ctx, "UPDATE users SET email = $1 WHERE name = 'n'", canary+"2")
	require.NoError(t, err)
	require.NoError(t, tx.Rollback(ctx))
	require.Equal(t, canary, one[string](t, w, "SELECT email FROM users"))
	w.sealed(t)
}

func TestWhatABatchCannotCarryIsRefusedAsAWhole(t *testing.T) {
	w := usersWorld(t)
	w.fill(t, 2)
	for _, refusedOne := range []string{"UPDATE users SET email = $1 WHERE name = 'n'", "SELECT 1 FROM users WHERE email LIKE $1"} {
		b := &pgx.Batch{}
		b.Queue("DELETE FROM users")
		b.Queue(refusedOne, canary)
		br := w.SendBatch(ctx, b)
		var refused *ormhooks.StatementError
		_, err := br.Exec()
		require.ErrorAs(t, harmless(t, err), &refused)
		require.ErrorAs(t, br.Close(), &refused)
		require.EqualValues(t, 2, one[int](t, w, "SELECT count(*) FROM users"))
	}
}

func TestAnErrorInABatch(t *testing.T) {
	w := usersWorld(t)
	w.fill(t, 1)
	b := &pgx.Batch{}
	b.Queue("UPDATE users SET email = $1 WHERE id = 1", "undone")
	b.Queue("INSERT INTO users (id, email) VALUES (1, $1)", canary)
	harmless(t, w.SendBatch(ctx, b).Close())
	require.Equal(t, canary, one[string](t, w, "SELECT email FROM users"))
}
