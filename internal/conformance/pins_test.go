package conformance

import (
	"testing"

	"github.com/cellseal/cellseal/ormhooks/schema"
)

// primaryIndexKey is the primary index key of celltest.Rotated.
const primaryIndexKey = 1004

// pinAll pins every unique index and every join group to one key, as must be while several are enabled.
func (w *world) pinAll(t testing.TB) {
	t.Helper()
	run(t, w.bare, `CREATE TABLE cellseal_index (table_name VARCHAR(64) NOT NULL, index_name VARCHAR(64) NOT NULL,
		column_name VARCHAR(64) NOT NULL, key_id BIGINT NOT NULL, state VARCHAR(16) NOT NULL,
		PRIMARY KEY (table_name, index_name, column_name))`)
	for table := range w.schema.Tables() {
		for _, x := range table.Indexes {
			if x.Pinned() {
				w.pin(t, table, x, primaryIndexKey)
			}
		}
	}
}

func (w *world) pin(t testing.TB, table *schema.Table, x *schema.Index, key int) {
	t.Helper()
	run(t, w.bare, w.SQL("INSERT INTO cellseal_index VALUES (?, ?, ?, ?, 'live')"), table.Name, x.Hidden(), x.Hidden(), key)
}
