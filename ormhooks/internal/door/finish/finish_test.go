package finish

import (
	"cmp"
	"database/sql/driver"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

func column(t testing.TB, typ string) *schema.Column {
	t.Helper()
	s, err := schema.New(schema.Table{Name: "t", Bind: schema.Binding{Kind: schema.BindNothing}, Columns: []*schema.Column{{Name: "c", Mode: schema.ModeSeal, Type: typ}}})
	require.NoError(t, err)
	return s.Table("t").Columns[0]
}

// finish runs rows through a plan. What is shown are the values themselves.
func finish(t testing.TB, d sqltext.Dialect, p *plan.Finish, rows [][]any, count, offset int64) ([][]driver.Value, error) {
	t.Helper()
	f := New(d, p, len(rows[0]))
	for _, r := range rows {
		shown := make([]driver.Value, len(r))
		for i, v := range r {
			shown[i] = v
		}
		if err := f.Add(func(at int) (any, error) { return r[at], nil }, shown); err != nil {
			return nil, err
		}
	}
	return f.Rows(Ends{Count: count, Offset: offset})
}

// A model sorts and groups rows of a text and an integer in the plainest way.
func model(rows [][]any, p *plan.Finish, fold bool) [][]any {
	at := func(r []any, i int) string { // what is compared
		switch v := r[i].(type) {
		case string:
			if fold {
				v = strings.ToLower(v)
			}
			return "s" + v
		case int64:
			return fmt.Sprintf("i%020d", v+1<<40)
		}
		return "null"
	}
	rows = slices.Clone(rows)
	if p.Grouped {
		var kept [][]any
		for _, r := range rows {
			alike := slices.ContainsFunc(kept, func(o []any) bool {
				return !slices.ContainsFunc(p.By, func(k plan.Key) bool { return at(r, k.At) != at(o, k.At) })
			})
			if !alike {
				kept = append(kept, r)
			}
		}
		rows = kept
	}
	sort.SliceStable(rows, func(i, j int) bool {
		for _, s := range p.Sort {
			a, b := rows[i][p.Results[s.Result].At], rows[j][p.Results[s.Result].At]
			if a == nil || b == nil {
				if (a == nil) != (b == nil) {
					return (a == nil) == s.NullsFirst
				}
				continue
			}
			x, y := at(rows[i], p.Results[s.Result].At), at(rows[j], p.Results[s.Result].At)
			if x != y {
				return (x < y) != s.Desc
			}
		}
		return false
	})
	return rows
}

// TestAgreesWithAModel finishes random rows by random plans.
func TestAgreesWithAModel(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 8))
	text, number := column(t, "text"), column(t, "int")
	for range 3000 {
		fold := r.IntN(2) == 0
		keys := []plan.Key{{At: 0, Rank: -1, Column: text}, {At: 1, Rank: -1, Column: number}, {At: 2, Rank: 2}}
		if fold {
			keys[0].Collation = []search.Transform{search.Fold}
		}
		p := &plan.Finish{Grouped: r.IntN(2) == 0, Results: []plan.Result{{Key: keys[0]}, {Key: keys[1]}, {Key: keys[2]}}}
		for _, i := range r.Perm(3)[:1+r.IntN(3)] {
			p.By = append(p.By, keys[i])
		}
		for _, i := range r.Perm(3)[:r.IntN(4)] {
			p.Sort = append(p.Sort, plan.Sort{Result: i, Desc: r.IntN(2) == 0, NullsFirst: r.IntN(2) == 0})
		}
		rows := make([][]any, 1+r.IntN(12))
		for i := range rows {
			rows[i] = []any{[]any{"a", "A", "b", "ab", "", nil}[r.IntN(6)], []any{int64(-1), int64(2), int64(10), nil}[r.IntN(4)], int64(r.IntN(3))}
		}
		count, offset := int64(r.IntN(8)-1), int64(r.IntN(4))
		got, err := finish(t, sqltext.PostgreSQL, p, rows, count, offset)
		require.NoError(t, err)
		want := model(rows, p, fold)
		want = want[min(int(offset), len(want)):]
		if count >= 0 {
			want = want[:min(int(count), len(want))]
		}
		require.Len(t, got, len(want))
		for i := range want {
			require.EqualValues(t, want[i], anys(got[i]))
		}
	}
}

func anys(row []driver.Value) (all []any) {
	for _, v := range row {
		all = append(all, v)
	}
	return all
}

// TestOrderOfTypes lists values as PostgreSQL sorts them.
func TestOrderOfTypes(t *testing.T) {
	at := time.Date(2024, 1, 1, 0, 0, 0, 5, time.UTC)
	for typ, ascending := range map[string][]any{
		"text": {"", "A", "B", "a", "ab", "b", "ä", "\U0001f600"}, "bytes": {[]byte{}, []byte{0}, []byte{0, 1}, []byte{255}}, "bool": {false, true},
		"int": {int64(math.MinInt64), int64(-1), int64(0), int64(math.MaxInt64)}, "uint": {uint64(0), uint64(1 << 63), uint64(math.MaxUint64)},
		"float64": {math.Inf(-1), -1.5, 0.0, 5e-324, math.Inf(1), math.NaN()}, "float32": {float32(-1), float32(0), float32(math.NaN())},
		"time": {at.AddDate(-3000, 0, 0), at.Add(-1), at, at.Add(time.Hour)}, "uuid": {[16]byte{}, [16]byte{15: 1}, [16]byte{1}, [16]byte{0xff}},
		"decimal": {"-10", "-9.99", "0", "0.001", "9", "10", "10.5", "100000000000000000000000.1"},
	} {
		p := &plan.Finish{Results: []plan.Result{{Key: plan.Key{At: 0, Rank: -1, Column: column(t, typ)}}}, Sort: []plan.Sort{{}}}
		var rows [][]any
		for _, v := range slices.Backward(ascending) {
			rows = append(rows, []any{v})
		}
		rows = append(rows, []any{nil})
		got, err := finish(t, sqltext.PostgreSQL, p, rows, -1, 0)
		require.NoError(t, err)
		for i, v := range ascending {
			require.Equal(t, fmt.Sprint(v), fmt.Sprint(got[i][0]), typ)
		}
		require.Nil(t, got[len(ascending)][0], "NULL is last")
		p.Grouped, p.By = true, []plan.Key{p.Results[0].Key}
		again, err := finish(t, sqltext.PostgreSQL, p, append(rows, rows...), -1, 0)
		require.NoError(t, err)
		require.Len(t, again, len(ascending)+1, typ)
	}
	p := &plan.Finish{Grouped: true, By: []plan.Key{{Rank: -1, Column: column(t, "float64")}}, Results: []plan.Result{{}}}
	zeros, err := finish(t, sqltext.PostgreSQL, p, [][]any{{0.0}, {math.Copysign(0, -1)}, {math.NaN()}, {-math.NaN()}}, -1, 0)
	require.NoError(t, err)
	require.Len(t, zeros, 2, "-0 is 0, and NaN is NaN")
}

// TestNoRows is the one group of no rows.
func TestNoRows(t *testing.T) {
	p := &plan.Finish{Grouped: true, Results: []plan.Result{{Func: plan.Count, Key: plan.Key{At: -1}}, {Func: plan.Sum}, {Func: plan.Min}}}
	rows, err := New(sqltext.MySQL, p, 3).Rows(Ends{Count: -1})
	require.NoError(t, err)
	require.Equal(t, [][]driver.Value{{int64(0), nil, nil}}, rows)
	for op, n := range map[string]int64{"=": 0, "<>": 1, "<": 1, "<=": 0, ">": -1, ">=": 0} {
		for _, than := range []int64{n - 1, n, n + 1} {
			p.Having = []plan.Having{{Result: 0, Op: op}}
			rows, err = New(sqltext.MySQL, p, 3).Rows(Ends{Count: -1, Than: []*int64{&than}})
			require.NoError(t, err)
			c := cmp.Compare(0, than)
			holds := map[string]bool{"=": c == 0, "<>": c != 0, "<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0}[op]
			require.Equal(t, holds, len(rows) == 1, "0 %s %d", op, than)
		}
	}
	rows, err = New(sqltext.MySQL, p, 3).Rows(Ends{Count: -1, Than: []*int64{nil}})
	require.NoError(t, err)
	require.Empty(t, rows, "NULL is no answer")
	p.Having, p.By = nil, []plan.Key{{}}
	rows, err = New(sqltext.MySQL, p, 3).Rows(Ends{Count: -1})
	require.NoError(t, err)
	require.Empty(t, rows)
}

// TestSums are answers that PostgreSQL 15, MariaDB 10.11 and SQLite 3.50 have given.
func TestSums(t *testing.T) {
	pg, my, lite := sqltext.PostgreSQL, sqltext.MySQL, sqltext.SQLite
	whole, cents := plan.Addend{Type: value.Int, Scale: -1}, plan.Addend{Type: value.Decimal, Scale: 2}
	float := plan.Addend{Type: value.Float64}
	for _, c := range []struct {
		d        sqltext.Dialect
		of       plan.Addend
		values   []any
		sum, avg any
	}{
		{pg, whole, []any{int64(1), int64(2)}, "3", "1.5000000000000000"},
		{pg, whole, []any{int64(math.MaxInt64), int64(math.MaxInt64)}, "18446744073709551614", "9223372036854775807"},
		{pg, whole, []any{int64(0), int64(0)}, "0", "0.00000000000000000000"},
		{pg, whole, []any{int64(1), int64(0), int64(0)}, "1", "0.33333333333333333333"},
		{pg, whole, []any{int64(20000), int64(20001)}, "40001", "20000.500000000000"},
		{pg, cents, []any{"1.5", "2.25"}, "3.75", "1.8750000000000000"},
		{pg, cents, []any{"-0.01", "0", "0"}, "-0.01", "-0.00333333333333333333"},
		{pg, plan.Addend{Type: value.Int, Small: true}, []any{int64(1), int64(2)}, int64(3), "1.5000000000000000"},
		{pg, float, []any{0.5, 0.25}, 0.75, 0.375},
		{pg, plan.Addend{Type: value.Float32}, []any{float32(0.1), float32(0.2)}, float64(float32(0.1) + float32(0.2)), (float64(float32(0.1)) + float64(float32(0.2))) / 2},
		{my, whole, []any{int64(1), int64(2), int64(2)}, "5", "1.6667"},
		{my, whole, []any{true, false, true}, "2", "0.6667"},
		{my, cents, []any{"1.25", "2.5", "3"}, "6.75", "2.250000"},
		{my, float, []any{0.5, 0.25}, 0.75, 0.375},
		{lite, whole, []any{int64(1), int64(2)}, int64(3), 1.5},
		{lite, whole, []any{int64(1), 0.5}, 1.5, 0.75},
		{lite, whole, []any{1e100, int64(1), -1e100}, 1.0, 1.0 / 3},
		{lite, whole, []any{int64(math.MaxInt64), int64(1)}, nil, 4.611686018427387904e18},
		{pg, float, []any{math.MaxFloat64, math.MaxFloat64}, nil, nil},
		{pg, plan.Addend{Type: value.Int, Small: true}, []any{int64(math.MaxInt64), int64(1)}, nil, "4611686018427387904"},
	} {
		for i, f := range []plan.Func{plan.Sum, plan.Avg} {
			want := []any{c.sum, c.avg}[i]
			p := &plan.Finish{Grouped: true, Results: []plan.Result{{Func: f, Addend: c.of}}}
			rows := [][]any{{nil}}
			for _, v := range c.values {
				rows = append(rows, []any{v})
			}
			got, err := finish(t, c.d, p, rows, -1, 0)
			if want == nil {
				require.ErrorIs(t, err, ErrRange)
				continue
			}
			require.NoError(t, err)
			if b, ok := got[0][0].([]byte); ok {
				require.Equal(t, my, c.d)
				got[0][0] = string(b)
			}
			require.Equal(t, want, got[0][0], "%v %v of %v", c.d, f, c.values)
		}
	}
}

// TestDecimalsAgainstBigRat divides as math/big does.
func TestDecimalsAgainstBigRat(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 5000 {
		text := fmt.Sprintf("%d.%0*d", r.Int64N(1<<40)-1<<39, 1+r.IntN(5), r.IntN(10))
		d, err := parseDecimal(text)
		require.NoError(t, err)
		require.Equal(t, strings.TrimPrefix(text, "-0."), strings.TrimPrefix(d.String(), "-0."))
		n, scale := 1+r.Int64N(1000), r.IntN(25)
		want, ok := new(big.Rat).SetString(text)
		require.True(t, ok)
		require.Equal(t, want.Quo(want, new(big.Rat).SetInt64(n)).FloatString(scale), d.over(n, scale).String(), "%s / %d", text, n)
	}
	for _, bad := range []string{"", "x", "1.-2", "NaN", "1e5", "1.2.3"} {
		_, err := parseDecimal(bad)
		require.Error(t, err, bad)
	}
}

// TestWhatIsNoNumber says nothing of the value.
func TestWhatIsNoNumber(t *testing.T) {
	p := &plan.Finish{Grouped: true, Results: []plan.Result{{Func: plan.Sum, Addend: plan.Addend{Type: value.Int}}}}
	for _, d := range []sqltext.Dialect{sqltext.PostgreSQL, sqltext.MySQL, sqltext.SQLite} {
		_, err := finish(t, d, p, [][]any{{"CANARY"}}, -1, 0)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "CANARY")
	}
	p = &plan.Finish{Results: []plan.Result{{Key: plan.Key{Column: column(t, "text"), Rank: -1, Collation: []search.Transform{search.Email}}}}, Sort: []plan.Sort{{}}}
	_, err := finish(t, sqltext.SQLite, p, [][]any{{"CANARY"}}, -1, 0)
	require.ErrorContains(t, err, "t.c: ")
	require.NotContains(t, err.Error(), "CANARY")
}
