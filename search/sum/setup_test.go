package sum_test

import (
	"context"
	"database/sql"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/sum"
)

var dialects = map[string]search.Dialect{testdb.SQLite: search.SQLite, testdb.Postgres: search.PostgreSQL, testdb.MySQL: search.MySQL}

// conn is a sum.Conn over what *sql.DB and *sql.Tx have in common.
type conn struct {
	c interface {
		ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	}
}

func (c conn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	r, err := c.c.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (c conn) Query(ctx context.Context, query string, args ...any) (all [][]any, err error) {
	rows, err := c.c.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		all = append(all, values)
	}
	return all, rows.Err()
}

func newRing(t testing.TB) *keys.Ring {
	ring, err := keys.NewRing()
	require.NoError(t, err)
	return ring
}

// fixedKeys is the index keyset of the published vectors.
func fixedRing(t testing.TB, index string) *keys.Ring {
	read := func(s string) *keyset.Handle {
		h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(strings.NewReader(s)))
		require.NoError(t, err)
		return h
	}
	ring, err := keys.NewRingFromHandles(newRing(t).CellKeys().Handle(), read(index))
	require.NoError(t, err)
	return ring
}

// rotated returns the ring with a new primary index key beside the others.
func rotated(t testing.TB, ring *keys.Ring) *keys.Ring {
	ks, id, err := ring.IndexKeys().Add()
	require.NoError(t, err)
	ks, err = ks.Promote(id)
	require.NoError(t, err)
	ring, err = ring.WithIndexKeys(ks)
	require.NoError(t, err)
	return ring
}

func index(t testing.TB, from keys.Source, label keys.Label, o sum.Options) *sum.Index {
	d, err := from.Index(t.Context(), keys.Table("invoices"), label)
	require.NoError(t, err)
	return sum.NewIndex(d, o)
}

func byClinic(t testing.TB, from keys.Source, db testdb.DB) *sum.Index {
	return index(t, from, sum.Label("amount", "clinic"), sum.Options{Dialect: dialects[db.Dialect], By: []search.Type{search.Int}})
}

var invoices = sum.Table{Name: "invoices", Column: "amount", By: []string{"clinic"}}

// create makes the table of the tests: cell holds the value in clear, as what is compared with.
func create(t testing.TB, db testdb.DB, x *sum.Index, table sum.Table) {
	db.Run(t, "CREATE TABLE invoices (id "+db.Types.Int+" PRIMARY KEY, clinic "+db.Types.Int+", day "+db.Types.Int+", cell "+db.Types.Int+")")
	for _, q := range append(sum.DDL(dialects[db.Dialect]), x.DDL(table)...) {
		db.Run(t, q)
	}
}

func inTx(t testing.TB, db testdb.DB, f func(tx *sql.Tx, c conn)) {
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	f(tx, conn{tx})
	require.NoError(t, tx.Commit())
}

type hexBytes []byte

func (h hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

func (h *hexBytes) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	*h = b
	return err
}
