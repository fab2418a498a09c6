package guests

import (
	"context"
	"database/sql"
)

const createGuest = `-- name: CreateGuest :exec
INSERT INTO guests (id, email, phone, room) VALUES (?, ?, ?, ?)
`

type CreateGuestParams struct {
	ID    int64
	Email string
	Phone sql.NullString
	Room  int64
}

func (q *Queries) CreateGuest(ctx context.Context, arg CreateGuestParams) error {
	_, err := q.db.ExecContext(ctx, createGuest, arg.ID, arg.Email, arg.Phone, arg.Room)
	return err
}

const guestByEmail = `-- name: GuestByEmail :one
SELECT id, email, phone, room FROM guests WHERE email = ?
`

func (q *Queries) GuestByEmail(ctx context.Context, email string) (Guest, error) {
	row := q.db.QueryRowContext(ctx, guestByEmail, email)
	var i Guest
	err := row.Scan(&i.ID, &i.Email, &i.Phone, &i.Room)
	return i, err
}

const setPhone = `-- name: SetPhone :execrows
UPDATE guests SET phone = ? WHERE room = ?
`

type SetPhoneParams struct {
	Phone sql.NullString
	Room  int64
}

func (q *Queries) SetPhone(ctx context.Context, arg SetPhoneParams) (int64, error) {
	result, err := q.db.ExecContext(ctx, setPhone, arg.Phone, arg.Room)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
