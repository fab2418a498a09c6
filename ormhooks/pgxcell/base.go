package pgxcell

import (
	"context"
	"database/sql/driver"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

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
		all, err := result.All(ctx, over, query, args)
		if err != nil {
			return nil, err
		}
		return all.Values(), nil
	})
}

// carry carries out a statement that takes several steps, in the transaction under way or in one of
// its own. What is sent for it goes in the mode that was asked for it.
func (l *link) carry(ctx context.Context, st *door.Statement, r *request) (*door.Done, error) {
	l.carried = r
	defer func(on below) { l.on, l.carried = on, nil }(l.on)
	return l.session.Carry(ctx, st, named(r.args), true)
}

// given are the arguments of a step.
func (l *link) given(formats pgx.QueryResultFormats, args []driver.NamedValue) []any {
	if l.carried == nil {
		return values(args)
	}
	return (&request{mode: l.carried.mode}).all(formats, values(args))
}

// An effect is what a server said of a statement.
type effect struct {
	driver.Result
	tag pgconn.CommandTag
}

// Exec implements door.Base.
func (l *link) Exec(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	tag, err := l.on.Exec(ctx, text, l.given(nil, args)...)
	return effect{driver.RowsAffected(tag.RowsAffected()), tag}, err
}

// tag is what a server says of a statement that it carries out at once.
func tag(done *door.Done) pgconn.CommandTag {
	if e, ok := done.Result.(effect); ok {
		return e.tag
	}
	return result.Tag(done)
}

// Query implements door.Base.
func (l *link) Query(ctx context.Context, text string, args []driver.NamedValue) (*door.Result, error) {
	got, err := result.All(ctx, l.on, text, l.given(nil, args))
	if err != nil {
		return nil, err
	}
	return got.Result(), nil
}

// Answer implements door.Base.
func (l *link) Answer(ctx context.Context, st *door.Statement, behind int, text string, args []driver.NamedValue) (*door.Result, error) {
	formats, err := formatsBelow(st, l.carried.formats)
	if err != nil {
		return nil, err
	}
	if len(formats) > 1 {
		formats = append(formats, make(pgx.QueryResultFormats, behind)...)
	}
	got, err := result.Answer(ctx, l.on, st, text, l.given(formats, args))
	if err != nil {
		return nil, err
	}
	return got.Result(), nil
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
