package cell

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
)

// stored is what a database holds of one value, in every mode.
type stored struct {
	cells             [][]byte // one of each kind
	ciphertext, token []byte
	imprint, phone    []byte // pinned to keyID
	keyID             uint32
}

const storedSerial, storedPhone = "0123456789abcdef0123", "00353861234567"

func store(t *testing.T, d *keys.Derived) (s stored) {
	row := NewRow(d, homeRow)
	for _, k := range kinds {
		s.cells = append(s.cells, k.seal(k.row(d, homeRow), homeColumn, []byte("a secret")))
	}
	s.ciphertext, s.token = row.Protect(homeColumn, []byte("a secret"))
	s.keyID = row.PrimaryID()
	var err error
	s.imprint, err = row.Imprint(homeColumn, []byte(storedSerial), nil)
	require.NoError(t, err)
	s.phone, err = row.Imprint(homeColumn, []byte(storedPhone), &ImprintOptions{Alphabet: Digits})
	require.NoError(t, err)
	return s
}

// read calls f with what each stored thing opens to.
func (s stored) read(d *keys.Derived, f func(want string, out []byte, err error)) {
	row := NewRow(d, homeRow)
	for i, k := range kinds {
		out, err := k.row(d, homeRow).Open(homeColumn, s.cells[i])
		f("a secret", out, err)
	}
	out, err := row.OpenProtected(homeColumn, s.ciphertext, s.token)
	f("a secret", out, err)
	out, err = row.Reveal(homeColumn, s.imprint, &ImprintOptions{KeyID: s.keyID})
	f(storedSerial, out, err)
	out, err = row.Reveal(homeColumn, s.phone, &ImprintOptions{KeyID: s.keyID, Alphabet: Digits})
	f(storedPhone, out, err)
}

func (s stored) requireReadable(t *testing.T, d *keys.Derived) {
	t.Helper()
	s.read(d, func(want string, out []byte, err error) {
		t.Helper()
		require.NoError(t, err)
		require.Equal(t, want, string(out))
	})
}

func (s stored) requireUnknown(t *testing.T, d *keys.Derived) {
	t.Helper()
	s.read(d, func(_ string, out []byte, err error) {
		t.Helper()
		requireUnknownKey(t, s.keyID, out, err)
	})
}

func (s stored) requireStale(t *testing.T, d *keys.Derived, want bool) {
	t.Helper()
	for _, sealed := range append(s.cells, s.token) {
		stale, err := Stale(d, sealed)
		require.NoError(t, err)
		require.Equal(t, want, stale)
		info, err := Inspect(sealed)
		require.NoError(t, err)
		require.Equal(t, s.keyID, info.KeyID)
	}
}

// The life of a key, as a database and its readers see it.
func TestRotation(t *testing.T) {
	ring, err := keys.NewRing()
	require.NoError(t, err)
	with := func(ks *keys.Keyset, err error) *keys.Derived {
		t.Helper()
		require.NoError(t, err)
		ring, err = ring.WithCellKeys(ks)
		require.NoError(t, err)
		return derive(t, ring, homePath...)
	}

	before := derive(t, ring, homePath...)
	first := before.PrimaryID()
	old := store(t, before)
	require.Equal(t, first, old.keyID)
	old.requireReadable(t, before)
	old.requireStale(t, before, false)

	ks, second, err := ring.CellKeys().Add()
	added := with(ks, err)
	require.NotEqual(t, first, second)
	require.Equal(t, first, NewRow(added, homeRow).PrimaryID(), "an added key does not write yet")
	require.Equal(t, first, store(t, added).keyID)
	old.requireReadable(t, added)
	old.requireStale(t, added, false)

	promoted := with(ring.CellKeys().Promote(second))
	fresh := store(t, promoted)
	require.Equal(t, second, fresh.keyID)
	fresh.requireReadable(t, promoted)
	fresh.requireReadable(t, added) // a process that has the key, but not yet the promotion
	fresh.requireUnknown(t, before) // a process that has not even the key
	fresh.requireStale(t, promoted, false)
	fresh.requireStale(t, added, true)
	old.requireReadable(t, promoted)
	old.requireStale(t, promoted, true)
	require.NotEqual(t, old.imprint, fresh.imprint)
	require.NotEqual(t, old.phone, fresh.phone)

	pinned, err := NewRow(promoted, homeRow).Imprint(homeColumn, []byte(storedSerial), &ImprintOptions{KeyID: first})
	require.NoError(t, err)
	require.Equal(t, old.imprint, pinned, "a pinned key goes on writing the same imprints")

	disabled := with(ring.CellKeys().Disable(first))
	old.requireUnknown(t, disabled)
	old.requireStale(t, disabled, true)
	fresh.requireReadable(t, disabled)
	out, err := NewRow(disabled, homeRow).Imprint(homeColumn, []byte(storedSerial), &ImprintOptions{KeyID: first})
	requireUnknownKey(t, first, out, err)

	enabled := with(ring.CellKeys().Enable(first))
	old.requireReadable(t, enabled)
	fresh.requireReadable(t, enabled)

	with(ring.CellKeys().Disable(first))
	removed := with(ring.CellKeys().Remove(first))
	old.requireUnknown(t, removed)
	fresh.requireReadable(t, removed)
}

// One row with cells under three keys, opened in any order by one Row.
func TestRowOverManyKeys(t *testing.T) {
	all := []rootKey{firstKey, secondKey, {0x77, countingBytes(0x60, 32)}, {0x78, countingBytes(0x80, 32)}}
	var written []stored
	for i := range all {
		written = append(written, store(t, derive(t, ringOf(t, all[i]), homePath...)))
	}
	for primary := range all {
		list := append([]rootKey{all[primary]}, all[:primary]...)
		list = append(list, all[primary+1:]...)
		d := derive(t, ringOf(t, list...), homePath...)
		row := NewRow(d, homeRow)
		require.Equal(t, all[primary].id, row.PrimaryID())
		for range 2 {
			for _, s := range written {
				out, err := row.Open(homeColumn, s.cells[0])
				require.NoError(t, err)
				require.Equal(t, "a secret", string(out))
				s.requireReadable(t, d)
			}
		}
	}
}

// A granted subtree is all that cells below it need.
func TestCellsUnderAGrant(t *testing.T) {
	ring := ringOf(t, firstKey, secondKey)
	granted, err := keys.Grant(t.Context(), ring, keys.CellTree(homePath...))
	require.NoError(t, err)
	store(t, derive(t, ring, homePath...)).requireReadable(t, derive(t, granted, homePath...))
	store(t, derive(t, granted, homePath...)).requireReadable(t, derive(t, ring, homePath...))
}
