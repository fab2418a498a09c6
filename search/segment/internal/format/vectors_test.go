package format

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/tree"
)

type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	*h = b
	return err
}

// The vectors are of an independent program, which wrote them as FORMAT.md §2 says. What is invalid is sealed as
// well as the rest, and wrong inside.
type vectors struct {
	Path  []string
	Idx   int64
	Nodes []struct {
		ID   uint32
		Node hexBytes
	}
	Pending []struct {
		Name       string
		Invalid    bool
		K, D, Room int
		Body       hexBytes
		Op         byte
		Doc, Keys  hexBytes
	}
	Manifests []struct {
		Name     string
		Invalid  bool
		Filling  bool
		Ver      uint64
		Manifest hexBytes
		K, D     int
		Segments []struct {
			Seg             int64
			Kid             uint32
			Level           uint16
			Entries, Voids  uint64
			Lowest, Highest uint64
		}
	}
	Pages []struct {
		Name        string
		Invalid     bool
		Kid         uint32
		Seg         int64
		List        List
		Number      uint32
		Label       int64
		K, D, Count int
		Page, Items hexBytes
	}
}

func readVectors(t testing.TB) (v vectors, roots Roots) {
	data, err := os.ReadFile("../../testdata/formats.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &v))
	var nodes []tree.Node
	for _, n := range v.Nodes {
		nodes = append(nodes, tree.NewNode(n.ID, (*[tree.Size]byte)(n.Node)))
	}
	set, err := tree.NewSet(tree.Index, v.Path, nodes, len(nodes))
	require.NoError(t, err)
	return v, NewRoots(set)
}

func TestVectors(t *testing.T) {
	v, roots := readVectors(t)
	require.Equal(t, v.Idx, Index(v.Path))
	for _, p := range v.Pending {
		s := Shape{p.K, p.D}
		got, err := roots.OpenPending(v.Idx, s, p.Room, p.Body)
		if p.Invalid {
			require.Error(t, err, p.Name)
			continue
		}
		require.NoError(t, err, p.Name)
		require.Equal(t, Pending{p.Op, p.Doc, p.Keys}, got, p.Name)
		root, err := roots.Find(uint32(p.Body[0])<<24 | uint32(p.Body[1])<<16 | uint32(p.Body[2])<<8 | uint32(p.Body[3]))
		require.NoError(t, err)
		again := root.SealPending(v.Idx, s, p.Room, got)
		require.Len(t, again, len(p.Body), p.Name)
		require.NotEqual(t, []byte(p.Body), again, "%s: the nonce is random", p.Name)
		back, err := roots.OpenPending(v.Idx, s, p.Room, again)
		require.NoError(t, err)
		require.Equal(t, got, back)
	}
	for _, m := range v.Manifests {
		c, err := roots.OpenManifest(v.Idx, m.Ver, m.Manifest)
		if m.Invalid {
			require.Error(t, err, m.Name)
			continue
		}
		require.NoError(t, err, m.Name)
		require.Equal(t, Shape{m.K, m.D}, c.Shape)
		require.Equal(t, m.Filling, c.Filling)
		require.Len(t, c.Segments, len(m.Segments), m.Name)
		for i, g := range m.Segments {
			require.Equal(t, Segment{g.Seg, g.Kid, g.Level, g.Entries, g.Voids, g.Lowest, g.Highest}, c.Segments[i], m.Name)
		}
		again := roots[0].SealManifest(v.Idx, m.Ver, c)
		back, err := roots.OpenManifest(v.Idx, m.Ver, again)
		require.NoError(t, err)
		require.Equal(t, c, back)
	}
	for _, p := range v.Pages {
		root, err := roots.Find(p.Kid)
		require.NoError(t, err)
		pages := root.Pages(p.Seg)
		require.Equal(t, p.Label, pages.Label(p.List, p.Number), p.Name)
		size := Shape{p.K, p.D}.Item(p.List)
		items, err := pages.Open(p.Label, p.Page, size, p.Count)
		if p.Invalid {
			require.Error(t, err, p.Name)
			continue
		}
		require.NoError(t, err, p.Name)
		require.Equal(t, []byte(p.Items), items, p.Name)
		require.Len(t, p.Page, PageSize)
		back, err := pages.Open(p.Label, pages.Seal(p.Label, items, size), size, p.Count)
		require.NoError(t, err)
		require.Equal(t, items, back, p.Name)
	}
}

// Every byte of what is stored is authentic: one that is changed, added or lost is an error.
func TestEveryByteCounts(t *testing.T) {
	v, roots := readVectors(t)
	pages := func(b []byte) error {
		p := v.Pages[0]
		root, err := roots.Find(p.Kid)
		require.NoError(t, err)
		_, err = root.Pages(p.Seg).Open(p.Label, b, Shape{p.K, p.D}.Item(p.List), p.Count)
		return err
	}
	for _, c := range []struct {
		stored []byte
		open   func([]byte) error
	}{
		{v.Pending[0].Body, func(b []byte) error { _, err := roots.OpenPending(v.Idx, Shape{16, 8}, 8, b); return err }},
		{v.Manifests[1].Manifest, func(b []byte) error { _, err := roots.OpenManifest(v.Idx, v.Manifests[1].Ver, b); return err }},
		{v.Pages[0].Page, pages},
	} {
		require.NoError(t, c.open(c.stored))
		for i := range c.stored {
			for _, bit := range []byte{1, 0x80} {
				c.stored[i] ^= bit
				require.Error(t, c.open(c.stored), "byte %d", i)
				c.stored[i] ^= bit
			}
		}
		for _, other := range [][]byte{nil, {}, c.stored[:3], c.stored[:31], c.stored[:32], c.stored[:len(c.stored)-1], append(c.stored[:len(c.stored):len(c.stored)], 0)} {
			require.Error(t, c.open(other))
		}
	}
}
