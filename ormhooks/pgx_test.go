package ormhooks_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
)

// pgx without database/sql has its own ways with Valuers and Scanners.
func TestSealedFieldsGoThroughNativePgx(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect != testdb.Postgres {
			t.Skip("pgx speaks to PostgreSQL")
		}
		createTable(t, db, "people", people{}, "UNIQUE (id)")
		d := newDoor(t, people{})
		conn, err := db.Conn(ctx)
		require.NoError(t, err)
		defer conn.Close()
		require.NoError(t, conn.Raw(func(c any) error {
			native := c.(*stdlib.Conn).Conn()
			for i, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol} {
				nativeRoundTrip(t, d, native, mode, int64(i+1))
			}
			return nil
		}))
	})
}

func nativeRoundTrip(t *testing.T, d door, conn *pgx.Conn, mode pgx.QueryExecMode, id int64) {
	p := person(id, canary+"@example.com", canary)
	p.Phone.Set(nil)
	const insert = "INSERT INTO people (id, email, email__eq, points, points__tok, points__eq, name, phone, phone__kid) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
	_, err := conn.Exec(ctx, insert, mode, p.ID, p.Email, p.EmailEq, p.Points, p.PointsTok, p.PointsEq, p.Name, p.Phone, p.PhoneKid)
	require.ErrorIs(t, harmless(t, err), ormhooks.ErrUnsealed, "%v", mode)
	d.seal(t, p)
	_, err = conn.Exec(ctx, insert, mode, p.ID, p.Email, p.EmailEq, p.Points, p.PointsTok, p.PointsEq, p.Name, p.Phone, p.PhoneKid)
	require.NoError(t, err, "%v", mode)

	back := new(people)
	err = conn.QueryRow(ctx, "SELECT id, email, email__eq, points, points__tok, name, phone, phone__kid FROM people WHERE email__eq = ANY($1) AND id = $2", mode, d.match(t, "people", "email__eq", canary+"@example.com"), id).
		Scan(&back.ID, &back.Email, &back.EmailEq, &back.Points, &back.PointsTok, &back.Name, &back.Phone, &back.PhoneKid)
	require.NoError(t, err, "%v", mode)
	d.open(t, back)
	require.Equal(t, canary+"@example.com", back.Email.Get())
	require.Equal(t, id%3, back.Points.Get())
	require.Equal(t, canary, back.Name.Get())
	require.Nil(t, back.Phone.Get())
}
