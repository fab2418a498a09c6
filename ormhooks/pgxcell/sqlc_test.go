package pgxcell_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/pgxcell/internal/people"
)

type personModel struct {
	_     struct{} `cell:"table=people,bind=id"`
	ID    int64
	Email string  `cell:"seal" search:"exact,trim,fold"`
	SSN   *string `cell:"token"`
}

// Code that sqlc generates neither knows nor shows that anything is encrypted.
func TestGeneratedBySqlc(t *testing.T) {
	w := open(t, celltest.Ring(t), nil, "CREATE TABLE people (id BIGINT PRIMARY KEY, email BYTEA NOT NULL, ssn BYTEA, born DATE, ssn__tok BYTEA, email__eq BYTEA)", personModel{})
	q := people.New(w)
	born := pgtype.Date{Time: time.Date(1979, 11, 8, 0, 0, 0, 0, time.UTC), Valid: true}
	require.NoError(t, pgx.BeginFunc(ctx, w, func(tx pgx.Tx) error {
		for id := range int64(3) {
			p := people.CreatePersonParams{ID: id + 1, Email: canary, Ssn: pgtype.Text{String: canary, Valid: true}, Born: born}
			got, err := q.WithTx(tx).CreatePerson(ctx, p)
			if err != nil {
				return err
			}
			require.Equal(t, people.Person(p), got)
		}
		return nil
	}))
	w.sealed(t)
	all, err := q.ListByEmails(ctx, []string{"nobody", " " + canary})
	require.NoError(t, err)
	require.Len(t, all, 3)
	n, err := q.SetSsn(ctx, people.SetSsnParams{Ssn: pgtype.Text{String: canary + "2", Valid: true}, Born: pgtype.Date{Time: time.Now(), Valid: true}})
	require.NoError(t, err)
	require.EqualValues(t, 3, n)
	seen := 0
	q.GetByID(ctx, []int64{1, 2, 3, 4}).QueryRow(func(i int, p people.Person, err error) {
		if i == 3 {
			require.ErrorIs(t, err, pgx.ErrNoRows)
			return
		}
		require.NoError(t, err)
		require.Equal(t, canary, p.Email)
		require.Equal(t, canary+"2", p.Ssn.String)
		seen++
	})
	require.Equal(t, 3, seen)
	_, err = q.ImportPeople(ctx, []people.ImportPeopleParams{{ID: 9, Email: canary}})
	require.ErrorAs(t, harmless(t, err), new(*ormhooks.StatementError))
	w.sealed(t)
	require.NoError(t, q.DeletePerson(ctx, canary))
	all, err = q.ListByEmails(ctx, []string{canary})
	require.NoError(t, err)
	require.Empty(t, all)
}
