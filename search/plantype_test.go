package search_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search"
)

// A sample of what is no text is told which option is missing.
func TestAPlanOfAnotherType(t *testing.T) {
	_, err := search.Plan([]time.Time{{}}, nil)
	require.EqualError(t, err, "cellseal/search: column: a Go time.Time is no text: set PlanOptions.Type to what the column holds")
	_, err = search.Plan([]int64{1}, &search.PlanOptions{Column: "age"})
	require.EqualError(t, err, "cellseal/search: age: a Go int64 is no text: set PlanOptions.Type to what the column holds")
}
