package near_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/near"
)

func TestWord(t *testing.T) {
	for got, want := range map[string]string{
		"serach": "search", "searc": "search", "searchh": "search", "sezrch": "search", "Search": "search", "SERACH": "search",
		"fuzzi": "fuzzy", "serhca": "", "seek": "", "": "", "search": "search", "süarch": "",
	} {
		require.Equal(t, want, near.Word(got, "search", "fuzzy"), got)
	}
}
