package tag

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzParse: what can be parsed has one spelling, which parses to the same again.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"seal,pad=256", "exact,fold,unique(where=deleted_at IS NULL);prefix", "type=numeric(10,2)", "a(b)(c)", "a=(;),b", " a = b "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		parsed, err := Parse(s)
		if err != nil {
			require.Nil(t, parsed)
			return
		}
		text := Format(parsed)
		again, err := Parse(text)
		require.NoError(t, err, "%q was read as %q", s, text)
		require.Equal(t, parsed, again)
		require.Equal(t, text, Format(again))
		for _, group := range parsed {
			for _, o := range group {
				require.NotEmpty(t, o.Name)
				require.False(t, o.Value != "" && o.Arg != "")
			}
		}
	})
}
