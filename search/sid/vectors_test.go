package sid_test

import (
	"crypto/aes"
	"encoding/hex"
	"flag"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/hctr2"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/searchtest"
	"github.com/cellseal/cellseal/search/sid"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

type vector struct {
	Path  []keys.Label   `json:"path"`
	KeyID uint32         `json:"key_id"`
	Row   searchtest.Hex `json:"row_hex"`
	Value string         `json:"value"`
	Input searchtest.Hex `json:"input_hex"`
	Token searchtest.Hex `json:"token_hex"`
	SID   searchtest.Hex `json:"sid_hex"`
}

var vectorCases = []struct {
	path       []keys.Label
	row        string
	value, low string
}{
	{[]keys.Label{keys.Table("patients"), sid.Label("diagnosis", search.Fold)}, "0000000000000001", "E11.9", "e11.9"},
	{[]keys.Label{keys.Table("patients"), sid.Label("diagnosis", search.Fold)}, "0000000000000002", "E11.9", "e11.9"},
	{[]keys.Label{keys.Table("patients"), sid.Label("diagnosis", search.Fold)}, "0000000000000001", "I10", "i10"},
	{[]keys.Label{keys.Scope("tenant", "7"), keys.Table("patients"), sid.Label("city")}, "ffffffffffffffff", "Cork", "Cork"},
	{[]keys.Label{keys.Table("patients"), sid.Label("diagnosis", search.Fold)}, "f81d4fae7dec11d0a76500a0c91e6bf6", "E11.9", "e11.9"},
	{[]keys.Label{keys.Table("patients"), sid.Label("city")}, "00000000000000000000000000000000", "Cork", "Cork"},
}

// byHand follows FORMAT.md §7 with the standard library, and HCTR2 where a block is not enough.
func byHand(t *testing.T) (list []vector) {
	for _, key := range []uint32{searchtest.PrimaryKey, searchtest.OtherKey} {
		for _, c := range vectorCases {
			node := searchtest.NodeByHand(t, key, c.path...)
			token := searchtest.HMAC(node, "\x20", c.low)[:16]
			row, err := hex.DecodeString(c.row)
			require.NoError(t, err)
			plain := append(row[:len(row):len(row)], token[:8]...)
			var id []byte
			if len(row) == 8 {
				block, err := aes.NewCipher(searchtest.HMAC(node, "\x39"))
				require.NoError(t, err)
				id = make([]byte, 16)
				block.Encrypt(id, plain)
			} else {
				wide, err := hctr2.New(searchtest.HMAC(node, "\x39\x01"))
				require.NoError(t, err)
				id = wide.Encrypt(nil, plain, nil)
			}
			list = append(list, vector{c.path, key, row, c.value, []byte(c.low), token, id})
		}
	}
	return list
}

func TestPublishedVectors(t *testing.T) {
	list := searchtest.Published(t, *update, "Search ids of Cellseal, search/FORMAT.md §7.", byHand(t))
	require.Len(t, list, 2*len(vectorCases))
	for _, v := range list {
		x := sid.NewIndex(searchtest.Derive(t, searchtest.FixedRing(t), v.Path...), sid.Options{RowSize: len(v.Row)})
		entries, err := x.Entries(v.Row, v.Value)
		require.NoError(t, err)
		require.Len(t, entries, 2)
		entry := entries[map[uint32]int{searchtest.PrimaryKey: 0, searchtest.OtherKey: 1}[v.KeyID]]
		require.Equal(t, sid.Entry{Token: []byte(v.Token), SID: []byte(v.SID)}, entry)
		row, err := x.Row(entry)
		require.NoError(t, err)
		require.Equal(t, []byte(v.Row), row)
	}
}
