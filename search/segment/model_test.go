package segment_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/segment"
)

// A model is what an index should hold: the keys of each document.
type model map[int][]int

func (m model) with(k int) []int {
	out := []int{}
	for d, keys := range m {
		if slices.Contains(keys, k) {
			out = append(out, d)
		}
	}
	slices.Sort(out)
	return out
}

// between are the pairs of key and document with from <= key < to, in order.
func (m model) between(from, to int) [][2]int {
	out := [][2]int{}
	for d, keys := range m {
		for _, k := range keys {
			if k >= from && k < to {
				out = append(out, [2]int{k, d})
			}
		}
	}
	slices.SortFunc(out, func(a, b [2]int) int { return cmp.Or(a[0]-b[0], a[1]-b[1]) })
	return slices.Compact(out)
}

func (m model) clone() model {
	out := model{}
	for d, keys := range m {
		out[d] = keys
	}
	return out
}

const manyKeys = 60

// A player makes random steps on an index and on its model, and compares them.
type player struct {
	t     *testing.T
	r     *rand.Rand
	db    testdb.DB
	o     *segment.Options
	ring  *keys.Ring
	store *segment.Store
	x     *segment.Index
	m     model
}

func TestRandomStepsAgreeWithAMap(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		for seed := range uint64(steps(2)) {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				p := &player{t: t, r: rand.New(rand.NewPCG(seed, 7)), db: db, ring: newRing(t), m: model{}}
				p.o = &segment.Options{FlushRows: 10, Fanout: 2 + p.r.IntN(3), Grace: time.Millisecond, Prefix: fmt.Sprintf("s%d_", seed)}
				p.store = newStore(t, db, p.o)
				p.x = newIndex(t, p.store, p.ring, shape)
				for range 150 {
					p.step()
				}
				p.all(segment.SQL(db.DB), p.m)
			})
		}
	})
}

func (p *player) step() {
	pool := segment.SQL(p.db.DB)
	switch n := p.r.IntN(100); {
	case n < 55:
		p.transaction()
	case n < 70:
		p.some(pool, p.m)
	case n < 78:
		require.NoError(p.t, p.x.Flush(ctx, pool))
	case n < 84:
		require.NoError(p.t, p.x.Merge(ctx, pool))
	case n < 88:
		require.NoError(p.t, segment.Maintain(ctx, pool, &segment.MaintainOptions{Once: true, All: p.r.IntN(2) == 0, Rekey: p.r.IntN(2) == 0}, p.x))
	case n < 92: // what is kept in memory is forgotten
		p.store = segment.NewStore(dialects[p.db.Dialect], p.o)
		p.x = newIndex(p.t, p.store, p.ring, shape)
	case n < 95: // and so small that nothing fits
		o := *p.o
		o.CacheBytes = 1 + p.r.IntN(2000)
		p.x = newIndex(p.t, segment.NewStore(dialects[p.db.Dialect], &o), p.ring, shape)
	case n < 97:
		p.ring = rotated(p.t, p.ring)
		p.x = newIndex(p.t, p.store, p.ring, shape)
	case n < 99:
		require.NoError(p.t, p.x.Rekey(ctx, pool))
		st, err := p.x.Stats(ctx, pool)
		require.NoError(p.t, err)
		require.Equal(p.t, []uint32{primary(p.ring)}, st.Keys)
	default:
		faults, err := p.x.Verify(ctx, pool)
		require.NoError(p.t, err)
		require.Empty(p.t, faults)
	}
}

func primary(ring *keys.Ring) uint32 {
	for k := range ring.IndexKeys().Keys() {
		if k.Primary {
			return k.ID
		}
	}
	return 0
}

// transaction writes some documents, looks at them from inside, and commits or not.
func (p *player) transaction() {
	tx, err := p.db.Begin()
	require.NoError(p.t, err)
	defer tx.Rollback()
	c, m := segment.SQLTx(tx), p.m.clone()
	for range 1 + p.r.IntN(6) {
		p.change(c, m)
	}
	if p.r.IntN(4) == 0 {
		p.some(c, m)
	}
	if p.r.IntN(5) > 0 {
		require.NoError(p.t, tx.Commit())
		p.m = m
	}
}

func (p *player) change(c segment.Conn, m model) {
	d := p.r.IntN(40)
	op, some := segment.Added, []int{}
	for range p.r.IntN(20) {
		some = append(some, int(p.r.ExpFloat64()*10)%manyKeys) // a few are frequent, and repeat
	}
	if _, there := m[d]; there || p.r.IntN(4) == 0 {
		op = segment.Replaced
		if p.r.IntN(3) == 0 {
			op, some = segment.Removed, nil
		}
	}
	write(p.t, p.x, c, op, d, some...)
	if m[d] = some; op == segment.Removed {
		delete(m, d)
	}
}

// some asks for random keys and a random range.
func (p *player) some(c segment.Conn, m model) {
	var keys []int
	for range 1 + p.r.IntN(5) {
		keys = append(keys, p.r.IntN(manyKeys))
	}
	for i, found := range lookup(p.t, p.x, c, keys...) {
		require.Equal(p.t, m.with(keys[i]), found)
	}
	from := p.r.IntN(manyKeys)
	p.scan(c, m, from, from+p.r.IntN(manyKeys), p.r.IntN(2) == 0)
}

func (p *player) all(c segment.Conn, m model) {
	for k := range manyKeys {
		require.Equal(p.t, m.with(k), lookup(p.t, p.x, c, k)[0])
	}
	p.scan(c, m, 0, manyKeys, true)
	p.scan(c, m, 0, manyKeys, false)
}

// scan reads a range in pages of random size, now and then with a new cursor.
func (p *player) scan(c segment.Conn, m model, from, to int, descending bool) {
	want := m.between(from, to)
	if descending {
		slices.Reverse(want)
	}
	lo, hi := key(from), key(to)
	if from == 0 {
		lo = nil
	}
	if to >= manyKeys {
		hi = nil
	}
	got := [][2]int{}
	cursor := view(p.t, p.x, c).Scan(lo, hi, descending, nil)
	for {
		entries, err := cursor.Next(ctx, 1+p.r.IntN(30))
		require.NoError(p.t, err)
		if len(entries) == 0 {
			break
		}
		for _, e := range entries {
			got = append(got, [2]int{number(e.Key), number(e.Doc)})
		}
		if p.r.IntN(3) == 0 {
			cursor = view(p.t, p.x, c).Scan(lo, hi, descending, &entries[len(entries)-1])
		}
	}
	if to >= manyKeys {
		want = m.between(from, manyKeys)
		if descending {
			slices.Reverse(want)
		}
	}
	require.Equal(p.t, want, got)
}
