package keys_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
)

const (
	gone     = "gone"
	primary  = "primary"
	enabled  = "enabled"
	disabled = "disabled"
)

func state(k *keys.Keyset, id uint32) string {
	for i := range k.Keys() {
		switch {
		case i.ID != id:
		case i.Primary && i.Enabled:
			return primary
		case i.Primary:
			return "a disabled primary"
		case i.Enabled:
			return enabled
		default:
			return disabled
		}
	}
	return gone
}

// oneOfEach returns a keyset with a primary, an enabled and a disabled key.
func oneOfEach(t *testing.T) (*keys.Keyset, map[string]uint32) {
	t.Helper()
	k := newRing(t).CellKeys()
	id := map[string]uint32{primary: k.Primary()}
	var err error
	for _, s := range []string{enabled, disabled} {
		k, id[s], err = k.Add()
		require.NoError(t, err)
	}
	k, err = k.Disable(id[disabled])
	require.NoError(t, err)
	id[gone] = 1
	for slices.Contains([]uint32{id[primary], id[enabled], id[disabled]}, id[gone]) {
		id[gone]++
	}
	return k, id
}

// Every step of a key's life, from every state: the legal ones say where they
// lead, the illegal ones what they tell the operator.
func TestKeyLifeCycle(t *testing.T) {
	type step func(*keys.Keyset, uint32) (*keys.Keyset, error)
	steps := map[string]step{
		"Promote": (*keys.Keyset).Promote, "Disable": (*keys.Keyset).Disable,
		"Enable": (*keys.Keyset).Enable, "Remove": (*keys.Keyset).Remove,
	}
	for _, c := range []struct{ from, step, to, refusal string }{
		{from: primary, step: "Promote", to: primary},
		{from: primary, step: "Disable", refusal: "is the primary: Promote another key before Disable"},
		{from: primary, step: "Enable", to: primary},
		{from: primary, step: "Remove", refusal: "is enabled: Disable it, verify that nothing needs it, then Remove"},
		{from: enabled, step: "Promote", to: primary},
		{from: enabled, step: "Disable", to: disabled},
		{from: enabled, step: "Enable", to: enabled},
		{from: enabled, step: "Remove", refusal: "is enabled: Disable it, verify that nothing needs it, then Remove"},
		{from: disabled, step: "Promote", refusal: "is disabled: Enable it before Promote"},
		{from: disabled, step: "Disable", to: disabled},
		{from: disabled, step: "Enable", to: enabled},
		{from: disabled, step: "Remove", to: gone},
		{from: gone, step: "Promote", refusal: "unknown or disabled"},
		{from: gone, step: "Disable", refusal: "unknown or disabled"},
		{from: gone, step: "Enable", refusal: "unknown or disabled"},
		{from: gone, step: "Remove", refusal: "unknown or disabled"},
	} {
		t.Run(c.step+" "+c.from, func(t *testing.T) {
			old, ids := oneOfEach(t)
			before, id := infos(old), ids[c.from]
			next, err := steps[c.step](old, id)
			require.Equal(t, before, infos(old), "the old keyset changed")

			var unknown *keys.UnknownKeyError
			if c.refusal != "" {
				require.ErrorContains(t, err, c.refusal)
				require.Nil(t, next)
				require.Equal(t, c.from == gone, errors.As(err, &unknown))
				if unknown != nil {
					require.Equal(t, id, unknown.ID)
				}
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.to, state(next, id))
			require.Equal(t, c.from, state(old, id))
			for was, other := range ids { // everybody else stays, but for a primary that was relieved
				if other == id {
					continue
				}
				if was == primary && c.to == primary {
					was = enabled
				}
				require.Equal(t, was, state(next, other))
			}
		})
	}
}

func TestAddedKeysAreNew(t *testing.T) {
	k := newRing(t).CellKeys()
	first := k.Primary()
	ids := []uint32{first}
	for range 40 {
		next, id, err := k.Add()
		require.NoError(t, err)
		require.NotContains(t, ids, id)
		require.Equal(t, gone, state(k, id), "the old keyset changed")
		require.Equal(t, enabled, state(next, id), "an added key reads and does not write")
		require.Equal(t, first, next.Primary())
		ids, k = append(ids, id), next
	}

	var listed []uint32
	for i := range k.Keys() {
		listed = append(listed, i.ID)
	}
	require.Equal(t, ids, listed, "in the order they were added")

	r, err := newRing(t).WithCellKeys(k)
	require.NoError(t, err)
	nodes := map[string]bool{}
	for _, s := range cells(t, r) {
		nodes[s[len(s)-64:]] = true
	}
	require.Len(t, nodes, 41, "no two keys have one root node")
}

func TestThePrimaryWrites(t *testing.T) {
	r, added := addKey(t, newRing(t))
	first := r.CellKeys().Primary()
	d, err := r.Cells(t.Context(), keys.Table("patients"))
	require.NoError(t, err)
	require.Equal(t, first, d.PrimaryID())

	k, err := r.CellKeys().Promote(added)
	require.NoError(t, err)
	require.Equal(t, added, k.Primary())
	r, err = r.WithCellKeys(k)
	require.NoError(t, err)
	promoted, err := r.Cells(t.Context(), keys.Table("patients"))
	require.NoError(t, err)
	require.Equal(t, added, promoted.PrimaryID())
	require.ElementsMatch(t, secrets(d), secrets(promoted), "the same nodes in another order")
	require.Equal(t, first, d.PrimaryID(), "what was derived before goes on as it was")
}

// A whole rotation, as FORMAT.md §9 lists it.
func TestRotation(t *testing.T) {
	k := newRing(t).CellKeys()
	old := k.Primary()
	k, id, err := k.Add()
	require.NoError(t, err)
	k, err = k.Promote(id)
	require.NoError(t, err)
	k, err = k.Disable(old)
	require.NoError(t, err)
	k, err = k.Remove(old)
	require.NoError(t, err)
	require.Equal(t, []keys.Info{{ID: id, Primary: true, Enabled: true}}, infos(k))
}

func TestKeysStopsWhenItsCallerDoes(t *testing.T) {
	k, _ := oneOfEach(t)
	n := 0
	for range k.Keys() {
		n++
		break
	}
	require.Equal(t, 1, n)
}
