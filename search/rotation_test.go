package search_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
)

func rotate(t *testing.T, ring *keys.Ring, change func(*keys.Keyset) (*keys.Keyset, error)) *keys.Ring {
	ks, err := change(ring.IndexKeys())
	require.NoError(t, err)
	ring, err = ring.WithIndexKeys(ks)
	require.NoError(t, err)
	return ring
}

func TestTermsThroughARotation(t *testing.T) {
	label := search.Exact("email", search.Email)
	ring, err := keys.NewRing()
	require.NoError(t, err)
	old := index(t, ring, label, search.Options{})
	before := term(t, old, "a@b")
	require.Equal(t, [][]byte{before}, match(t, old, "a@b"))

	var added uint32
	ring = rotate(t, ring, func(ks *keys.Keyset) (next *keys.Keyset, err error) {
		next, added, err = ks.Add()
		return next, err
	})
	first := index(t, ring, label, search.Options{})
	require.Equal(t, before, term(t, first, "a@b"), "an added key does not write")
	terms := match(t, first, "a@b")
	require.Len(t, terms, 2)
	require.Equal(t, before, terms[0])
	require.NotEqual(t, before, terms[1])

	oldID := ring.IndexKeys().Primary()
	ring = rotate(t, ring, func(ks *keys.Keyset) (*keys.Keyset, error) { return ks.Promote(added) })
	second := index(t, ring, label, search.Options{})
	require.Equal(t, terms[1], term(t, second, "a@b"), "the promoted key writes")
	require.Equal(t, [][]byte{terms[1], before}, match(t, second, "a@b"), "and the old one still reads")

	ring = rotate(t, ring, func(ks *keys.Keyset) (*keys.Keyset, error) { return ks.Disable(oldID) })
	third := index(t, ring, label, search.Options{})
	require.Equal(t, [][]byte{terms[1]}, match(t, third, "a@b"))

	ring = rotate(t, ring, func(ks *keys.Keyset) (*keys.Keyset, error) { return ks.Enable(oldID) })
	require.Equal(t, [][]byte{terms[1], before}, match(t, index(t, ring, label, search.Options{}), "a@b"))

	// An Index is immutable: the one made before all this has not noticed.
	require.Equal(t, [][]byte{before}, match(t, old, "a@b"))
}

func TestRotatingCellKeysChangesNoTerm(t *testing.T) {
	ring := fixedRing(t)
	before := match(t, index(t, ring, search.Exact("mrn"), search.Options{}), "1")
	cells, id, err := ring.CellKeys().Add()
	require.NoError(t, err)
	cells, err = cells.Promote(id)
	require.NoError(t, err)
	ring, err = ring.WithCellKeys(cells)
	require.NoError(t, err)
	require.Equal(t, before, match(t, index(t, ring, search.Exact("mrn"), search.Options{}), "1"))
}

func TestAUniqueIndexPinsItsKey(t *testing.T) {
	label := search.Exact("email", search.Email)
	ring := fixedRing(t) // two enabled keys
	for _, pinned := range []uint32{primaryKey, otherKey} {
		o := search.Options{Unique: true, PinnedKey: pinned}
		alone := index(t, onlyKey(t, ring, pinned), label, search.Options{Unique: true})
		want := term(t, alone, "a@b")
		require.Len(t, want, 32)
		require.Equal(t, [][]byte{want}, match(t, alone, "a@b"))

		for _, primary := range []uint32{primaryKey, otherKey} {
			promoted := rotate(t, ring, func(ks *keys.Keyset) (*keys.Keyset, error) { return ks.Promote(primary) })
			x := index(t, promoted, label, o)
			require.Equal(t, want, term(t, x, "A@b"), "promoting another key changes nothing")
			require.Equal(t, [][]byte{want}, match(t, x, "A@b"), "one term, under the pinned key")
		}
	}
}

func TestAUniqueIndexWithoutItsKey(t *testing.T) {
	ring := fixedRing(t)
	label := search.Exact("email", search.Email)

	undecided := index(t, ring, label, search.Options{Unique: true})
	_, err := undecided.Term("a@b")
	var pin *search.PinError
	require.ErrorAs(t, err, &pin)
	require.Equal(t, 2, pin.Known)
	require.ErrorContains(t, err, "holds 2 index keys")
	_, err = undecided.Match("a@b")
	require.ErrorAs(t, err, &pin)
	_, err = undecided.Term(nil)
	require.ErrorAs(t, err, &pin, "even where nothing would be stored")

	for name, x := range map[string]*search.Index{
		"never known": index(t, ring, label, search.Options{Unique: true, PinnedKey: 7}),
		"disabled":    index(t, onlyKey(t, ring, primaryKey), label, search.Options{Unique: true, PinnedKey: otherKey}),
	} {
		var unknown *keys.UnknownKeyError
		_, err = x.Term("a@b")
		require.ErrorAs(t, err, &unknown, name)
		require.Contains(t, []uint32{7, otherKey}, unknown.ID)
		_, err = x.Match("a@b")
		require.ErrorAs(t, err, &unknown, name)
	}
}

// The whole rotation at once, or a key disabled to silence the error: the terms
// stored under the first key must not become silently unfindable.
func TestADisabledKeyCountsForAUniqueIndex(t *testing.T) {
	ring := fixedRing(t)
	k := ring.IndexKeys()
	for i := range k.Keys() {
		if !i.Primary {
			var err error
			k, err = k.Disable(i.ID)
			require.NoError(t, err)
		}
	}
	ring, err := ring.WithIndexKeys(k)
	require.NoError(t, err)
	granted, err := keys.Grant(t.Context(), ring, keys.IndexTree())
	require.NoError(t, err)
	for _, source := range []keys.Source{ring, granted} {
		d, err := source.Index(t.Context(), keys.Table("patients"), search.Exact("email", search.Email))
		require.NoError(t, err)
		_, err = search.NewIndex(d, search.Options{Unique: true}).Match("a@b")
		require.ErrorAs(t, err, new(*search.PinError))
	}
}
