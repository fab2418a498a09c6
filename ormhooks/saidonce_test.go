package ormhooks_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/search"
)

// A ColumnError names the column; that of package search within it does not once more.
func TestAColumnIsNamedOnce(t *testing.T) {
	for says, err := range map[string]error{
		"cellseal: patients.notes: the reason":        &search.ValueError{Column: "notes", Reason: "the reason"},
		"cellseal: patients.notes: other: the reason": &search.ValueError{Column: "other", Reason: "the reason"},
		"cellseal: patients.notes: notes: the reason": errors.New("cellseal/search: notes: the reason"),
	} {
		require.EqualError(t, &ormhooks.ColumnError{Table: "patients", Column: "notes", Err: err}, says)
	}
}
