package cell_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/keys"
)

// A row made of its own keys does whatever one of the compartment does, under each key.
func TestNewRowOf(t *testing.T) {
	ring, err := keys.NewRing()
	require.NoError(t, err)
	old, err := ring.Cells(t.Context(), keys.Table("patients"), keys.Compartment("medical"))
	require.NoError(t, err)
	added, id, err := ring.CellKeys().Add()
	require.NoError(t, err)
	promoted, err := added.Promote(id)
	require.NoError(t, err)
	ring, err = ring.WithCellKeys(promoted)
	require.NoError(t, err)
	d, err := ring.Cells(t.Context(), keys.Table("patients"), keys.Compartment("medical"))
	require.NoError(t, err)

	for _, name := range [][]byte{[]byte("1"), cell.RowID(cell.BindInt("id", 42)), bytes.Repeat([]byte("long"), 1000)} {
		whole, given := cell.NewRow(d, name), cell.NewRowOf(d.Row(name))
		require.Equal(t, id, given.PrimaryID())
		for _, plaintext := range [][]byte{{}, []byte("siobhan"), make([]byte, 5000)} {
			for from, to := range map[*cell.Row]*cell.Row{whole: given, given: whole, cell.NewRow(old, name): given} {
				opened, err := to.Open("patients.notes", from.Seal("patients.notes", plaintext))
				require.NoError(t, err)
				require.Equal(t, plaintext, opened)
				opened, err = to.Open("patients.notes", from.SealPadded("patients.notes", plaintext, 64))
				require.NoError(t, err)
				require.Equal(t, plaintext, opened)
				ciphertext, token := from.Protect("patients.notes", plaintext)
				opened, err = to.OpenProtected("patients.notes", ciphertext, token)
				require.NoError(t, err)
				require.Equal(t, plaintext, opened)
			}
		}
		for _, o := range []*cell.ImprintOptions{nil, {KeyID: old.PrimaryID()}, {Alphabet: cell.Digits}} {
			a, err := whole.Imprint("patients.phone", []byte("01234567890123456"), o)
			require.NoError(t, err)
			b, err := given.Imprint("patients.phone", []byte("01234567890123456"), o)
			require.NoError(t, err)
			require.Equal(t, a, b)
			back, err := given.Reveal("patients.phone", a, o)
			require.NoError(t, err)
			require.Equal(t, "01234567890123456", string(back))
		}
		other := cell.NewRowOf(d.Row(append(bytes.Clone(name), 0)))
		_, err = other.Open("patients.notes", whole.Seal("patients.notes", nil))
		require.ErrorIs(t, err, cell.ErrDecrypt)
		_, err = given.Open("patients.notes", cell.NewUnbound(d).Seal("patients.notes", nil))
		require.ErrorIs(t, err, cell.ErrDecrypt, "a bound row opens no unbound cell")
	}
	_, err = cell.NewRowOf(old.Row([]byte("1"))).Open("patients.notes", cell.NewRow(d, []byte("1")).Seal("patients.notes", nil))
	require.Equal(t, &cell.UnknownKeyError{ID: id}, err)

	require.PanicsWithValue(t, "cellseal/keys: zero RowKeys; get them from a RowSource or from Derived.Row", func() { cell.NewRowOf(nil) })
	require.PanicsWithValue(t, "cellseal/keys: Row: empty row", func() { d.Row(nil) })
	table, err := ring.Cells(t.Context(), keys.Table("patients"))
	require.NoError(t, err)
	require.PanicsWithValue(t, "cellseal/keys: Row: rows are in compartments: want a path that ends in one", func() { table.Row([]byte("1")) })
}
