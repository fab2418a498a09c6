package segment_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/segment"
)

// spoiled is what somebody who can write the tables did, and in which of them it is found.
var spoiled = map[string]struct{ table, statement string }{
	"a page deleted":               {"pages", "DELETE FROM cellseal_pages WHERE label = (SELECT l FROM (SELECT MIN(label) AS l FROM cellseal_pages) AS m)"},
	"all pages deleted":            {"pages", "DELETE FROM cellseal_pages"},
	"a page changed":               {"pages", "UPDATE cellseal_pages SET page = {random1984}"},
	"a page cut":                   {"pages", "UPDATE cellseal_pages SET page = {random20}"},
	"a page empty":                 {"pages", "UPDATE cellseal_pages SET page = {random0}"},
	"pages swapped":                {"pages", "UPDATE cellseal_pages SET page = (SELECT p FROM (SELECT page AS p FROM cellseal_pages ORDER BY label LIMIT 1) AS m)"},
	"the manifest changed":         {"segments", "UPDATE cellseal_segments SET manifest = {manifest+1}"},
	"the manifest cut":             {"segments", "UPDATE cellseal_segments SET manifest = {random20}"},
	"the manifest of another ver":  {"segments", "UPDATE cellseal_segments SET ver = ver + 1"},
	"a pending row changed":        {"pending", "UPDATE cellseal_pending SET body = {body+1}"},
	"a pending row cut":            {"pending", "UPDATE cellseal_pending SET body = {random10}"},
	"a pending row of another one": {"pending", "INSERT INTO cellseal_pending (idx, at, body) SELECT i, 1, b FROM (SELECT MAX(s.idx) AS i, {other} AS b FROM cellseal_segments s) AS m"},
}

func TestWhatSomebodySpoiledIsAnError(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		n := 0
		for name, s := range spoiled {
			n++
			prefix := fmt.Sprintf("p%d_", n)
			t.Run(name, func(t *testing.T) {
				spoil(t, db, prefix, s.table, strings.ReplaceAll(s.statement, "cellseal_", prefix+"cellseal_"))
			})
		}
	})
}

func spoil(t *testing.T, db testdb.DB, prefix, table, statement string) {
	ring, o := newRing(t), &segment.Options{Prefix: prefix}
	store := newStore(t, db, o)
	x, c := newIndex(t, store, ring, shape), segment.SQL(db.DB)
	together(t, db, func(c segment.Conn) {
		for id := range 200 {
			write(t, x, c, segment.Replaced, id, id%10, id%7)
		}
	})
	require.NoError(t, x.Flush(ctx, c))
	write(t, x, c, segment.Replaced, 1, 5)
	faults, err := x.Verify(ctx, c)
	require.NoError(t, err)
	require.Empty(t, faults)

	text, args := spoiling(t, db, ring, c, prefix, statement)
	db.Run(t, text, args...)
	x = newIndex(t, segment.NewStore(dialects[db.Dialect], o), ring, shape) // nothing is in memory
	var corrupt *segment.CorruptError
	v, err := x.View(ctx, c)
	if err == nil {
		_, err = v.Lookup(ctx, key(0), key(5), key(9))
		if err == nil { // the page that is missing is another one
			_, err = v.Scan(nil, nil, false, nil).Next(ctx, 1000)
		}
	}
	require.ErrorAs(t, err, &corrupt)
	require.Equal(t, prefix+"cellseal_"+table, corrupt.Table)
	require.Equal(t, "patients notes/words/fold.v1", corrupt.Index)
	require.NotContains(t, err.Error(), "secret-tenant")
	faults, err = x.Verify(ctx, c)
	require.NoError(t, err)
	require.NotEmpty(t, faults)
	require.Error(t, rewritten(x, c), "maintenance must not make anything of it")
	require.NoError(t, x.Drop(ctx, c), "and this is the way out")
	var filling *segment.FillingError
	_, err = x.View(ctx, c)
	require.ErrorAs(t, err, &filling, "what was dropped has no answers")
	write(t, x, c, segment.Replaced, 1, 5)
	require.NoError(t, x.Complete(ctx, c))
	require.Equal(t, [][]int{{1}}, lookup(t, x, c, 5))
}

// rewritten reads all of the index, as maintenance does.
func rewritten(x *segment.Index, db segment.DB) error {
	if err := x.Flush(ctx, db); err != nil {
		return err
	}
	store := x
	for range 6 {
		if err := store.Write(ctx, db, segment.Added, doc(9999), nil); err != nil {
			return err
		}
		if err := store.Write(ctx, db, segment.Replaced, doc(9998), [][]byte{key(1)}); err != nil {
			return err
		}
		if err := store.Flush(ctx, db); err != nil {
			return err
		}
	}
	return store.Merge(ctx, db)
}

func TestAnUnknownKeyIsNamed(t *testing.T) {
	db := testdb.OpenSQLite(t)
	ring := newRing(t)
	store := newStore(t, db, nil)
	c := segment.SQL(db.DB)
	x, other := newIndex(t, store, ring, shape), newIndex(t, store, newRing(t), shape)
	var unknown *keys.UnknownKeyError
	write(t, x, c, segment.Added, 1, 1)
	_, err := other.View(ctx, c)
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, primary(ring), unknown.ID)
	require.NoError(t, x.Flush(ctx, c))
	_, err = other.View(ctx, c)
	require.ErrorAs(t, err, &unknown)
	_, err = other.Stats(ctx, c)
	require.ErrorAs(t, err, &unknown)
	require.ErrorAs(t, other.Merge(ctx, c), &unknown)
	faults, err := other.Verify(ctx, c)
	require.ErrorAs(t, err, &unknown)
	require.Empty(t, faults)
}

func TestLengthsAreFixed(t *testing.T) {
	db := testdb.OpenSQLite(t)
	ring := newRing(t)
	store := newStore(t, db, nil)
	x, c := newIndex(t, store, ring, shape), segment.SQL(db.DB)
	var length *segment.LengthError
	require.ErrorAs(t, x.Write(ctx, c, segment.Added, make([]byte, 7), nil), &length)
	require.Equal(t, segment.LengthError{Index: "patients notes/words/fold.v1", What: "doc", Got: 7, Want: 8}, *length)
	require.ErrorAs(t, x.Write(ctx, c, segment.Added, doc(1), [][]byte{{1}}), &length)
	_, err := view(t, x, c).Lookup(ctx, []byte("canary"))
	require.ErrorAs(t, err, &length)
	require.NotContains(t, err.Error(), "canary")
	for _, bad := range []*segment.Cursor{
		view(t, x, c).Scan([]byte{1}, nil, false, nil), view(t, x, c).Scan(nil, []byte{1}, false, nil),
		view(t, x, c).Scan(nil, nil, false, &segment.Entry{Key: key(1)}), view(t, x, c).Scan(nil, nil, true, &segment.Entry{Doc: doc(1)}),
	} {
		_, err := bad.Next(ctx, 1)
		require.ErrorAs(t, err, &length)
	}
	write(t, x, c, segment.Added, 1, 1)
	require.NoError(t, x.Flush(ctx, c))
	var other *segment.ShapeError
	_, err = newIndex(t, store, ring, segment.Shape{Key: 16, Doc: 16, Room: 8}).View(ctx, c)
	require.ErrorAs(t, err, &other)
	require.Equal(t, []int{16, 8, 16, 16}, []int{other.StoredKey, other.StoredDoc, other.Key, other.Doc})
}

// spoiling fills in what a statement of spoiled stores.
func spoiling(t *testing.T, db testdb.DB, ring *keys.Ring, c segment.DB, prefix, statement string) (string, []any) {
	bytesOf := func(query string) []byte {
		rows, err := c.Query(ctx, query)
		require.NoError(t, err)
		b := rows[0][0].([]byte)
		b[len(b)-1]++
		return b
	}
	value := func(name string) []byte {
		switch name {
		case "manifest+1":
			return bytesOf("SELECT manifest FROM " + prefix + "cellseal_segments")
		case "body+1":
			return bytesOf("SELECT body FROM " + prefix + "cellseal_pending")
		case "other": // as it was written to another index, under the same root key
			d, err := ring.Index(ctx, keys.Table("patients"), keys.Index("notes", "substring", ""))
			require.NoError(t, err)
			beside := testdb.OpenSQLite(t)
			y := newStore(t, beside, nil).Index(d, shape)
			write(t, y, segment.SQL(beside.DB), segment.Added, 1, 1)
			rows, err := segment.SQL(beside.DB).Query(ctx, "SELECT body FROM cellseal_pending")
			require.NoError(t, err)
			return rows[0][0].([]byte)
		}
		n, err := strconv.Atoi(strings.TrimPrefix(name, "random"))
		require.NoError(t, err)
		return make([]byte, n)
	}
	before, rest, found := strings.Cut(statement, "{")
	if !found {
		return statement, nil
	}
	name, after, _ := strings.Cut(rest, "}")
	place := "?"
	switch db.Dialect {
	case testdb.Postgres:
		place = "CAST(? AS BYTEA)"
	case testdb.MySQL:
		place = "CAST(? AS BINARY)"
	}
	return before + place + after, []any{value(name)}
}
