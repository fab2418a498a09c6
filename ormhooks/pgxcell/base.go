package pgxcell

import (
	"context"
	"database/sql/driver"

	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/pgxcell/internal/result"
)

var _ door.Base = (*link)(nil)

// Catalogue implements door.Base. A connection without a transaction sees what one of its own
// would. One of the pool's is not waited for: those who have them may be waiting for
// the catalogue.
func (l *link) Catalogue(ctx context.Context, here bool, use func(catalog.Querier) error) error {
	over := l.conn
	if over == nil || !here && !l.idle() {
		c, done, err := l.apart(ctx)
		if err != nil {
			return err
		}
		defer done()
		over = c
	}
	if err := l.settled(over); err != nil {
		return err
	}
	return use(func(ctx context.Context, query string, args ...any) ([][]any, error) {
		all, err := result.All(ctx, over, query, args, nil)
		if err != nil {
			return nil, err
		}
		rows := make([][]any, len(all.Rows))
		for i, row := range all.Rows {
			rows[i] = make([]any, len(row))
			for at, v := range row {
				rows[i][at] = v
			}
		}
		return rows, nil
	})
}

// A run is a statement that is carried out row by row.
type run struct {
	fetched  bool // Each.Fetch was carried out
	needed   []bool
	returned *result.Set // the last one: of what types the returned columns are
}

// rowByRow carries out a statement in the transaction under way, or in one of its own.
func (l *link) rowByRow(ctx context.Context, st *door.Statement, r *request) (*door.Done, *run, error) {
	args := r.args
	if r.mode != 0 { // formats are of what is returned, and that is text
		args = append([]any{r.mode}, args...)
	}
	l.each = &run{needed: result.Needed(st)}
	defer func(on below) { l.on, l.each = on, nil }(l.on)
	run := l.each
	done, err := l.session.Carry(ctx, st, named(args), true)
	return done, run, err
}

// Exec implements door.Base.
func (l *link) Exec(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	tag, err := l.on.Exec(ctx, text, values(args)...)
	return driver.RowsAffected(tag.RowsAffected()), err
}

// Query implements door.Base. Of what RETURNING gives, values that nothing has to be worked out
// from stay as the server sent them.
func (l *link) Query(ctx context.Context, text string, args []driver.NamedValue) (*door.Result, error) {
	var needed []bool
	if l.each.fetched {
		needed = l.each.needed
	}
	got, err := result.All(ctx, l.on, text, values(args), needed)
	if err != nil {
		return nil, err
	}
	if l.each.fetched {
		l.each.returned = got
	}
	l.each.fetched = true
	rows := &door.Result{Rows: got.Rows}
	for _, f := range got.Fields {
		rows.Columns = append(rows.Columns, f.Name)
	}
	return rows, nil
}

// Begin implements door.Base.
func (l *link) Begin(ctx context.Context, inside bool) (end func(commit bool) error, err error) {
	after := context.WithoutCancel(ctx) // or it could not be rolled back any more
	if inside {
		const name = "cellseal_attempt"
		if _, err := l.on.Exec(ctx, "SAVEPOINT "+name); err != nil {
			return nil, err
		}
		return func(commit bool) error {
			text := "RELEASE SAVEPOINT " + name
			if !commit {
				text = "ROLLBACK TO SAVEPOINT " + name + "; " + text
			}
			_, err := l.on.Exec(after, text)
			return err
		}, nil
	}
	on := l.on
	began, err := on.Begin(ctx)
	if err != nil {
		return nil, err
	}
	l.on = began
	return func(commit bool) error {
		l.on = on
		if commit {
			return began.Commit(ctx)
		}
		return began.Rollback(after)
	}, nil
}
