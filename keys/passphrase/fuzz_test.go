package passphrase

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// What parses is within bounds, and is written as what parses to the same. The
// work itself, Argon2, is not done here.
func FuzzParse(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := parse(data)
		if err != nil {
			return
		}
		require.NoError(t, a.Argon2.check())
		first, err := json.Marshal(a)
		require.NoError(t, err)
		b, err := parse(first)
		require.NoError(t, err)
		require.Equal(t, a.Argon2, b.Argon2)
		second, err := json.Marshal(b)
		require.NoError(t, err)
		require.Equal(t, first, second)
	})
}
