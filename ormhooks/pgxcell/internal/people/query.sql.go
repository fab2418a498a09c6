package people

import (
	"context"

	"github.com/jackc/pgx/v5/pgtype"
)

const createPerson = `-- name: CreatePerson :one
INSERT INTO people (
  id, email, ssn, born
) VALUES (
  $1, $2, $3, $4
)
RETURNING id, email, ssn, born
`

type CreatePersonParams struct {
	ID    int64
	Email string
	Ssn   pgtype.Text
	Born  pgtype.Date
}

func (q *Queries) CreatePerson(ctx context.Context, arg CreatePersonParams) (Person, error) {
	row := q.db.QueryRow(ctx, createPerson,
		arg.ID,
		arg.Email,
		arg.Ssn,
		arg.Born,
	)
	var i Person
	err := row.Scan(
		&i.ID,
		&i.Email,
		&i.Ssn,
		&i.Born,
	)
	return i, err
}

const listByEmails = `-- name: ListByEmails :many
SELECT id, email, ssn, born FROM people
WHERE email = ANY($1::text[])
ORDER BY id
`

func (q *Queries) ListByEmails(ctx context.Context, dollar_1 []string) ([]Person, error) {
	rows, err := q.db.Query(ctx, listByEmails, dollar_1)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var items []Person
	for rows.Next() {
		var i Person
		if err := rows.Scan(
			&i.ID,
			&i.Email,
			&i.Ssn,
			&i.Born,
		); err != nil {
			return nil, err
		}
		items = append(items, i)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return items, nil
}

const setSsn = `-- name: SetSsn :execrows
UPDATE people SET ssn = $1 WHERE born < $2
`

type SetSsnParams struct {
	Ssn  pgtype.Text
	Born pgtype.Date
}

func (q *Queries) SetSsn(ctx context.Context, arg SetSsnParams) (int64, error) {
	result, err := q.db.Exec(ctx, setSsn, arg.Ssn, arg.Born)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected(), nil
}

const deletePerson = `-- name: DeletePerson :exec
DELETE FROM people WHERE email = $1
`

func (q *Queries) DeletePerson(ctx context.Context, email string) error {
	_, err := q.db.Exec(ctx, deletePerson, email)
	return err
}
