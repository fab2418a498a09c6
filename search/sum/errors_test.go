package sum_test

import (
	"context"
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/searchtest"
	"github.com/cellseal/cellseal/search/sum"
)

// recorder is a database that answers what it was told to.
type recorder struct {
	answer  [][]any
	err     error
	queries []string
	args    []any
}

func (r *recorder) Exec(_ context.Context, query string, args ...any) (int64, error) {
	r.queries, r.args = append(r.queries, query), args
	return 1, r.err
}

func (r *recorder) Query(_ context.Context, query string, args ...any) ([][]any, error) {
	r.queries, r.args = append(r.queries, query), args
	return r.answer, r.err
}

func plain(t testing.TB, o sum.Options) *sum.Index {
	return index(t, searchtest.FixedRing(t), sum.Label("amount"), o)
}

const first = int64(searchtest.PrimaryKey)<<32 + 1

func TestBounds(t *testing.T) {
	x := plain(t, sum.Options{Bound: 1000})
	for _, v := range []int64{1001, -1001, math.MaxInt64, math.MinInt64} {
		_, err := x.Encrypt(nil, first, v)
		var bound *sum.BoundError
		require.ErrorAs(t, err, &bound)
		require.Equal(t, int64(1000), bound.Bound)
	}
	a, err := x.Encrypt(nil, first, 1000)
	require.NoError(t, err)
	b, err := x.Encrypt(nil, first+1, 1000)
	require.NoError(t, err)
	run := sum.Run{First: first, Last: first + 1}
	s, err := x.Decrypt(nil, uint64(a)+uint64(b), run)
	require.NoError(t, err)
	require.Equal(t, int64(2000), s)
	_, err = x.Decrypt(nil, uint64(a)+uint64(b)+1, run)
	require.ErrorIs(t, err, sum.ErrSum, "more than the bound allows")

	huge := plain(t, sum.Options{Bound: 1 << 62})
	_, err = huge.Decrypt(nil, 0, sum.Run{First: first, Last: first + 1})
	var overflow *sum.OverflowError
	require.ErrorAs(t, err, &overflow)
	require.Equal(t, sum.OverflowError{Rows: 2, Bound: 1 << 62}, *overflow)
}

// What is no sum is told from one: another group, another run, a number altered.
func TestImplausibleSums(t *testing.T) {
	x := plain(t, sum.Options{Bound: 100})
	c, err := x.Encrypt([]byte("a"), first, 7)
	require.NoError(t, err)
	for name, f := range map[string]func() (int64, error){
		"another group": func() (int64, error) { return x.Decrypt([]byte("b"), uint64(c), sum.Run{First: first, Last: first}) },
		"another number": func() (int64, error) {
			return x.Decrypt([]byte("a"), uint64(c), sum.Run{First: first + 1, Last: first + 1})
		},
		"a longer run": func() (int64, error) {
			return x.Decrypt([]byte("a"), uint64(c), sum.Run{First: first, Last: first + 1})
		},
		"backwards": func() (int64, error) {
			return x.Decrypt([]byte("a"), uint64(c), sum.Run{First: first, Last: first - 1})
		},
		"number 0": func() (int64, error) {
			return x.Decrypt([]byte("a"), uint64(c), sum.Run{First: first - 1, Last: first})
		},
		"two keys": func() (int64, error) {
			return x.Decrypt([]byte("a"), uint64(c), sum.Run{First: first, Last: first + 1<<32})
		},
		"no rows, a sum": func() (int64, error) { return x.Decrypt([]byte("a"), uint64(c)) },
	} {
		_, err := f()
		require.ErrorIs(t, err, sum.ErrSum, name)
	}
	none, err := x.Decrypt(nil, 0)
	require.NoError(t, err)
	require.Zero(t, none)
	_, err = x.Decrypt(nil, 0, sum.Run{First: 5<<32 + 1, Last: 5<<32 + 1})
	var unknown *keys.UnknownKeyError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, uint32(5), unknown.ID)
	_, err = x.Encrypt(nil, 5<<32+1, 1)
	require.ErrorAs(t, err, &unknown)
}

func TestAGroupRunsOutOfNumbers(t *testing.T) {
	x := plain(t, sum.Options{Dialect: search.PostgreSQL})
	n, err := x.Next(t.Context(), &recorder{answer: [][]any{{int64(math.MaxUint32) + 1}}}, nil, 1)
	require.NoError(t, err)
	require.Equal(t, int64(searchtest.PrimaryKey)<<32+math.MaxUint32, n, "the last one")
	for _, next := range []int64{math.MaxUint32 + 2, math.MinInt64, 1} {
		_, err = x.Next(t.Context(), &recorder{answer: [][]any{{next}}}, nil, 1)
		require.ErrorIs(t, err, sum.ErrExhausted)
	}
	_, err = x.Next(t.Context(), &recorder{err: errors.New("down")}, nil, 1)
	require.EqualError(t, err, "cellseal/sum: taking a number: down")
	_, err = x.Next(t.Context(), &recorder{}, nil, 1)
	require.ErrorContains(t, err, "returned 0 rows")

	m := plain(t, sum.Options{Dialect: search.MySQL})
	for _, answer := range [][][]any{nil, {{int64(2), int64(-1)}}, {{int64(2), nil}}} {
		_, err = m.Next(t.Context(), &recorder{answer: answer}, nil, 1)
		require.ErrorIs(t, err, sum.ErrNoTransaction)
	}
}

// Two rows of one number do not enter the table; where the index was left out, they are noticed when
// summed up.
func TestANumberTwice(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		x := byClinic(t, searchtest.NewRing(t), db)
		create(t, db, x, invoices)
		group, err := x.Group(1)
		require.NoError(t, err)
		c := searchtest.Conn{On: db}
		n, err := x.Next(t.Context(), c, group, 1)
		require.NoError(t, err, "one statement needs no transaction, if nobody else writes")
		insert := db.SQL("INSERT INTO invoices (id, clinic, amount__n, amount__sum) VALUES (?, 1, ?, 5)")
		_, err = db.Exec(insert, 1, n)
		require.NoError(t, err)
		_, err = db.Exec(insert, 2, n)
		require.Error(t, err)
		db.Run(t, "DROP INDEX invoices_amount__n"+map[bool]string{true: " ON invoices"}[db.Dialect == testdb.MySQL])
		_, err = db.Exec(insert, 2, n)
		require.NoError(t, err)
		_, err = x.Sum(t.Context(), c, invoices, "")
		require.ErrorIs(t, err, sum.ErrSum)
	})
}

// Where a WHERE clause leaves pieces, summing up cells is cheaper, and the error says so.
func TestTooManyPieces(t *testing.T) {
	db := testdb.OpenSQLite(t)
	x := byClinic(t, searchtest.NewRing(t), db)
	create(t, db, x, invoices)
	group, err := x.Group(1)
	require.NoError(t, err)
	const rows = 4400
	n, err := x.Next(t.Context(), searchtest.Conn{On: db}, group, rows)
	require.NoError(t, err)
	tx, err := db.Begin()
	require.NoError(t, err)
	for i := range int64(rows) {
		c, err := x.Encrypt(group, n+i, i)
		require.NoError(t, err)
		_, err = tx.Exec("INSERT INTO invoices (id, clinic, amount__n, amount__sum) VALUES (?, 1, ?, ?)", i, n+i, c)
		require.NoError(t, err)
	}
	require.NoError(t, tx.Commit())
	_, err = x.Sum(t.Context(), searchtest.Conn{On: db}, invoices, "id % 2 = 0")
	var runs *sum.RunsError
	require.ErrorAs(t, err, &runs)
	require.Equal(t, int64(rows/2), runs.Rows)
	totals, err := x.Sum(t.Context(), searchtest.Conn{On: db}, invoices, "id % 8 > 0")
	require.NoError(t, err)
	require.Equal(t, int64(rows/8*7), totals[0].Rows)
	require.InDelta(t, 2200, totals[0].Mean(), 1)
}

func TestMod64(t *testing.T) {
	for in, want := range map[string]uint64{
		"0": 0, "-1": math.MaxUint64, "18446744073709551616": 0, "18446744073709551617": 1, "-18446744073709551617": math.MaxUint64,
		"9223372036854775808": 1 << 63, "-9223372036854775809": 1<<63 - 1, "1" + strings.Repeat("0", 30): 5076944270305263616,
	} {
		for _, v := range []any{in, []byte(in)} {
			have, err := sum.Mod64(v)
			require.NoError(t, err)
			require.Equal(t, want, have, in)
		}
	}
	for _, bad := range []any{nil, "", "1.5", "1e3", "0x10", 1.5, true, strings.Repeat("9", 41), []byte("a")} {
		_, err := sum.Mod64(bad)
		require.Error(t, err, "%v", bad)
	}
}

// The table in doc.go is what Leakage returns.
func TestTheDocumentedLeakage(t *testing.T) {
	source, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	text := strings.Join(strings.Fields(strings.ReplaceAll(string(source), "//", "")), " ")
	l := plain(t, sum.Options{}).Leakage()
	require.Equal(t, sum.Leakage(), l)
	require.Contains(t, text, l.Kind+" at rest "+l.AtRest+" on a query "+l.OnQuery+" over time "+l.OverTime+" for "+l.For)
}

func TestPrintsRedacted(t *testing.T) {
	x := plain(t, sum.Options{})
	searchtest.Redacted(t, "sum.Index(redacted)", x)
	searchtest.Redacted(t, "sum.Index(redacted)", *x)
	_, err := x.Encrypt(nil, first, 123456789012345)
	require.NotContains(t, err.Error(), "123456789")
	_, err = index(t, searchtest.FixedRing(t), sum.Label("amount", "clinic"), sum.Options{By: []search.Type{search.Int}}).Group("CANARY")
	require.ErrorAs(t, err, new(*search.ValueError))
	require.NotContains(t, err.Error(), "CANARY")
}

func TestMisusePanics(t *testing.T) {
	ring := searchtest.FixedRing(t)
	labelled := func(label keys.Label) *keys.Derived { return searchtest.Derive(t, ring, keys.Table("t"), label) }
	d := labelled(sum.Label("a", "b"))
	x := sum.NewIndex(d, sum.Options{})
	lite := sum.NewIndex(d, sum.Options{Dialect: search.SQLite})
	for want, f := range map[string]func(){
		"want the Derived of an index":                 func() { sum.NewIndex(searchtest.Derive(t, ring, keys.Table("t")), sum.Options{}) },
		"not an index of kind exact":                   func() { sum.NewIndex(labelled(search.Exact("a")), sum.Options{}) },
		"a sum has no transforms":                      func() { sum.NewIndex(labelled("i:a/sum/fold.v1"), sum.Options{}) },
		"2 types for 1 group columns":                  func() { sum.NewIndex(d, sum.Options{By: make([]search.Type, 2)}) },
		"group column b: a database has many spelling": func() { sum.NewIndex(d, sum.Options{By: []search.Type{search.Float64}}) },
		"Bound: want":                                  func() { sum.NewIndex(d, sum.Options{Bound: -1}) },
		"2 values for 1 group columns":                 func() { _, _ = x.Group(1, 2) },
		"count: want 1":                                func() { _, _ = lite.Next(t.Context(), &recorder{}, nil, 0) },
		"name the dialect":                             func() { _, _ = x.Next(t.Context(), &recorder{}, nil, 1) },
		"no row has the number 0":                      func() { _, _ = x.Encrypt(nil, first-1, 1) },
		"table with 0 group columns":                   func() { lite.Totals(sum.Table{Name: "t", Column: "a"}, "") },
		"a name that is empty":                         func() { lite.Totals(sum.Table{Column: "a", By: []string{"b"}}, "") },
		"zero Index":                                   func() { new(sum.Index).Leakage() },
		"name the dialect: ":                           func() { sum.DDL(0) },
	} {
		said := searchtest.Panics(t, f)
		require.Contains(t, said, want)
		require.True(t, strings.HasPrefix(said, "cellseal/sum: "), said)
	}
}
