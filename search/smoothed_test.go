package search_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
)

// zipfCities is how often 1 000 cities are expected among so many rows, by Zipf's law.
func zipfCities(rows float64) map[string]uint64 {
	counts := map[string]uint64{}
	h := 0.0
	for k := 1; k <= 1000; k++ {
		h += 1 / float64(k)
	}
	for k := 1; k <= 1000; k++ {
		counts[city(k)] = uint64(math.Round(rows / float64(k) / h))
	}
	return counts
}

func city(rank int) string { return fmt.Sprintf("city %d", rank) }

func smoothedKey(t testing.TB, from keys.Source, by ...search.Transform) *keys.Derived {
	return derive(t, from, keys.Table("patients"), search.Smoothed("city", by...))
}

func seeded(seed uint64) func() uint64 { return rand.New(rand.NewPCG(seed, 0)).Uint64 }

func token(t testing.TB, x *search.SmoothedIndex, row string, v any) []byte {
	b, err := x.Token([]byte(row), v)
	require.NoError(t, err)
	return b
}

func tokens(t testing.TB, x *search.SmoothedIndex, v any) [][]byte {
	list, err := x.Tokens(v)
	require.NoError(t, err)
	return list
}

func has(list [][]byte, token []byte) bool {
	return slices.ContainsFunc(list, func(b []byte) bool { return string(b) == string(token) })
}

// Whatever the profile, a row is found by its value: head, tail, and never seen before.
func TestEveryRowIsFound(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	d := smoothedKey(t, fixedRing(t), search.Fold)
	for round := range 60 {
		counts := map[string]uint64{}
		for range 1 + r.IntN(40) {
			counts[city(r.IntN(60))] = 1 + uint64(math.Exp(r.Float64()*float64(round%20)))
		}
		p, err := search.NewProfile(d, counts, &search.ProfileOptions{Rows: r.Uint64N(1e6)})
		require.NoError(t, err)
		x := search.NewSmoothed(d, p)
		for i := range 60 {
			list := tokens(t, x, city(i))
			require.True(t, slices.IsSortedFunc(list, func(a, b []byte) int { return slices.Compare(a, b) }))
			for row := range 10 {
				id := fmt.Sprint(round, row)
				b := token(t, x, id, city(i))
				require.Len(t, b, search.TokenSize)
				require.True(t, has(list, b))
				held, err := x.Holds([]byte(id), b, "CITY"+city(i)[4:])
				require.NoError(t, err)
				require.True(t, held)
			}
		}
	}
}

// False rows are about 2n/λ, tokens about 1 + λ·p, for frequent values and for rare ones.
func TestWhatAQueryCosts(t *testing.T) {
	const rows = 50_000 // λ = 1 000
	counts := zipfCities(rows)
	d := smoothedKey(t, fixedRing(t))
	x := search.NewSmoothed(d, search.NewTextProfile(d, counts, rows, 1, seeded(2)))
	byToken := map[string]int{}
	total := 0
	for v, n := range counts {
		for row := range n {
			byToken[string(token(t, x, fmt.Sprint(v, row), v))]++
			total++
		}
	}
	false1, asked, expected := 0.0, 0, 0.0
	for k := 1; k <= 300; k++ {
		list := tokens(t, x, city(k))
		asked += len(list)
		expected += 1 + 1000*float64(counts[city(k)])/float64(total)
		found := 0
		for _, b := range list {
			found += byToken[string(b)]
		}
		false1 += float64(found - int(counts[city(k)]))
	}
	require.InEpsilon(t, expected, float64(asked), .1, "tokens")
	require.InEpsilon(t, 2.0*rows/1000, false1/300, .15, "false rows")
	require.Contains(t, x.Explain(rows), "asks for 1 to ")
	require.Contains(t, x.Explain(rows), fmt.Sprintf("among %d rows brings about 93 false ones", rows))
	require.Contains(t, x.Explain(100*rows), "make a new one")
}

// After a rotation, and after the profile was made anew, rows of both are found.
func TestProfilesAndKeysChange(t *testing.T) {
	ring := fixedRing(t)
	counts := zipfCities(1e5)
	before := smoothedKey(t, onlyKey(t, ring, otherKey))
	old, err := search.NewProfile(before, counts, nil)
	require.NoError(t, err)
	sealed := old.Seal()

	now := smoothedKey(t, ring) // the primary is another
	opened, err := search.OpenProfile(now, sealed)
	require.NoError(t, err)
	fresh, err := search.NewProfile(now, counts, nil)
	require.NoError(t, err)
	require.NotEqual(t, old.Version(), fresh.Version())

	written, both := search.NewSmoothed(before, old), search.NewSmoothed(now, fresh, opened)
	for _, v := range []string{city(1), city(500), "nowhere"} {
		stored := token(t, written, "7", v)
		require.Equal(t, stored, token(t, search.NewSmoothed(now, opened), "7", v), "a profile writes under its own key")
		list := tokens(t, both, v)
		require.True(t, has(list, stored))
		require.True(t, has(list, token(t, both, "7", v)))
		require.Equal(t, token(t, search.NewSmoothed(now, fresh), "7", v), token(t, both, "7", v), "the first writes")
		held, err := both.Holds([]byte("7"), stored, v)
		require.NoError(t, err)
		require.True(t, held)
	}
	require.Contains(t, both.Explain(1e5), "under 2 profiles")

	gone := smoothedKey(t, onlyKey(t, ring, primaryKey))
	_, err = search.OpenProfile(gone, sealed)
	var unknown *keys.UnknownKeyError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, otherKey, unknown.ID)
	require.Contains(t, panics(t, func() { search.NewSmoothed(gone, opened) }), fmt.Sprint("key ", otherKey, ", which is not enabled"))
}

func TestSealedProfilesBelongToTheirIndex(t *testing.T) {
	ring := fixedRing(t)
	d := smoothedKey(t, ring, search.Fold)
	p, err := search.NewProfile(d, map[string]uint64{"Cork": 2, "CORK": 3, "cork": 1, "": 9}, nil)
	require.NoError(t, err)
	require.Equal(t, "cork", search.Layout(p).Heads[0].Value, "values that come out equal are one")
	require.Equal(t, uint64(6), p.Rows())
	sealed := p.Seal()
	again, err := search.OpenProfile(d, sealed)
	require.NoError(t, err)
	require.Equal(t, search.Plain(p), search.Plain(again))
	for name, other := range map[string]*keys.Derived{
		"another table":     derive(t, ring, keys.Table("doctors"), search.Smoothed("city", search.Fold)),
		"another scope":     derive(t, ring, keys.Scope("tenant", "1"), keys.Table("patients"), search.Smoothed("city", search.Fold)),
		"another column":    derive(t, ring, keys.Table("patients"), search.Smoothed("town", search.Fold)),
		"another transform": smoothedKey(t, ring, search.Trim),
	} {
		_, err := search.OpenProfile(other, sealed)
		require.Equal(t, search.ErrProfile, err, name)
		require.Contains(t, panics(t, func() { search.NewSmoothed(other, p) }), "is of another index", name)
	}
}

// Bytes under the right key that are no profile, and such whose widths do not add up.
func TestContradictoryProfilesAreRefused(t *testing.T) {
	d := smoothedKey(t, fixedRing(t), search.Fold)
	p := search.NewTextProfile(d, zipfCities(1e4), 1e4, 3, seeded(1))
	good := search.Plain(p)
	first := 2 + 4 + 8 + 4
	width := first + 1 + int(good[first])
	change := func(at int, b byte) []byte {
		bad := slices.Clone(good)
		bad[at] ^= b
		return bad
	}
	for name, bad := range map[string][]byte{
		"empty": {}, "short": good[:len(good)-1], "long": append(slices.Clone(good), 0), "another format": change(0, 1),
		"a type that transforms do not fit": change(1, 3), "no such type": change(1, 0x80), "JSON": change(1, 10),
		"a width too many": change(width, 1), "version 0": change(5, 3), "a million heads": change(first-4, 1),
		"cut points in disorder": change(len(good)-8, 0xff),
	} {
		_, err := search.OpenProfile(d, search.SealPlain(d, bad))
		require.Equal(t, search.ErrProfile, err, name)
	}
	_, err := search.OpenProfile(d, search.SealPlain(d, good))
	require.NoError(t, err)
	_, err = search.OpenProfile(d, nil)
	require.Equal(t, search.ErrProfile, err)
}

func TestValuesThatAreNone(t *testing.T) {
	d := smoothedKey(t, fixedRing(t), search.Trim, search.Fold)
	p, err := search.NewProfile(d, map[any]uint64{"a": 3, nil: 5}, nil)
	require.NoError(t, err)
	x := search.NewSmoothed(d, p)
	for _, v := range []any{nil, "", "  ", (*string)(nil)} {
		require.Nil(t, token(t, x, "1", v))
		_, err := x.Tokens(v)
		var none *search.ValueError
		require.ErrorAs(t, err, &none)
		held, err := x.Holds([]byte("1"), nil, v)
		require.NoError(t, err)
		require.False(t, held)
	}
	for _, v := range []any{canary + "\xff", 7} {
		_, tokenErr := x.Token([]byte("1"), v)
		_, tokensErr := x.Tokens(v)
		_, holdsErr := x.Holds([]byte("1"), nil, v)
		_, profileErr := search.NewProfile(d, map[any]uint64{v: 1}, nil)
		for _, err := range []error{tokenErr, tokensErr, holdsErr, profileErr} {
			require.ErrorContains(t, err, "cellseal/search: city: ")
			require.NotContains(t, err.Error(), canary)
		}
	}
	for _, counts := range []map[string]uint64{nil, {}, {"a": 0}, {"": 7}, {"a": math.MaxUint64}, {"a": 1 << 63, "b": 1}} {
		_, err := search.NewProfile(d, counts, nil)
		require.ErrorContains(t, err, "want counts of 1 to 2^63 rows")
	}
	floats := smoothedKey(t, fixedRing(t))
	q, err := search.NewProfile(floats, map[float64]uint64{0: 5, math.Copysign(0, -1): 5, math.NaN(): 5, 1: 5}, &search.ProfileOptions{Type: search.Float64})
	require.NoError(t, err)
	require.Len(t, search.Layout(q).Heads, 3, "-0.0 is 0.0, and NaN is NaN")
	y := search.NewSmoothed(floats, q)
	require.Equal(t, tokens(t, y, 0.0), tokens(t, y, math.Copysign(0, -1)))
	require.Equal(t, tokens(t, y, math.NaN()), tokens(t, y, -math.NaN()))
}
