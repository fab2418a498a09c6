package people

import (
	"github.com/jackc/pgx/v5/pgtype"
)

type Person struct {
	ID    int64
	Email string
	Ssn   pgtype.Text
	Born  pgtype.Date
}
