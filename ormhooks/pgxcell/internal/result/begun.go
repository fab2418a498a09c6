package result

import "github.com/jackc/pgx/v5"

// Begun waits for the first row, or for the server's error, which pgx else gives when the rows
// are read.
func Begun(rows pgx.Rows) (pgx.Rows, error) {
	if rows.Next() {
		return &begun{rows, true}, nil
	}
	return rows, rows.Err()
}

// begun are rows of which the next one is there already.
type begun struct {
	pgx.Rows
	there bool
}

// Next implements pgx.Rows.
func (b *begun) Next() bool {
	if b.there {
		b.there = false
		return true
	}
	return b.Rows.Next()
}
