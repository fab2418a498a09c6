package listed_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/dialect"
	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/segment"
	"github.com/cellseal/cellseal/search/sorted"
	"github.com/cellseal/cellseal/search/text"
)

var dialects = map[string]dialect.Dialect{testdb.SQLite: dialect.SQLite, testdb.Postgres: dialect.PostgreSQL, testdb.MySQL: dialect.MySQL}

// A place is a database with the tables of segments.
type place struct {
	segment.DB
	dialect dialect.Dialect
	store   *segment.Store
}

func newPlace(t testing.TB, db testdb.DB, o *segment.Options) *place {
	p := &place{segment.SQL(db.DB), dialects[db.Dialect], segment.NewStore(dialects[db.Dialect], o)}
	for _, statement := range p.store.DDL() {
		_, err := db.Exec(statement)
		require.NoError(t, err, statement)
	}
	return p
}

func derive(t testing.TB, from keys.Source, path ...keys.Label) *keys.Derived {
	d, err := from.Index(t.Context(), path...)
	require.NoError(t, err)
	return d
}

func (p *place) text(t testing.TB, from keys.Source, label keys.Label) *text.Index {
	return text.New(derive(t, from, keys.Table("patients"), label), p.store, nil)
}

func (p *place) sorted(t testing.TB, from keys.Source, label keys.Label, typ search.Type) *sorted.Index {
	return sorted.New(derive(t, from, keys.Table("patients"), label), p.store, &sorted.Options{Type: typ})
}

func newRing(t testing.TB) *keys.Ring {
	ring, err := keys.NewRing()
	require.NoError(t, err)
	return ring
}

// rotation is a ring before its key is rotated, in between and after.
func rotation(t testing.TB) [3]*keys.Ring {
	before := newRing(t)
	with := func(ks *keys.Keyset, err error) *keys.Ring {
		require.NoError(t, err)
		ring, err := before.WithIndexKeys(ks)
		require.NoError(t, err)
		return ring
	}
	old := before.IndexKeys().Primary()
	ks, id, err := before.IndexKeys().Add()
	require.NoError(t, err)
	both := with(ks.Promote(id))
	return [3]*keys.Ring{before, both, with(both.IndexKeys().Disable(old))}
}

// maintain does some of what maintenance does, or all of it.
func (p *place) maintain(t testing.TB, r *rand.Rand, x search.Segmented) {
	switch r.IntN(4) {
	case 0:
		require.NoError(t, x.Segments().Flush(t.Context(), p))
	case 1:
		require.NoError(t, x.Segments().Merge(t.Context(), p))
	case 2:
		require.NoError(t, search.Maintain(t.Context(), p, &segment.MaintainOptions{Once: true, All: true}, x))
	}
}

func (p *place) rekey(t testing.TB, x search.Segmented) {
	require.NoError(t, search.Maintain(t.Context(), p, &segment.MaintainOptions{Once: true, All: true, Rekey: true}, x))
}

func ids(docs [][]byte) []int64 {
	list := []int64{}
	for _, d := range docs {
		list = append(list, search.IntOf(d))
	}
	return list
}

// steps is n, or as many times more as CELLSEAL_TEST_STEPS says.
func steps(n int) int {
	if times, err := strconv.Atoi(os.Getenv("CELLSEAL_TEST_STEPS")); err == nil {
		return n * times
	}
	return n
}
