package search_test

import (
	"bytes"
	"testing"

	"github.com/cellseal/cellseal/search"
)

// What opens is what Seal would write, byte for byte, and works; all else is refused.
// The input is taken twice: as sealed bytes, and as what they hold under the right key.
func FuzzOpenProfile(f *testing.F) {
	d := smoothedKey(f, fixedRing(f))
	for _, counts := range []map[string]uint64{{"a": 1}, {"a": 9, "b": 90}, zipfCities(2000)} {
		p := search.NewTextProfile(d, counts, 10, 7, seeded(3))
		plain := search.Plain(p)
		f.Add(plain[:len(plain)-8*900])
		if len(counts) < 3 {
			cuts := len(search.Layout(p).Cuts)
			short := plain[:len(plain)-8*cuts-4]
			f.Add(append(bytes.Clone(short), 0, 0, 0, 0))
			f.Add(append(bytes.Clone(short), 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := search.OpenProfile(d, b); err == nil {
			t.Fatal("opened what was never sealed")
		}
		p, err := search.OpenProfile(d, search.SealPlain(d, b))
		if err != nil {
			return
		}
		if !bytes.Equal(search.Plain(p), b) {
			t.Fatal("two forms of one profile")
		}
		x := search.NewSmoothed(d, p)
		x.Explain(1000)
		stored, err := x.Token([]byte("1"), []byte("a"))
		if err != nil {
			return // of another type
		}
		if list, err := x.Tokens([]byte("a")); err != nil || !has(list, stored) {
			t.Fatal("a row is not found", err)
		}
	})
}
