package segment_test

import (
	"context"
	"encoding/binary"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/dialect"
	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/segment"
)

var ctx = context.Background()

var dialects = map[string]dialect.Dialect{testdb.SQLite: dialect.SQLite, testdb.Postgres: dialect.PostgreSQL, testdb.MySQL: dialect.MySQL}

// shape is of the indexes of most tests: words over integer row ids.
var shape = segment.Shape{Key: 16, Doc: 8, Room: 8}

// steps is how much longer than by default random tests run: CELLSEAL_TEST_STEPS.
func steps(n int) int {
	if factor, err := strconv.Atoi(os.Getenv("CELLSEAL_TEST_STEPS")); err == nil {
		return n * factor
	}
	return n
}

func newRing(t testing.TB) *keys.Ring {
	t.Helper()
	ring, err := keys.NewRing()
	require.NoError(t, err)
	return ring
}

// rotated returns the ring with a new primary index key.
func rotated(t testing.TB, ring *keys.Ring) *keys.Ring {
	t.Helper()
	ks, id, err := ring.IndexKeys().Add()
	require.NoError(t, err)
	ks, err = ks.Promote(id)
	require.NoError(t, err)
	ring, err = ring.WithIndexKeys(ks)
	require.NoError(t, err)
	return ring
}

// newStore makes the tables and a Store on them.
func newStore(t testing.TB, db testdb.DB, o *segment.Options) *segment.Store {
	t.Helper()
	store := segment.NewStore(dialects[db.Dialect], o)
	for range 2 { // the second time does no harm
		for _, statement := range store.DDL() {
			db.Run(t, statement)
		}
	}
	return store
}

func newIndex(t testing.TB, store *segment.Store, source keys.Source, s segment.Shape) *segment.Index {
	t.Helper()
	d, err := source.Index(ctx, keys.Scope("tenant", "secret-tenant"), keys.Table("patients"), keys.Index("notes", "words", "fold.v1"))
	require.NoError(t, err)
	return store.Index(d, s)
}

// key returns the n-th key, in order.
func key(n int) []byte { return binary.BigEndian.AppendUint64(make([]byte, 8, 16), uint64(n)) }

// doc returns the n-th document.
func doc(n int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

func number(b []byte) int { return int(binary.BigEndian.Uint64(b[len(b)-8:])) }

func numbers(list [][]byte) []int {
	out := []int{}
	for _, b := range list {
		out = append(out, number(b))
	}
	return out
}

func write(t testing.TB, x *segment.Index, c segment.Conn, op segment.Op, d int, keys ...int) {
	t.Helper()
	var list [][]byte
	for _, k := range keys {
		list = append(list, key(k))
	}
	require.NoError(t, x.Write(ctx, c, op, doc(d), list))
}

func view(t testing.TB, x *segment.Index, c segment.Conn) *segment.View {
	t.Helper()
	v, err := x.View(ctx, c)
	require.NoError(t, err)
	return v
}

func lookup(t testing.TB, x *segment.Index, c segment.Conn, keys ...int) [][]int {
	t.Helper()
	var list [][]byte
	for _, k := range keys {
		list = append(list, key(k))
	}
	found, err := view(t, x, c).Lookup(ctx, list...)
	require.NoError(t, err)
	out := make([][]int, len(found))
	for i := range found {
		out[i] = numbers(found[i])
	}
	return out
}

// together runs work in one transaction.
func together(t testing.TB, db testdb.DB, work func(c segment.Conn)) {
	t.Helper()
	tx, err := db.Begin()
	require.NoError(t, err)
	defer tx.Rollback()
	work(segment.SQLTx(tx))
	require.NoError(t, tx.Commit())
}

// otherIndex is the key of an index that newIndex does not make.
func otherIndex(t testing.TB) *keys.Derived {
	t.Helper()
	d, err := newRing(t).Index(ctx, keys.Table("patients"), keys.Index("name", "substring", ""))
	require.NoError(t, err)
	return d
}
