package guests

import "database/sql"

type Guest struct {
	ID    int64
	Email string
	Phone sql.NullString
	Room  int64
}
