package keys_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
)

func TestNewRingsShareNothing(t *testing.T) {
	seen := map[string]bool{}
	for range 20 {
		r := newRing(t)
		require.Len(t, infos(r.CellKeys()), 1)
		require.Len(t, infos(r.IndexKeys()), 1)
		for _, s := range append(cells(t, r), index(t, r)...) {
			require.False(t, seen[s[len(s)-64:]], "the same root node twice")
			seen[s[len(s)-64:]] = true
		}
	}
	require.Len(t, seen, 40)
}

// One keyset in both places still gives two trees: the ring's name is in the root.
func TestTheTwoTreesDifferEvenUnderOneKey(t *testing.T) {
	h := newRing(t).CellKeys().Handle()
	r, err := keys.NewRingFromHandles(h, h)
	require.NoError(t, err)
	require.NotEqual(t, cells(t, r), index(t, r))
	require.NotEqual(t, cells(t, r, keys.Table("t")), index(t, r, keys.Table("t")))
}

func TestRotatingOneKeysetLeavesItsSibling(t *testing.T) {
	r := newRing(t)
	oldCells, oldIndex := cells(t, r), index(t, r)

	k, id, err := r.CellKeys().Add()
	require.NoError(t, err)
	k, err = k.Promote(id)
	require.NoError(t, err)
	rotated, err := r.WithCellKeys(k)
	require.NoError(t, err)
	require.Equal(t, oldIndex, index(t, rotated))
	require.Len(t, cells(t, rotated), 2)
	require.Equal(t, oldCells[0], cells(t, rotated)[1], "the old key still reads, after the primary")

	k, _, err = r.IndexKeys().Add()
	require.NoError(t, err)
	rotated, err = r.WithIndexKeys(k)
	require.NoError(t, err)
	require.Equal(t, oldCells, cells(t, rotated))
	require.Equal(t, oldIndex[0], index(t, rotated)[0], "an added key does not write yet")
	require.Len(t, index(t, rotated), 2)

	require.Equal(t, oldCells, cells(t, r), "the ring itself never changes")
	require.Equal(t, oldIndex, index(t, r), "the ring itself never changes")
}

func TestHandlesComeBackAsTheSameRing(t *testing.T) {
	r, _ := addKey(t, newRing(t))
	again, err := keys.NewRingFromHandles(r.CellKeys().Handle(), r.IndexKeys().Handle())
	require.NoError(t, err)
	require.Equal(t, infos(r.CellKeys()), infos(again.CellKeys()))
	require.Equal(t, cells(t, r), cells(t, again))
	require.Equal(t, index(t, r), index(t, again))
}

// A disabled key is out of the tree, and comes back as the same node.
func TestOnlyEnabledKeysAreDerived(t *testing.T) {
	r, id := addKey(t, newRing(t))
	before := cells(t, r, keys.Table("patients"))
	require.Len(t, before, 2)

	off := disableKey(t, r, id)
	require.Equal(t, before[:1], cells(t, off, keys.Table("patients")))

	k, err := off.CellKeys().Enable(id)
	require.NoError(t, err)
	on, err := off.WithCellKeys(k)
	require.NoError(t, err)
	require.Equal(t, before, cells(t, on, keys.Table("patients")))
}
