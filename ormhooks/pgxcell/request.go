package pgxcell

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/cellseal/cellseal/ormhooks/internal/door"
)

// A request is a statement as the door is to see it: rewritten, and without the arguments
// that are for pgx.
type request struct {
	text    string
	args    []any
	mode    pgx.QueryExecMode // 0 if the connection's
	formats pgx.QueryResultFormats
	byOID   pgx.QueryResultFormatsByOID
}

// Where a statement stands decides which of its first arguments are for pgx.
const (
	inBatch = iota // a rewriter
	inExec         // and the mode
	inQuery        // and formats
)

func (l *link) request(ctx context.Context, text string, args []any, where int) (request, error) {
	r := request{text: text}
	var rewriter pgx.QueryRewriter
options:
	for ; len(args) > 0; args = args[1:] {
		switch o := args[0].(type) {
		case pgx.QueryRewriter:
			rewriter = o
			continue
		case pgx.QueryExecMode:
			if where >= inExec {
				r.mode = o
				continue
			}
		case pgx.QueryResultFormats:
			if where >= inQuery {
				r.formats = o
				continue
			}
		case pgx.QueryResultFormatsByOID:
			if where >= inQuery {
				r.byOID = o
				continue
			}
		}
		break options
	}
	r.args = args
	if rewriter == nil {
		return r, nil
	}
	var err error
	if r.text, r.args, err = l.rewrite(ctx, rewriter, text, args); err != nil {
		return r, fmt.Errorf("rewrite query failed: %w", err)
	}
	return r, nil
}

// rewrite lends a rewriter a connection. Those of pgx itself do not look at it.
func (l *link) rewrite(ctx context.Context, w pgx.QueryRewriter, text string, args []any) (string, []any, error) {
	pool, ok := l.on.(*pgxpool.Pool)
	switch w.(type) {
	case pgx.NamedArgs, pgx.StrictNamedArgs:
		ok = false
	}
	if !ok {
		return w.RewriteQuery(ctx, l.conn, text, args)
	}
	c, err := pool.Acquire(ctx)
	if err != nil {
		return "", nil, err
	}
	defer c.Release()
	return w.RewriteQuery(ctx, c.Conn(), text, args)
}

// all returns the arguments for pgx, with its own in front.
func (r *request) all(formats pgx.QueryResultFormats, args []any) []any {
	if r.mode == 0 && formats == nil && r.byOID == nil {
		return args
	}
	all := make([]any, 0, len(args)+3)
	if r.mode != 0 {
		all = append(all, r.mode)
	}
	if r.byOID != nil {
		all = append(all, r.byOID)
	}
	if formats != nil {
		all = append(all, formats)
	}
	return append(all, args...)
}

// formatsBelow gives formats by the caller's columns to the columns that the server sends.
// What the caller does not see comes as text.
func formatsBelow(st *door.Statement, formats pgx.QueryResultFormats) (pgx.QueryResultFormats, error) {
	out := st.Plan.Out
	if len(formats) < 2 || out == nil { // one is for all columns
		return formats, nil
	}
	all, next := make(pgx.QueryResultFormats, len(out.Columns)), 0
	for at, c := range out.Columns {
		if c.Visible {
			if next < len(formats) {
				all[at] = formats[next]
			}
			next++
		}
	}
	if next != len(formats) {
		return nil, fmt.Errorf("cellseal: %d result formats were given for %d columns", len(formats), next)
	}
	return all, nil
}
