package sqlcell_test

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

func TestTwoTablesInOneResult(t *testing.T) {
	notes := schema.Table{
		Name: "notes", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{{Name: "id", Type: "int"}, {Name: "body", Mode: schema.ModeSeal, Type: "text"}},
	}
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		createUsers(t, db)
		db.Run(t, "CREATE TABLE notes (id "+db.Types.Int+" PRIMARY KEY, user_id "+db.Types.Int+", body "+db.Types.Blob+")")
		p := wrapped(t, db, newSchema(t, users(), notes), celltest.Ring(t), nil)
		p.fill(t, 2)
		p.Run(t, "INSERT INTO notes (id, user_id, body) VALUES (?, ?, ?)", 1, 1, canary+"note")
		rows, err := p.Query("SELECT u.email, n.body, u.*, n.* FROM users u LEFT JOIN notes n ON n.user_id = u.id ORDER BY u.id")
		require.NoError(t, err)
		defer rows.Close()
		var got [][2]string
		for rows.Next() {
			var email string
			var body, other sql.NullString
			require.NoError(t, rows.Scan(&email, &body, new(any), new(any), new(any), new(any), new(any), new(any), new(any), &other))
			require.Equal(t, body, other)
			got = append(got, [2]string{email, body.String})
		}
		require.NoError(t, rows.Err())
		require.Equal(t, [][2]string{{canary, canary + "note"}, {canary, ""}}, got)
		p.sealedBelow(t)
	})
}
