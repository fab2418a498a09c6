package message

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBare(t *testing.T) {
	for text, want := range map[string]string{
		"cellseal: a":             "a",
		"cellseal/cell: a":        "a",
		"cellseal/cell: cellseal": "cellseal",
		"x cellseal: a":           "x cellseal: a",
		"cellseal":                "cellseal",
	} {
		require.Equal(t, want, Bare(errors.New(text)))
	}
}
