package sum_test

import (
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/searchtest"
	"github.com/cellseal/cellseal/search/sum"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

// A vector is one row of a group, and the counter of that group before it.
type vector struct {
	Path    []keys.Label   `json:"path"`
	KeyID   uint32         `json:"key_id"`
	Group   searchtest.Hex `json:"group_hex"`
	Index   int64          `json:"idx"`
	Counter searchtest.Hex `json:"grp_hex"`
	Number  string         `json:"n"`
	Value   string         `json:"value"`
	Stored  string         `json:"sum"`
}

var cases = []struct {
	path   []keys.Label
	group  string
	places []uint32
	values []int64
}{
	{[]keys.Label{keys.Table("invoices"), sum.Label("amount")}, "", []uint32{1, 2, 3, math.MaxUint32}, []int64{0, 1, -1, sum.DefaultBound}},
	{[]keys.Label{keys.Table("invoices"), sum.Label("amount", "clinic")}, "\x01\x08\x00\x00\x00\x00\x00\x00\x00\x07", []uint32{1, 2}, []int64{1999, -sum.DefaultBound}},
	{[]keys.Label{keys.Table("invoices"), sum.Label("amount", "clinic")}, "\x00", []uint32{1, 2}, []int64{1 << 62, -1 << 62}},
	{[]keys.Label{keys.Scope("tenant", "7"), keys.Table("invoices"), sum.Label("amount", "city", "paid")}, "\x01\x04Cork\x01\x01\x01", []uint32{1, 70000}, []int64{5, 6}},
}

// byHand follows FORMAT.md §6 with nothing but the standard library.
func byHand(t *testing.T) (list []vector) {
	for _, key := range []uint32{searchtest.PrimaryKey, searchtest.OtherKey} {
		for _, c := range cases {
			node := searchtest.NodeByHand(t, key, c.path...)
			pad := func(n uint64) uint64 {
				size := string(binary.AppendUvarint(nil, uint64(len(c.group))))
				return binary.BigEndian.Uint64(searchtest.HMAC(node, "\x30", size, c.group, string(binary.BigEndian.AppendUint64(nil, n))))
			}
			in := "cellseal/v1/sums\x00"
			for _, label := range c.path {
				in += string(binary.AppendUvarint(nil, uint64(len(label)))) + string(label)
			}
			idx := sha256.Sum256([]byte(in))
			for i, place := range c.places {
				n := uint64(key)*(1<<32) + uint64(place)
				list = append(list, vector{c.path, key, []byte(c.group), int64(binary.BigEndian.Uint64(idx[:]) << 1 >> 1), searchtest.HMAC(node, "\x31", c.group)[:16],
					strconv.FormatInt(int64(n), 10), strconv.FormatInt(c.values[i], 10), strconv.FormatInt(int64(uint64(c.values[i])+pad(n)-pad(n-1)), 10)})
			}
		}
	}
	return list
}

func TestPublishedVectors(t *testing.T) {
	list := searchtest.Published(t, *update, "Running sums of Cellseal, search/FORMAT.md §6: sum = value + F(n) − F(n − 1) modulo 2^64, signed.", byHand(t))
	require.Len(t, list, 20)
	ring := searchtest.FixedRing(t)
	number := func(s string) int64 {
		n, err := strconv.ParseInt(s, 10, 64)
		require.NoError(t, err)
		return n
	}
	for _, v := range list {
		x := sum.NewIndex(searchtest.Derive(t, ring, v.Path...), sum.Options{Bound: 1 << 62})
		stored, err := x.Encrypt(v.Group, number(v.Number), number(v.Value))
		require.NoError(t, err)
		require.Equal(t, number(v.Stored), stored)
		value, err := x.Decrypt(v.Group, uint64(stored), sum.Run{First: number(v.Number), Last: number(v.Number)})
		require.NoError(t, err)
		require.Equal(t, number(v.Value), value)
	}
}

// The counters' rows, and the groups' bytes.
func TestPublishedCounters(t *testing.T) {
	ring := searchtest.FixedRing(t) // its primary writes
	for _, v := range byHand(t) {
		if v.KeyID != searchtest.PrimaryKey {
			continue
		}
		c := &recorder{answer: [][]any{{int64(6)}}}
		x := sum.NewIndex(searchtest.Derive(t, ring, v.Path...), sum.Options{Dialect: search.SQLite})
		n, err := x.Next(t.Context(), c, v.Group, 3)
		require.NoError(t, err)
		require.Equal(t, int64(uint64(v.KeyID)<<32|3), n)
		require.Equal(t, []any{v.Index, int64(v.KeyID), []byte(v.Counter), int64(4)}, c.args)
	}
	x := sum.NewIndex(searchtest.Derive(t, ring, cases[3].path...), sum.Options{By: []search.Type{search.Text, search.Bool}})
	group, err := x.Group("Cork", true)
	require.NoError(t, err)
	require.Equal(t, cases[3].group, string(group))
	x = sum.NewIndex(searchtest.Derive(t, ring, cases[1].path...), sum.Options{By: []search.Type{search.Int}})
	group, err = x.Group(7)
	require.NoError(t, err)
	require.Equal(t, cases[1].group, string(group))
	group, err = x.Group(nil)
	require.NoError(t, err)
	require.Equal(t, cases[2].group, string(group))
}
