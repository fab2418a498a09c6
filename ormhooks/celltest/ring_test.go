package celltest_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/search"
)

// fixtures are what users have in their repositories: they stay valid for ever. They
// were written by this package once, and are not to be written anew.
type fixtures struct {
	Ring     string   `json:"encrypted_ring"` // under KEK
	Rotated  string   `json:"encrypted_rotated_ring"`
	Cell     string   `json:"cell_hex"` // patients, default, row 1, "patients.email", "siobhan@example.com"
	CellNew  string   `json:"cell_of_rotated_hex"`
	Imprint  string   `json:"imprint"`  // "patients.phone", "4411223344", digits
	Term     string   `json:"term_hex"` // patients, exact email with fold, 64 bits
	TermsNew []string `json:"terms_of_rotated_hex"`
	Unique   string   `json:"unique_term_hex"`
	Scoped   string   `json:"scoped_term_hex"` // tenant 7
}

func load(t *testing.T) (f fixtures) {
	t.Helper()
	data, err := os.ReadFile("testdata/fixtures.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &f))
	return f
}

func bytesOf(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	require.NoError(t, err)
	return b
}

func row(t *testing.T, source keys.Source) *cell.Row {
	t.Helper()
	d, err := source.Cells(t.Context(), keys.Table("patients"), keys.Compartment(keys.DefaultCompartment))
	require.NoError(t, err)
	return cell.NewRow(d, cell.RowID(cell.BindInt("id", 1)))
}

func index(t *testing.T, source keys.Source, o search.Options, scope ...keys.Label) *search.Index {
	t.Helper()
	d, err := source.Index(t.Context(), append(scope, keys.Table("patients"), search.Exact("email", search.Fold))...)
	require.NoError(t, err)
	return search.NewIndex(d, o)
}

const address = "siobhan@example.com"

func TestFixturesStayValidForEver(t *testing.T) {
	f, ring := load(t), celltest.Ring(t)
	require.EqualValues(t, 1001, ring.CellKeys().Primary())
	require.EqualValues(t, 1002, ring.IndexKeys().Primary())

	opened, err := row(t, ring).Open("patients.email", bytesOf(t, f.Cell))
	require.NoError(t, err)
	require.Equal(t, address, string(opened))

	imprint, err := row(t, ring).Imprint("patients.phone", []byte("4411223344"), &cell.ImprintOptions{Alphabet: cell.Digits})
	require.NoError(t, err)
	require.Equal(t, f.Imprint, string(imprint))

	for want, x := range map[string]*search.Index{
		f.Term:   index(t, ring, search.Options{}),
		f.Unique: index(t, ring, search.Options{Unique: true}),
		f.Scoped: index(t, ring, search.Options{}, keys.Scope("tenant", "7")),
	} {
		term, err := x.Term("Siobhan@Example.com")
		require.NoError(t, err)
		require.Equal(t, want, hex.EncodeToString(term))
	}
}

func TestTheRotatedRingReadsBothAndWritesTheNew(t *testing.T) {
	f, ring := load(t), celltest.Rotated(t)
	require.EqualValues(t, 1003, ring.CellKeys().Primary())
	require.EqualValues(t, 1004, ring.IndexKeys().Primary())

	for _, sealed := range []string{f.Cell, f.CellNew} {
		opened, err := row(t, ring).Open("patients.email", bytesOf(t, sealed))
		require.NoError(t, err)
		require.Equal(t, address, string(opened))
	}
	info, err := cell.Inspect(row(t, ring).Seal("patients.email", nil))
	require.NoError(t, err)
	require.EqualValues(t, 1003, info.KeyID)
	_, err = row(t, celltest.Ring(t)).Open("patients.email", bytesOf(t, f.CellNew))
	require.ErrorAs(t, err, new(*cell.UnknownKeyError))

	terms, err := index(t, ring, search.Options{}).Match(address)
	require.NoError(t, err)
	require.Equal(t, f.TermsNew, []string{hex.EncodeToString(terms[0]), hex.EncodeToString(terms[1])})
	require.Equal(t, f.Term, f.TermsNew[1], "the first key's comes second")

	_, err = index(t, ring, search.Options{Unique: true}).Term(address)
	require.ErrorAs(t, err, new(*search.PinError))
	pinned, err := index(t, ring, search.Options{Unique: true, PinnedKey: 1002}).Term(address)
	require.NoError(t, err)
	require.Equal(t, f.Unique, hex.EncodeToString(pinned))
}

func TestStoredRingsOpenUnderTheKEK(t *testing.T) {
	f := load(t)
	for stored, want := range map[string]*keys.Ring{f.Ring: celltest.Ring(t), f.Rotated: celltest.Rotated(t)} {
		ring, err := keys.OpenRing(t.Context(), []byte(stored), celltest.KEK(t), []byte("celltest"))
		require.NoError(t, err)
		require.Equal(t, want.CellKeys().Primary(), ring.CellKeys().Primary())
		opened, err := row(t, ring).Open("patients.email", row(t, want).Seal("patients.email", []byte(address)))
		require.NoError(t, err)
		require.Equal(t, address, string(opened))
	}
}

func TestNoncesAreNotFixed(t *testing.T) {
	require.NotEqual(t, row(t, celltest.Ring(t)).Seal("c", nil), row(t, celltest.Ring(t)).Seal("c", nil))
}
