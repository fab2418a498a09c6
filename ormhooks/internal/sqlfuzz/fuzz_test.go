package sqlfuzz

import "testing"

func FuzzPostgreSQL(f *testing.F) { fuzz(f, postgres) }
func FuzzMySQL(f *testing.F)      { fuzz(f, mysql) }
func FuzzSQLite(f *testing.F)     { fuzz(f, sqlite) }

// fuzz asks everything but the servers. A change of 0 leaves the text as it is; others change
// it once, in a way that random bytes would seldom find.
func fuzz(f *testing.F, d *dialect) {
	seeds := d.seeds(f)
	for i, s := range seeds {
		f.Add(s, uint64(i%3))
	}
	f.Fuzz(func(t *testing.T, text string, change uint64) {
		if change != 0 {
			text = newMutator(d, append(seeds[:len(seeds):len(seeds)], text), change).once(text)
		}
		j := &judge{d: d}
		for _, o := range j.statement(text, false) {
			t.Errorf("%q\n%s", text, o)
		}
	})
}
