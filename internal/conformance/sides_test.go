package conformance

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"
)

// lists makes the tables of the lists.
func (w *world) lists(t testing.TB) {
	t.Helper()
	lists(t, w.bare, w.Dialect)
}

// sides are what a step runs on: the pools of a world and of its twin, or a transaction on each.
type sides struct {
	w        *world
	on, twin runner
	txs      []*sql.Tx
}

func (w *world) sides() *sides { return &sides{w: w, on: w.DB.DB, twin: w.twin.DB} }

func (b *sides) begin(t testing.TB) {
	t.Helper()
	for _, db := range []*sql.DB{b.w.DB.DB, b.w.twin.DB} {
		tx, err := db.Begin()
		require.NoError(t, err)
		b.txs = append(b.txs, tx)
	}
	b.on, b.twin = b.txs[0], b.txs[1]
}

// end ends the transactions, if there are some.
func (b *sides) end(t testing.TB, commit bool) {
	t.Helper()
	for _, tx := range b.txs {
		if commit {
			require.NoError(t, tx.Commit())
		} else {
			require.NoError(t, tx.Rollback())
		}
	}
	*b = *b.w.sides()
}

// savepoint runs a statement on savepoints, if there are transactions.
func (b *sides) savepoint(t testing.TB, text string) {
	t.Helper()
	for _, tx := range b.txs {
		_, err := tx.ExecContext(ctx, text)
		require.NoError(t, err)
	}
}
