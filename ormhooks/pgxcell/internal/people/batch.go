package people

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

var (
	ErrBatchAlreadyClosed = errors.New("batch already closed")
)

const getByID = `-- name: GetByID :batchone
SELECT id, email, ssn, born FROM people WHERE id = $1
`

type GetByIDBatchResults struct {
	br     pgx.BatchResults
	tot    int
	closed bool
}

func (q *Queries) GetByID(ctx context.Context, id []int64) *GetByIDBatchResults {
	batch := &pgx.Batch{}
	for _, a := range id {
		vals := []interface{}{
			a,
		}
		batch.Queue(getByID, vals...)
	}
	br := q.db.SendBatch(ctx, batch)
	return &GetByIDBatchResults{br, len(id), false}
}

func (b *GetByIDBatchResults) QueryRow(f func(int, Person, error)) {
	defer b.br.Close()
	for t := 0; t < b.tot; t++ {
		var i Person
		if b.closed {
			if f != nil {
				f(t, i, ErrBatchAlreadyClosed)
			}
			continue
		}
		row := b.br.QueryRow()
		err := row.Scan(
			&i.ID,
			&i.Email,
			&i.Ssn,
			&i.Born,
		)
		if f != nil {
			f(t, i, err)
		}
	}
}

func (b *GetByIDBatchResults) Close() error {
	b.closed = true
	return b.br.Close()
}
