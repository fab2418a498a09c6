package pgxcell_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// While a unique index moves to another key it has two columns, and the server may refuse an
// upsert because of the one that ON CONFLICT does not name: then it is sent again.
func TestUpsertsWhileAUniqueIndexMoves(t *testing.T) {
	table := schema.Table{
		Name: "members", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{{Name: "id", Type: "int"}, {Name: "email", Mode: schema.ModeSeal, Type: "text"}},
		Indexes: []*schema.Index{{Kind: "exact", Unique: true, Columns: []search.Column{{Name: "email"}}}},
	}
	w := open(t, celltest.Rotated(t), nil, `CREATE TABLE members (id BIGINT PRIMARY KEY, email BYTEA, n INT DEFAULT 0, email__eq2 BYTEA UNIQUE, email__eq BYTEA UNIQUE);
		CREATE TABLE cellseal_index (table_name TEXT, index_name TEXT, column_name TEXT, key_id BIGINT, state TEXT);
		INSERT INTO cellseal_index VALUES ('members', 'email__eq', 'email__eq', 1002, 'live'), ('members', 'email__eq', 'email__eq2', 1004, 'building')`, table)
	const upsert = "INSERT INTO members (id, email) VALUES ($1, $2) ON CONFLICT (email) DO UPDATE SET n = members.n + 1 RETURNING email"
	run := func(db DBTX, g, i int) error {
		email := fmt.Sprint(canary, i)
		if g%2 == 0 {
			_, err := db.Exec(ctx, upsert, modes[g%len(modes)], 100*g+i+1, email)
			return err
		}
		var got string
		err := db.QueryRow(ctx, upsert, modes[g%len(modes)], 100*g+i+1, email).Scan(&got)
		if err == nil && got != email {
			err = fmt.Errorf("another's e-mail")
		}
		return err
	}
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 20 {
				var err error
				switch {
				case g < 4:
					err = run(w, g, i)
				case g == 4:
					err = w.byHand(func(c DBTX) error { return run(c, g, i) })
				default:
					err = pgx.BeginFunc(ctx, w, func(tx pgx.Tx) error { return run(tx, g, i) })
				}
				if err != nil {
					t.Errorf("%d, %d: %v", g, i, err)
				}
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 20, one[int](t, w, "SELECT count(*) FROM members"))
	require.EqualValues(t, 140, one[int](t, w, "SELECT sum(n) FROM members"))
	w.sealed(t)
}

func TestQuotesAreReadAsTheServerDoes(t *testing.T) {
	w := usersWorld(t)
	w.fill(t, 1)
	config := w.Bare().Config().ConnConfig
	config.RuntimeParams["standard_conforming_strings"] = "off"
	other, err := pgx.ConnectConfig(ctx, config)
	require.NoError(t, err)
	defer other.Close(ctx)
	_, err = w.Conn(other).Exec(ctx, "SELECT 1")
	require.ErrorContains(t, err, "reads quotes in another way")
	c := wrapConn(other, w)
	require.EqualValues(t, 1, one[int](t, c, `SELECT 1 FROM users WHERE email = 'it\'s' OR id = 1`))
	config.RuntimeParams["client_encoding"] = "GBK"
	gbk, err := pgx.ConnectConfig(ctx, config)
	require.NoError(t, err)
	defer gbk.Close(ctx)
	_, err = wrapConn(gbk, w).Exec(ctx, "SELECT 1")
	require.ErrorContains(t, err, "client_encoding")
}
