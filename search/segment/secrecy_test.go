package segment_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/search/segment"
)

func TestNothingPlainIsStored(t *testing.T) {
	db := testdb.OpenSQLite(t)
	x, c := newIndex(t, newStore(t, db, nil), newRing(t), shape), segment.SQL(db.DB)
	canaries := [][]byte{[]byte("canary-key-16byt"), []byte("docanary"), []byte("secret-tenant"), []byte("notes")}
	look := func() {
		all := db.Bytes(t)
		require.Greater(t, len(all), 4096)
		for _, b := range canaries {
			require.False(t, bytes.Contains(all, b), "%s is in the file", b)
		}
	}
	for range 2 {
		require.NoError(t, x.Write(ctx, c, segment.Replaced, canaries[1], canaries[:1]))
		look()
		require.NoError(t, x.Flush(ctx, c))
		look()
	}
}

func TestNothingPrintsWhatItHolds(t *testing.T) {
	db := testdb.OpenSQLite(t)
	store := newStore(t, db, nil)
	x, c := newIndex(t, store, newRing(t), shape), segment.SQL(db.DB)
	require.NoError(t, x.Write(ctx, c, segment.Added, []byte("docanary"), [][]byte{[]byte("canary-key-16byt")}))
	v := view(t, x, c)
	cursor := v.Scan(nil, nil, false, nil)
	entries, err := cursor.Next(ctx, 1)
	require.NoError(t, err)
	for _, secret := range []any{store, *store, x, *x, v, *v, cursor, *cursor, entries[0], &entries[0], entries, struct{ E segment.Entry }{entries[0]}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x", "%q"} {
			out := fmt.Sprintf(verb, secret)
			require.Contains(t, out, "redacted")
			require.NotContains(t, out, "canary")
			require.NotContains(t, out, fmt.Sprintf("%x", "canary"))
		}
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("here", "store", store, "index", x, "view", v, "cursor", cursor, "entry", entries[0])
	require.NotContains(t, log.String(), "canary")
}

func TestZeroValuesAndMisusePanic(t *testing.T) {
	db := testdb.OpenSQLite(t)
	ring := newRing(t)
	store := newStore(t, db, nil)
	c := segment.SQL(db.DB)
	x := newIndex(t, store, ring, shape)
	for name, misuse := range map[string]func(){
		"zero Store":         func() { new(segment.Store).DDL() },
		"nil Store":          func() { (*segment.Store)(nil).DDL() },
		"zero Index":         func() { _, _ = new(segment.Index).View(ctx, c) },
		"zero View":          func() { _, _ = new(segment.View).Lookup(ctx) },
		"zero Cursor":        func() { _, _ = new(segment.Cursor).Next(ctx, 1) },
		"no dialect":         func() { segment.NewStore(0, nil) },
		"prefix":             func() { segment.NewStore(1, &segment.Options{Prefix: "a; DROP TABLE b"}) },
		"options":            func() { segment.NewStore(1, &segment.Options{Fanout: 1}) },
		"duration":           func() { segment.NewStore(1, &segment.Options{Lease: -1}) },
		"shape":              func() { newIndex(t, store, ring, segment.Shape{Key: 16, Doc: 256, Room: 8}) },
		"room":               func() { newIndex(t, store, ring, segment.Shape{Key: 16, Doc: 8}) },
		"op":                 func() { _ = x.Write(ctx, c, 4, doc(1), nil) },
		"removed with a key": func() { _ = x.Write(ctx, c, segment.Removed, doc(1), [][]byte{key(1)}) },
		"no pool":            func() { segment.SQL(nil) },
		"no transaction":     func() { segment.SQLTx(nil) },
	} {
		require.Panics(t, misuse, name)
		func() {
			defer func() { require.Contains(t, fmt.Sprint(recover()), "cellseal/segment: ", name) }()
			misuse()
		}()
	}
}

// Two indexes over as many documents, with as many keys each, look alike: whatever the keys are.
func TestSizesTellNothingOfKeys(t *testing.T) {
	const docs, perDoc = 1500, 20
	zipf := rand.NewZipf(rand.New(rand.NewPCG(1, 1)), 1.0001, 1, 999)
	flat := rand.New(rand.NewPCG(2, 2))
	type shown struct{ rows, parts, pages, sizes, pending, pendingSizes int }
	var seen []shown
	for _, draw := range []func() int{func() int { return int(zipf.Uint64()) }, func() int { return flat.IntN(20000) }} {
		db := testdb.OpenSQLite(t)
		x, c := newIndex(t, newStore(t, db, &segment.Options{Fanout: 3}), newRing(t), shape), segment.SQL(db.DB)
		for from := 0; from < docs; from += docs / 5 {
			together(t, db, func(c segment.Conn) {
				for id := from; id < from+docs/5; id++ {
					some := map[int]bool{}
					for len(some) < perDoc {
						some[draw()] = true
					}
					var list [][]byte
					for n := range some {
						list = append(list, word(n))
					}
					require.NoError(t, x.Write(ctx, c, segment.Replaced, doc(id), list))
				}
			})
			if from < docs*4/5 {
				require.NoError(t, x.Flush(ctx, c))
			}
		}
		require.NoError(t, x.Merge(ctx, c))
		var s shown
		db.Scan(t, "SELECT COUNT(*), COUNT(DISTINCT LENGTH(page)), COUNT(DISTINCT seg) FROM cellseal_pages", nil, &s.pages, &s.sizes, &s.parts)
		db.Scan(t, "SELECT COUNT(*), SUM(LENGTH(body)) FROM cellseal_pending", nil, &s.pending, &s.pendingSizes)
		db.Scan(t, "SELECT COUNT(*) FROM cellseal_parts", nil, &s.rows)
		require.Equal(t, 1, s.sizes)
		seen = append(seen, s)

		var labels, pages []byte
		rows, err := c.Query(ctx, "SELECT label, page FROM cellseal_pages")
		require.NoError(t, err)
		for _, r := range rows {
			label := uint64(r[0].(int64)) << 1 // 63 bits are random
			labels = append(labels, byte(label>>56), byte(label>>48), byte(label>>40), byte(label>>32), byte(label>>24), byte(label>>16), byte(label>>8))
			pages = append(pages, r[1].([]byte)...)
		}
		uniform(t, labels)
		uniform(t, pages)
	}
	require.Equal(t, seen[0], seen[1])
	require.Greater(t, seen[0].pages, 400)
}

// uniform is a chi-squared test of bytes against the uniform distribution, six standard deviations wide:
// it fails by chance once in about 10^8 runs.
func uniform(t *testing.T, b []byte) {
	t.Helper()
	var counts [256]int
	for _, c := range b {
		counts[c]++
	}
	want, chi := float64(len(b))/256, 0.0
	for _, n := range counts {
		chi += (float64(n) - want) * (float64(n) - want) / want
	}
	require.Less(t, math.Abs(chi-255), 6*math.Sqrt(2*255), "%d bytes", len(b))
}
