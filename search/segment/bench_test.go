package segment_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/search/segment"
)

// BenchmarkWrite writes documents from 8 goroutines, each in a transaction of its own: without an index, and
// with one of 20 keys a document that is maintained at the same time.
func BenchmarkWrite(b *testing.B) {
	for _, indexed := range []bool{false, true} {
		b.Run(map[bool]string{false: "none", true: "indexed"}[indexed], func(b *testing.B) {
			testdb.EachB(b, func(b *testing.B, db testdb.DB) { benchWrite(b, db, indexed) })
		})
	}
}

func benchWrite(b *testing.B, db testdb.DB, indexed bool) {
	db.SetMaxIdleConns(16)
	x := newIndex(b, newStore(b, db, nil), newRing(b), shape)
	db.Run(b, "CREATE TABLE docs (id "+db.Types.Int+" PRIMARY KEY, body "+db.Types.Blob+")")
	insert := db.SQL("INSERT INTO docs (id, body) VALUES (?, ?)")
	stop := maintained(b, db, x, indexed)
	var last atomic.Int64
	body := make([]byte, 400)
	if db.Dialect == testdb.SQLite {
		db.SetMaxOpenConns(2) // one writes at a time there, and waiting in the pool is fairer than in the file's lock
	}
	b.SetParallelism(4)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			id := last.Add(1)
			tx, err := db.Begin()
			require.NoError(b, err)
			_, err = tx.Exec(insert, id, body)
			require.NoError(b, err)
			if indexed {
				require.NoError(b, x.Write(ctx, segment.SQLTx(tx), segment.Added, doc(int(id)), wordsOf(int(id))))
			}
			require.NoError(b, tx.Commit())
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "docs/s")
	stop()
}

// maintained maintains the index until the returned function is called.
func maintained(b *testing.B, db testdb.DB, x *segment.Index, really bool) func() {
	if !really {
		return func() {}
	}
	within, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = segment.Maintain(within, segment.SQL(db.DB), &segment.MaintainOptions{Every: 50 * time.Millisecond}, x)
	}()
	return func() { cancel(); <-done }
}

// wordsOf are 20 keys of a document, of 20 000 that hashes would give.
func wordsOf(id int) [][]byte {
	r := rand.New(rand.NewPCG(uint64(id), 1))
	var all [][]byte
	for range 20 {
		all = append(all, word(r.IntN(20000)))
	}
	return all
}

func word(n int) []byte {
	h := rand.New(rand.NewPCG(uint64(n), 2))
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, h.Uint64()), h.Uint64())
}

// postings is how many a benchmark of look-ups has: CELLSEAL_BENCH_POSTINGS.
func postings() int {
	if n, err := strconv.Atoi(os.Getenv("CELLSEAL_BENCH_POSTINGS")); err == nil {
		return n
	}
	return 100_000
}

// BenchmarkLookup asks for a key that 1 000 documents have and for one that 50 have; the cost of both as the
// index grows 10 and 100 times is that of more segments to be asked, up to Fanout − 1 a level, and hardly that of more pages:
// those that hold the answer are as many, and found by a binary search in memory.
func BenchmarkLookup(b *testing.B) {
	for _, n := range []int{postings() / 100, postings() / 10, postings()} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			testdb.EachB(b, func(b *testing.B, db testdb.DB) { benchLookup(b, db, n) })
		})
	}
}

func benchLookup(b *testing.B, db testdb.DB, n int) {
	o, ring := &segment.Options{Grace: time.Second}, newRing(b)
	x := newIndex(b, newStore(b, db, o), ring, shape)
	c := segment.SQL(db.DB)
	docs := n / 20
	every := max(1, docs/1000)
	fill(b, db, x, docs, func(id int) [][]byte {
		words := wordsOf(id)
		if id%every == 0 && id/every < 1000 {
			words[0] = word(-1)
		}
		return words
	})
	b.Run("1000", func(b *testing.B) {
		for b.Loop() {
			found, err := view(b, x, c).Lookup(ctx, word(-1))
			require.NoError(b, err)
			require.Len(b, found[0], min(1000, docs))
		}
	})
	b.Run("rare", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			_, err := view(b, x, c).Lookup(ctx, word(i%20000))
			require.NoError(b, err)
		}
	})
	b.Run("cold", func(b *testing.B) { // another process: nothing is in memory yet
		for b.Loop() {
			b.StopTimer()
			x := newIndex(b, segment.NewStore(dialects[db.Dialect], o), ring, shape)
			b.StartTimer()
			_, err := view(b, x, c).Lookup(ctx, word(-1))
			require.NoError(b, err)
		}
	})
	sizes(b, db, x)
}

// fill writes documents and maintains the index as it grows.
func fill(b *testing.B, db testdb.DB, x *segment.Index, docs int, keys func(id int) [][]byte) {
	b.Helper()
	c := segment.SQL(db.DB)
	const some = 1000
	for id := 0; id < docs; {
		tx, err := db.Begin()
		require.NoError(b, err)
		for range some {
			if id < docs {
				require.NoError(b, x.Write(ctx, segment.SQLTx(tx), segment.Added, doc(id), keys(id)))
				id++
			}
		}
		require.NoError(b, tx.Commit())
		require.NoError(b, segment.Maintain(ctx, c, &segment.MaintainOptions{Once: true}, x))
	}
	require.NoError(b, segment.Maintain(ctx, c, &segment.MaintainOptions{Once: true, All: true}, x))
	if db.Dialect == testdb.Postgres {
		db.Run(b, "VACUUM ANALYZE")
	}
}

// sizes reports what an entry takes on disk: as it is after many merges, and packed.
func sizes(b *testing.B, db testdb.DB, x *segment.Index) {
	st, err := x.Stats(ctx, segment.SQL(db.DB))
	require.NoError(b, err)
	for deadline := time.Now().Add(time.Minute); ; { // what was replaced has its grace
		var parts, segments int
		db.Scan(b, "SELECT COUNT(*) FROM cellseal_parts", nil, &parts)
		for _, n := range st.Segments {
			segments += n
		}
		if parts == segments || time.Now().After(deadline) {
			break
		}
		time.Sleep(100 * time.Millisecond)
		require.NoError(b, segment.Maintain(ctx, segment.SQL(db.DB), &segment.MaintainOptions{Once: true}, x))
	}
	how := map[string]struct{ look, size, pack string }{
		testdb.Postgres: {"ANALYZE cellseal_pages", "SELECT pg_total_relation_size('cellseal_pages')", "VACUUM FULL cellseal_pages"},
		testdb.MySQL:    {"ANALYZE TABLE cellseal_pages", "SELECT data_length + index_length FROM information_schema.tables WHERE table_name = 'cellseal_pages' AND table_schema = DATABASE()", "OPTIMIZE TABLE cellseal_pages"},
		testdb.SQLite:   {"ANALYZE", "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()", "VACUUM"},
	}[db.Dialect]
	var live, packed int64
	for _, step := range []struct {
		statement string
		size      *int64
	}{{how.look, &live}, {how.pack, &packed}} {
		_, err := db.Exec(step.statement)
		require.NoError(b, err)
		db.Scan(b, how.size, nil, step.size)
	}
	b.Run("size", func(b *testing.B) {
		for b.Loop() {
		}
		b.ReportMetric(float64(live)/float64(st.Entries), "live-B/entry")
		b.ReportMetric(float64(packed)/float64(st.Entries), "B/entry")
	})
	b.Logf("%s: %d entries in %d pages, segments by level %v", db.Dialect, st.Entries, st.Pages, st.Segments)
}
