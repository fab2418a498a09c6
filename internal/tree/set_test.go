package tree

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func node(id uint32, fill byte) Node {
	return NewNode(id, (*[Size]byte)(bytes.Repeat([]byte{fill}, Size)))
}

func newSet(t *testing.T, ring string, path ...string) *Set {
	t.Helper()
	s, err := NewSet(ring, path, []Node{node(7, 1), node(5, 2)}, 2)
	require.NoError(t, err)
	return s
}

func TestDeriveIsOneHMACPerLabel(t *testing.T) {
	s := newSet(t, Cells)
	d, err := Derive(s, "s:tenant/acme", "t:patients", "c:default")
	require.NoError(t, err)
	require.Equal(t, Leaf, LevelOf(d))
	require.Equal(t, Cells, Ring(d))
	require.Equal(t, []string{"s:tenant/acme", "t:patients", "c:default"}, Path(d))
	require.Len(t, Nodes(d), 2)
	for i, n := range Nodes(d) {
		want := bytes.Repeat([]byte{byte(i + 1)}, Size)
		for _, label := range Path(d) {
			h := hmac.New(sha256.New, want)
			h.Write([]byte("\x00" + label))
			want = h.Sum(nil)
		}
		require.Equal(t, []uint32{7, 5}[i], n.ID)
		require.Equal(t, want, Secret(n)[:])
	}
	require.Equal(t, node(7, 1), Nodes(s)[0], "the parent stays as it was")
}

func TestDeriveOfNothingIsTheSameSet(t *testing.T) {
	s := newSet(t, Cells, "t:a")
	d, err := Derive(s)
	require.NoError(t, err)
	require.Same(t, s, d)
}

func TestDeriveRefusesWholly(t *testing.T) {
	for _, labels := range [][]string{{"c:b", "c:c"}, {"t:b"}, {"i:b/exact"}} {
		d, err := Derive(newSet(t, Cells, "t:a"), labels...)
		require.ErrorContains(t, err, "the cells ring reads [Scope] Table Compartment")
		require.Nil(t, d)
	}
	_, err := Derive(newSet(t, Index, "t:a"), "c:b")
	require.ErrorContains(t, err, "the index ring reads [Scope] Table Index")
}

func TestASetWithoutKeysIsRefused(t *testing.T) {
	s, err := NewSet(Cells, nil, nil, 0)
	require.EqualError(t, err, "no enabled key")
	require.Nil(t, s)
	s, err = NewSet(Cells, []string{"c:a"}, []Node{node(1, 1)}, 1)
	require.ErrorContains(t, err, "cannot stand here")
	require.Nil(t, s)
}

// The path belongs to the set: neither its maker nor a sibling can change it.
func TestPathsAreCopied(t *testing.T) {
	path := append(make([]string, 0, 8), "t:a")
	s := newSet(t, Cells, path...)
	path[0] = "t:b"
	require.Equal(t, []string{"t:a"}, Path(s))

	x, err := Derive(s, "c:x")
	require.NoError(t, err)
	y, err := Derive(s, "c:y")
	require.NoError(t, err)
	require.Equal(t, []string{"t:a", "c:x"}, Path(x))
	require.Equal(t, []string{"t:a", "c:y"}, Path(y))
}

func TestMemoIsBuiltOnce(t *testing.T) {
	s := newSet(t, Cells, "t:a", "c:b")
	other := newSet(t, Cells, "t:a", "c:b")
	var built atomic.Int32
	build := func() *int32 {
		n := built.Add(1)
		return &n
	}
	got := make([]*int32, 8)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() { got[i] = Memo(s, build) })
	}
	wg.Wait()
	for _, p := range got {
		require.Same(t, got[0], p)
	}
	require.NotSame(t, got[0], Memo(other, build), "every set has its own")
	require.Equal(t, int32(2), built.Load())
}

func TestSetsPrintNothing(t *testing.T) {
	s := newSet(t, Cells, "s:tenant/acme")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		require.Equal(t, "tree.Set(redacted)", fmt.Sprintf(verb, s))
		require.Equal(t, "tree.Node(redacted)", fmt.Sprintf(verb, Nodes(s)[0]))
	}
	require.Equal(t, "tree.Set(redacted)", s.LogValue().String())
	require.Equal(t, "tree.Node(redacted)", Nodes(s)[0].LogValue().String())
}
