package core_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search/segment/internal/core"
)

// Whoever meets it has mostly added an index to a table with rows, and knows nothing of this package.
func TestAFillingErrorSaysWhatToRunFirst(t *testing.T) {
	require.EqualError(t, &core.FillingError{Index: "patients notes/words"}, "cellseal/segment: index patients notes/words lacks rows, and would not find them: "+
		"they were written before it was there, or it was dropped or deleted, or rows of it were quarantined: run reseal.Rows with RowsOptions{Reindex: true}; "+
		"who fills it without package reseal calls Complete when every document is written")
}
