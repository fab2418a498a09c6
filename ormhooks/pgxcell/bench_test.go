package pgxcell_test

import "testing"

// What the door costs: a row by its key from a plain table past it and through it, and one with
// two protected columns.
func BenchmarkQueryRow(b *testing.B) {
	w := usersWorld(b)
	w.fill(b, 1)
	w.run(b, "INSERT INTO plain VALUES (1, 'x')")
	for _, c := range []struct {
		name, query string
		db          DBTX
		into        []any
	}{
		{"bare", "SELECT id, note FROM plain WHERE id = $1", w.Bare(), []any{new(int64), new(string)}},
		{"passing", "SELECT id, note FROM plain WHERE id = $1", w, []any{new(int64), new(string)}},
		{"bare cells", "SELECT id, email, ssn, ssn__tok FROM users WHERE id = $1", w.Bare(), []any{new(int64), new([]byte), new([]byte), new([]byte)}},
		{"opened", "SELECT id, email, ssn FROM users WHERE id = $1", w, []any{new(int64), new(string), new(string)}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.db.QueryRow(ctx, c.query, 1).Scan(c.into...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
