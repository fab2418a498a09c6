package search_test

import (
	"encoding/json"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
)

// The vectors of FORMAT.md §5, written by an independent program.
func TestVectorsOfSmoothed(t *testing.T) {
	data, err := os.ReadFile("testdata/formats-smoothed.json")
	require.NoError(t, err)
	var v struct {
		Smoothed []struct {
			KeyID   uint32       `json:"key_id"`
			Path    []keys.Label `json:"path"`
			Type    string       `json:"type"`
			Version uint32       `json:"version"`
			Rows    uint64       `json:"rows"`
			Plain   hexBytes     `json:"plain_hex"`
			Sealed  hexBytes     `json:"sealed_hex"`
			Values  []struct {
				Value  string     `json:"value"`
				Head   bool       `json:"head"`
				Tokens []hexBytes `json:"tokens_hex"`
				Rows   []struct {
					Row   hexBytes `json:"row_hex"`
					Token hexBytes `json:"token_hex"`
				} `json:"rows"`
			} `json:"values"`
		} `json:"smoothed"`
	}
	require.NoError(t, json.Unmarshal(data, &v))
	require.Len(t, v.Smoothed, 5)
	for _, c := range v.Smoothed {
		d := derive(t, fixedRing(t), c.Path...)
		p, err := search.OpenProfile(d, c.Sealed)
		require.NoError(t, err)
		require.Equal(t, c.Version, p.Version())
		require.Equal(t, c.Rows, p.Rows())
		require.Equal(t, []byte(c.Plain), search.Plain(p))

		x := search.NewSmoothed(d, p)
		for _, value := range c.Values {
			var given any = value.Value
			if c.Type == "int" {
				given, err = strconv.Atoi(value.Value)
				require.NoError(t, err)
			}
			tokens, err := x.Tokens(given)
			require.NoError(t, err)
			var want [][]byte
			for _, b := range value.Tokens {
				want = append(want, b)
			}
			require.Equal(t, want, tokens)
			for _, row := range value.Rows {
				token, err := x.Token(row.Row, given)
				require.NoError(t, err)
				require.Equal(t, []byte(row.Token), token)
			}
		}
		for i := range c.Sealed {
			bad := append([]byte(nil), c.Sealed...)
			bad[i] ^= 0x40
			_, err := search.OpenProfile(d, bad)
			require.Error(t, err, "byte %d", i)
			if i >= 4 {
				require.Equal(t, search.ErrProfile, err)
			}
		}
	}
}
