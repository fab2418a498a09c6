package search_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search"
)

// Collated is what a term is taken of, but that empty text is text.
func TestCollated(t *testing.T) {
	for _, c := range []struct {
		by       []search.Transform
		in, want string
	}{
		{nil, " As it is ", " As it is "}, {[]search.Transform{search.Trim, search.Fold}, " Stra\u00dfe ", "strasse"}, {[]search.Transform{search.Digits, search.Last(2)}, "(12) 34", "34"}, {[]search.Transform{search.Digits}, "none", ""},
		{[]search.Transform{search.Email}, "", ""},
	} {
		got, err := search.Collated(c.in, c.by...)
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}
	_, err := search.Collated("CANARY", search.Email)
	require.ErrorContains(t, err, "e-mail")
	require.NotContains(t, err.Error(), "CANARY")
	_, err = search.Collated("x", "nope.v1")
	require.Error(t, err)
}
