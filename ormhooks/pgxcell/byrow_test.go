package pgxcell_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// Behind a source that gives single rows, results are read ahead of what is opened, and plain columns
// come back as they were.
func TestByRow(t *testing.T) {
	source := celltest.NewByRow(celltest.Ring(t))
	w := open(t, source, nil, createUsers, users())
	for i := range 300 {
		_, err := w.Exec(ctx, "INSERT INTO users (id, email, ssn, name, age) VALUES ($1, $2, $3, $4, $5)", i+1, fmt.Sprint(canary, i+1), canary, fmt.Sprint("n", i+1), i)
		require.NoError(t, err)
	}
	source.Asked()
	rows, err := w.Query(ctx, "SELECT id, name, email, age, ssn FROM users ORDER BY id")
	require.NoError(t, err)
	n := 0
	for rows.Next() {
		n++
		var id, age int64
		var name, email, ssn string
		require.NoError(t, rows.Scan(&id, &name, &email, &age, &ssn))
		require.Equal(t, []any{int64(n), fmt.Sprint("n", n), fmt.Sprint(canary, n), int64(n - 1), canary}, []any{id, name, email, age, ssn})
	}
	require.NoError(t, rows.Err())
	require.Equal(t, 300, n)
	require.Equal(t, int64(300), rows.CommandTag().RowsAffected())
	times, asked := source.Asked()
	require.Equal(t, []int{4, 300}, []int{times, asked}, "1, 10, 100 and the rest")

	var email string
	require.NoError(t, w.QueryRow(ctx, "SELECT email FROM users ORDER BY id").Scan(&email))
	times, asked = source.Asked()
	require.Equal(t, []int{1, 1}, []int{times, asked})

	source.Deny(&keys.DeniedError{Path: "t:users c:default", Capability: "cells"})
	require.ErrorAs(t, w.QueryRow(ctx, "SELECT email FROM users").Scan(&email), new(*keys.DeniedError))
	source.Deny(nil)
	require.NoError(t, w.QueryRow(ctx, "SELECT email FROM users").Scan(&email), "the connection is good for more")
}
