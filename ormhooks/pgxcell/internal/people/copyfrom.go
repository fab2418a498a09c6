package people

import (
	"context"
)

// iteratorForImportPeople implements pgx.CopyFromSource.
type iteratorForImportPeople struct {
	rows                 []ImportPeopleParams
	skippedFirstNextCall bool
}

func (r *iteratorForImportPeople) Next() bool {
	if len(r.rows) == 0 {
		return false
	}
	if !r.skippedFirstNextCall {
		r.skippedFirstNextCall = true
		return true
	}
	r.rows = r.rows[1:]
	return len(r.rows) > 0
}

func (r iteratorForImportPeople) Values() ([]interface{}, error) {
	return []interface{}{
		r.rows[0].ID,
		r.rows[0].Email,
	}, nil
}

func (r iteratorForImportPeople) Err() error {
	return nil
}

type ImportPeopleParams struct {
	ID    int64
	Email string
}

func (q *Queries) ImportPeople(ctx context.Context, arg []ImportPeopleParams) (int64, error) {
	return q.db.CopyFrom(ctx, []string{"people"}, []string{"id", "email"}, &iteratorForImportPeople{rows: arg})
}
