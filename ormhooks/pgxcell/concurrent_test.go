package pgxcell_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// Many goroutines, few connections, and keys that change meanwhile.
func TestConcurrency(t *testing.T) {
	live := keys.NewLive(celltest.Ring(t), nil)
	w := configured(t, live, nil, func(c *pgxpool.Config) { c.MaxConns = 4 }, createUsers, users())
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 15 {
				id, email := int64(g*100+i+1), fmt.Sprint(canary, g, "-", i)
				if err := work(w, id, email, modes[(g+i)%len(modes)]); err != nil {
					t.Errorf("%d: %v", id, err)
					return
				}
			}
		})
	}
	for range 3 {
		rotate(t, live)
		w.run(t, "CREATE TABLE IF NOT EXISTS other (id INT)")
	}
	all.Wait()
	require.EqualValues(t, 8*15, one[int](t, w, "SELECT count(*) FROM users"))
	w.sealed(t)
}

// Those who hold the pool's connections and wait for the catalogue must not wait for one who
// reads it and waits for a connection.
func TestTheCatalogueDoesNotWaitForThePool(t *testing.T) {
	w := configured(t, celltest.Ring(t), nil, func(c *pgxpool.Config) { c.MaxConns = 2 }, createUsers, users())
	for round := range 10 {
		var all sync.WaitGroup
		for g := range 8 {
			all.Go(func() {
				var err error
				if g%2 == 0 {
					_, err = w.Exec(ctx, "DELETE FROM users WHERE email = $1", canary)
				} else {
					err = pgx.BeginFunc(ctx, w, func(tx pgx.Tx) error {
						_, err := tx.Exec(ctx, "DELETE FROM users WHERE email = $1", canary)
						return err
					})
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		w.run(t, fmt.Sprint("CREATE TABLE other", round, " (id INT)")) // the catalogue is old
	}
}

func work(w world, id int64, email string, mode pgx.QueryExecMode) error {
	if _, err := w.Exec(ctx, "INSERT INTO users (id, email, name) VALUES ($1, $2, $3)", mode, id, email, fmt.Sprint("n", id)); err != nil {
		return err
	}
	var found int64
	if err := w.QueryRow(ctx, "SELECT id FROM users WHERE email = $1", mode, email).Scan(&found); err != nil || found != id {
		return fmt.Errorf("found %d: %w", found, err)
	}
	err := pgx.BeginFunc(ctx, w, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "UPDATE users SET ssn = $1 WHERE name = $2", mode, email, fmt.Sprint("n", id)); err != nil {
			return err
		}
		b := &pgx.Batch{}
		b.Queue("UPDATE users SET email = $1 WHERE id = $2", email+"!", id)
		b.Queue("SELECT email FROM users WHERE id = $1", id).QueryRow(func(r pgx.Row) error {
			var s string
			if err := r.Scan(&s); err != nil || s != email+"!" {
				return fmt.Errorf("another's value: %w", err)
			}
			return nil
		})
		return tx.SendBatch(ctx, b).Close()
	})
	if err != nil {
		return err
	}
	rows, err := w.Query(ctx, "SELECT ssn FROM users WHERE email = $1", mode, email+"!")
	if err != nil {
		return err
	}
	s, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[string])
	if err == nil && s != email {
		err = fmt.Errorf("another's value")
	}
	return err
}
