package cell_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The worked examples in FORMAT.md are those of published.json, which other tests
// check against the code.
func TestFormatDocumentsWorkedExamples(t *testing.T) {
	var published struct {
		Nodes []struct {
			Hex string `json:"node_hex"`
		}
		Cells []struct {
			Row    string `json:"row_hex"`
			RowKey string `json:"k_row_hex"`
			Cell   string `json:"cell_hex"`
		}
		Tokens []struct {
			Token string `json:"token_hex"`
		}
		Imprints []struct {
			Key   string `json:"key_hex"`
			Tweak string `json:"tweak_hex"`
		}
	}
	data, err := os.ReadFile("testdata/published.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &published))

	cellDoc, keysDoc := words(t, "FORMAT.md"), words(t, "../keys/FORMAT.md")
	for _, node := range published.Nodes[:3] {
		require.Contains(t, keysDoc, node.Hex)
	}
	first := published.Cells[0]
	for _, want := range []string{first.Row, first.RowKey, first.Cell, published.Tokens[0].Token, published.Imprints[0].Key, published.Imprints[0].Tweak} {
		require.Contains(t, cellDoc, want)
	}
}

// words is a document without white space: its examples are broken into lines.
func words(t *testing.T, path string) string {
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return strings.Join(strings.Fields(string(data)), "")
}
