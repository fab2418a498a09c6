package pgxcell

import (
	"context"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/pgxcell/internal/result"
)

// pgx takes the name of a prepared statement in place of its text. What was prepared past
// the door could take plaintext to a protected table, so a text that is no SQL is refused
// unless it was prepared through the door.

// refuse counts a refusal that is this package's own.
func (g *gate) refuse(reason, instead string) error {
	if g.door.Observer != nil {
		g.door.Observer(door.Event{Kind: door.Refused})
	}
	return &ormhooks.StatementError{Line: 1, Reason: reason, Instead: instead}
}

// preparer is a connection or a transaction.
type preparer interface {
	Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error)
}

// prepare has the server prepare what a statement becomes. pgx knows that by its text, so
// when it comes to be another text, it is prepared anew or not, as the connection's mode has it.
func (l *link) prepare(ctx context.Context, on preparer, name, sql string) (*pgconn.StatementDescription, error) {
	st, err := l.statement(ctx, &request{text: sql})
	if err != nil {
		return nil, err
	}
	description := &pgconn.StatementDescription{Name: name, SQL: sql}
	switch {
	case st.Plan.Pass:
		if description, err = on.Prepare(ctx, name, sql); err != nil {
			return nil, err
		}
	case st.Plan.Steps():
		description.ParamOIDs = make([]uint32, st.NumInput())
	default:
		text := st.Prepared()
		below, err := on.Prepare(ctx, text, text)
		if err != nil {
			return nil, err
		}
		description.ParamOIDs = make([]uint32, st.NumInput())
		if description.Fields, err = result.Fields(st, below.Fields, l.conn.TypeMap()); err != nil {
			return nil, err
		}
	}
	if name != "" {
		if l.names == nil {
			l.names = map[string]string{}
		}
		l.names[name] = sql
	}
	return description, nil
}
