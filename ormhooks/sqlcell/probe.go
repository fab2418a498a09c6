package sqlcell

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"github.com/cellseal/cellseal/ormhooks/internal/door"
)

// probe is a statement that every database understands, and to which the door alone gives
// another answer than the question.
const (
	probe  = "SELECT 'cellseal: is the door here?'"
	answer = "cellseal: it is"
)

// ErrNoDoor is returned for an *sql.DB that Wrap or Open has not made.
var ErrNoDoor = errors.New("cellseal: this *sql.DB does not go through sqlcell, so nothing in it is protected: open it with sqlcell.Open, or with sql.OpenDB(sqlcell.Wrap(…))")

// Probe returns ErrNoDoor unless the door is between db and its database. db is an *sql.DB, or
// an *sql.Conn or *sql.Tx of one.
func Probe(ctx context.Context, db interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) error {
	var got string
	if err := db.QueryRowContext(ctx, probe).Scan(&got); err != nil {
		return err
	}
	if got != answer {
		return ErrNoDoor
	}
	return nil
}

func probeAnswer() driver.Rows {
	return doneRows(&door.Done{Returned: &door.Result{Columns: []string{"cellseal"}, Rows: [][]driver.Value{{answer}}}}, nil)
}

// Bare returns the driver's own connection of what (*sql.Conn).Raw gives. Whatever is
// done with it goes past the door: nothing is encrypted, and nothing opened.
func Bare(driverConn any) (bare driver.Conn, ok bool) {
	c, ok := driverConn.(*conn)
	if !ok {
		return nil, false
	}
	return c.below.Conn, true
}
