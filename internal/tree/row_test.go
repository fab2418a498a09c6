package tree

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func compartment(t *testing.T) *Set {
	a, b := [Size]byte{1}, [Size]byte{2}
	s, err := NewSet(Cells, []string{"t:patients", "c:medical"}, []Node{NewNode(7, &a), NewNode(3, &b)}, 3)
	require.NoError(t, err)
	return s
}

// A row's keys are the compartment's MACs, and nothing of the compartment.
func TestRowOf(t *testing.T) {
	s := compartment(t)
	r, err := RowOf(s, []byte("row"))
	require.NoError(t, err)
	require.Equal(t, []uint32{7, 3}, IDs(ClosedOf(r)))
	require.Equal(t, 3, KnownIn(ClosedOf(r)))
	for i, n := range Nodes(s) {
		for _, purpose := range []byte{PurposeRow, PurposeImprint, PurposeFPE} {
			require.Equal(t, NewMAC(n).Sum(purpose, []byte("row")), RowSecret(r, i, purpose))
		}
		require.False(t, bytes.Contains(RowSecrets(r), Secret(n)[:]))
	}
	require.PanicsWithValue(t, "cellseal: no row has a key of this purpose", func() { RowSecret(r, 0, PurposeTerm) })
	again, err := RowOf(s, []byte("another"))
	require.NoError(t, err)
	require.Same(t, ClosedOf(r), ClosedOf(again), "what is the same for all rows is there once")
	require.NotEqual(t, RowSecrets(r), RowSecrets(again))

	over, err := NewRow(must(NewClosed([]string{"t:patients", "c:medical"}, []uint32{7, 3}, 3)), bytes.Clone(RowSecrets(r)))
	require.NoError(t, err)
	require.Equal(t, RowSecret(r, 1, PurposeFPE), RowSecret(over, 1, PurposeFPE))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestRowsThatAreNone(t *testing.T) {
	s := compartment(t)
	_, err := RowOf(s, nil)
	require.ErrorContains(t, err, "empty row")
	table, err := NewSet(Cells, []string{"t:patients"}, Nodes(s), 3)
	require.NoError(t, err)
	_, err = RowOf(table, []byte("row"))
	require.ErrorContains(t, err, "rows are in compartments")
	index, err := NewSet(Index, []string{"t:patients", "i:email/exact"}, Nodes(s), 3)
	require.NoError(t, err)
	_, err = RowOf(index, []byte("row"))
	require.ErrorContains(t, err, "rows are in compartments")
	for name, c := range map[string]struct {
		path  []string
		ids   []uint32
		known int
	}{
		"a table":        {[]string{"t:patients"}, []uint32{1}, 1},
		"no path":        {nil, []uint32{1}, 1},
		"no label":       {[]string{"t:patients", "medical"}, []uint32{1}, 1},
		"an index":       {[]string{"t:patients", "i:email/exact"}, []uint32{1}, 1},
		"no keys":        {[]string{"t:patients", "c:medical"}, nil, 1},
		"a key twice":    {[]string{"t:patients", "c:medical"}, []uint32{1, 1}, 2},
		"fewer than all": {[]string{"t:patients", "c:medical"}, []uint32{1, 2}, 1},
	} {
		_, err := NewClosed(c.path, c.ids, c.known)
		require.Error(t, err, name)
	}
	closed := must(NewClosed([]string{"t:patients", "c:medical"}, []uint32{1, 2}, 2))
	for _, n := range []int{0, 96, 191, 193} {
		_, err := NewRow(closed, make([]byte, n))
		require.ErrorContains(t, err, "want 96 for each of 2", n)
	}
}

// What travels comes back as it was, and shares nothing with the message.
func TestSubtree(t *testing.T) {
	s := compartment(t)
	text, err := json.Marshal(Write(s))
	require.NoError(t, err)
	var over Subtree
	require.NoError(t, json.Unmarshal(text, &over))
	back, err := over.Read()
	require.NoError(t, err)
	over.Wipe()
	require.Equal(t, Path(s), Path(back))
	require.Equal(t, Known(s), Known(back))
	for i, n := range Nodes(back) {
		require.Equal(t, Nodes(s)[i].ID, n.ID)
		require.Equal(t, *Secret(Nodes(s)[i]), *Secret(n))
	}
	require.NotContains(t, fmt.Sprintf("%v %+v %#v %x", over, &over, over.Keys, must(RowOf(s, []byte("r")))), "0100")
}

func TestShown(t *testing.T) {
	require.Equal(t, "the root", Shown(nil))
	require.Equal(t, "s:tenant t:patients c:medical", Shown([]string{"s:tenant/jane@example.com", "t:patients", "c:medical"}))
}
