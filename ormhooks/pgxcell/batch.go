package pgxcell

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/pgxcell/internal/result"
)

// sendBatch sends what the statements of a batch become. All are sent at once, so nothing of
// the batch leaves if one of them is refused.
func (l *link) sendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	out := *b // with the transaction that it begins, which is not to be seen
	out.QueuedQueries = make([]*pgx.QueuedQuery, len(b.QueuedQueries))
	results := &results{link: l, ctx: ctx, queries: make([]query, len(b.QueuedQueries))}
	for i, q := range b.QueuedQueries {
		below, err := l.queued(ctx, q, &results.queries[i])
		if err != nil {
			return pgx.FailedBatchResults(b, err)
		}
		if seen := q.Fn; seen != nil {
			below.Fn = func(pgx.BatchResults) error {
				results.at = i
				return seen(results)
			}
		}
		out.QueuedQueries[i] = below
	}
	results.base = l.on.SendBatch(ctx, &out)
	return results
}

// A query is one statement of a batch.
type query struct {
	st   *door.Statement
	call *door.Call // nil if the statement passes
	text string
}

func (l *link) queued(ctx context.Context, q *pgx.QueuedQuery, of *query) (*pgx.QueuedQuery, error) {
	r, err := l.request(ctx, q.SQL, q.Arguments, inBatch)
	if err != nil {
		return nil, err
	}
	if of.st, err = l.statement(ctx, &r); err != nil {
		return nil, err
	}
	of.text = r.text
	switch {
	case of.st.Plan.Pass:
		return &pgx.QueuedQuery{SQL: r.text, Arguments: r.args}, nil
	case of.st.Plan.Steps():
		return nil, l.refuse("this statement takes several steps, and a batch is sent at once",
			"send it by itself; an UPDATE that goes row by row takes one step if it names the row by all columns that its cells are bound to")
	}
	if of.call, err = l.session.Bind(ctx, of.st, named(r.args), false); err != nil {
		return nil, err
	}
	return &pgx.QueuedQuery{SQL: of.call.Text, Arguments: values(of.call.Args)}, nil
}

// results are those of a batch, opened.
type results struct {
	base    pgx.BatchResults
	link    *link
	ctx     context.Context
	queries []query
	at      int // the next one
	tx      pgx.Tx
	closed  bool
}

var _ pgx.BatchResults = (*results)(nil)

// Exec implements pgx.BatchResults.
func (r *results) Exec() (pgconn.CommandTag, error) {
	r.at++
	return r.base.Exec()
}

// Query implements pgx.BatchResults.
func (r *results) Query() (pgx.Rows, error) {
	at := r.at
	r.at++
	base, err := r.base.Query()
	if err != nil || at >= len(r.queries) || r.queries[at].call == nil {
		return base, err
	}
	q := &r.queries[at]
	opened, err := result.Open(r.ctx, base, q.st, q.call)
	if err != nil {
		return result.Failed(err)
	}
	return opened, nil
}

// QueryRow implements pgx.BatchResults.
func (r *results) QueryRow() pgx.Row {
	rows, _ := r.Query()
	return result.Row{Rows: rows}
}

// Close implements pgx.BatchResults.
func (r *results) Close() error {
	err := r.base.Close()
	if r.closed {
		return err
	}
	r.closed = true
	for i := range r.queries {
		switch q := &r.queries[i]; {
		case err == nil && q.call == nil:
			r.link.passed(q.st)
		case err != nil && q.st.Plan.Catalogued: // the catalogue may be old; the next batch is to have a new one
			r.link.session.Failed(r.ctx, q.st, err)
			return err
		}
	}
	return err
}

// Tx implements pgx.BatchResults.
func (r *results) Tx() pgx.Tx {
	base := r.base.Tx()
	if base == nil {
		return nil
	}
	if r.tx == nil {
		on := r.link
		if on.conn == nil { // of a pool: the transaction has a connection of its own
			on = on.gate.link(base, base.Conn())
		}
		r.tx = on.begun(base)
	}
	return r.tx
}
