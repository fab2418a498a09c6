package sqltext

import "testing"

// FuzzParse looks for panics, spans outside of those above them, and parameters that are
// in the text but not in the tree.
func FuzzParse(f *testing.F) {
	for _, all := range []map[Dialect][]string{understood, refused} {
		for d, texts := range all {
			for _, text := range texts {
				f.Add(uint8(d), uint8(0), text)
			}
		}
	}
	for _, odd := range []string{
		"'a'\n--x\n'b'", "$$", "E'\\", "/*!*/", "/*+*/", "@", "@@", "_utf8", "0x", "1e", "1..", "x'", "a.*", "((((", "))", "SELECT a[", "SELECT ARRAY[[", "SELECT 1 IN (",
		"SELECT -- '\r'", "SELECT N'a' 'b'", "SELECT TIME(", "INSERT INTO t(", "SELECT INTERVAL", "SELECT a.", "WITH", "EXPLAIN", "EXPLAIN (", "SELECT * FROM ((", "SELECT @'a' 'b'",
	} {
		for d := PostgreSQL; d <= SQLite; d++ {
			f.Add(uint8(d), uint8(3), odd)
		}
	}
	f.Fuzz(func(t *testing.T, d, o uint8, text string) {
		checkParsed(t, Dialect(d%4), Options{BackslashEscapes: o&1 != 0, ANSIQuotes: o&2 != 0}, text, false)
	})
}
