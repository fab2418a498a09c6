package sqlcell

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/cellseal/cellseal/ormhooks/internal/door"
)

// An Explanation is what a statement becomes.
type Explanation struct {
	// Pass says that it names nothing protected, and goes to the driver as it is.
	Pass bool
	// Becomes describes what is sent, with what is computed for each execution in « ».
	Becomes string
	// Sealed are the columns that are written, Sought the index columns that are looked in,
	// and Opened the columns that are read, as table.column.
	Sealed, Sought, Opened []string
}

// Explain says what becomes of a statement on db, which must go through the door. Nothing
// is executed, but the catalogue may be read.
func Explain(ctx context.Context, db *sql.DB, query string) (*Explanation, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	var e *Explanation
	err = c.Raw(func(driverConn any) error {
		own, ok := driverConn.(*conn)
		if !ok {
			return ErrNoDoor
		}
		st, err := own.session.Statement(ctx, query)
		if err == nil {
			e = explain(st)
		}
		return err
	})
	return e, err
}

func explain(st *door.Statement) *Explanation {
	e := &Explanation{Pass: st.Plan.Pass, Becomes: st.Plan.Describe()}
	e.Sealed, e.Sought, e.Opened = st.Plan.Columns()
	return e
}

// String is for a reviewer's eyes.
func (e *Explanation) String() string {
	var b strings.Builder
	b.WriteString(e.Becomes)
	for _, part := range []struct {
		what    string
		columns []string
	}{{"sealed", e.Sealed}, {"sought", e.Sought}, {"opened", e.Opened}} {
		if len(part.columns) > 0 {
			fmt.Fprintf(&b, "\n%s: %s", part.what, strings.Join(part.columns, ", "))
		}
	}
	return b.String()
}
