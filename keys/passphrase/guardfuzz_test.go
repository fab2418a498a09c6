package passphrase

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is stored is read in one way, within its bounds, and written so that it is read again.
func FuzzParseGuarded(f *testing.F) {
	data, err := os.ReadFile("testdata/secrets.json")
	require.NoError(f, err)
	var v struct {
		Valid []struct {
			Stored string `json:"stored"`
		} `json:"valid"`
	}
	require.NoError(f, json.Unmarshal(data, &v))
	for _, c := range v.Valid {
		f.Add([]byte(c.Stored))
	}
	f.Fuzz(func(t *testing.T, stored []byte) {
		g, err := parseGuarded(stored)
		if err != nil {
			return
		}
		require.LessOrEqual(t, len(stored), maxGuarded)
		require.LessOrEqual(t, g.Argon2.MemoryKiB, uint32(maxMemoryKiB))
		again, err := json.Marshal(g)
		require.NoError(t, err)
		if len(again) > maxGuarded { // what was < in a name is six bytes now
			return
		}
		same, err := parseGuarded(again)
		require.NoError(t, err)
		require.Equal(t, g, same)
	})
}
