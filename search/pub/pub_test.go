package pub_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/searchtest"
	"github.com/cellseal/cellseal/search/pub"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

func private(t testing.TB, fill byte) *pub.PrivateKey {
	k, err := pub.ParsePrivateKey(bytes.Repeat([]byte{fill}, pub.KeySize))
	require.NoError(t, err)
	return k
}

// pair returns both ends of a pair.
func pair(t testing.TB, sender, reader *pub.PrivateKey) (*pub.Shared, *pub.Shared) {
	a, err := pub.ForReader(sender, reader.Public())
	require.NoError(t, err)
	b, err := pub.FromSender(reader, sender.Public())
	require.NoError(t, err)
	return a, b
}

func index(t testing.TB, p *pub.Shared, label keys.Label, o pub.Options) *pub.Index {
	x, err := p.Index(label, o)
	require.NoError(t, err)
	return x
}

func token(t testing.TB, x *pub.Index, values ...any) []byte {
	b, err := x.Token(values...)
	require.NoError(t, err)
	return b
}

type vector struct {
	Sender searchtest.Hex `json:"sender_private_hex"`
	Reader searchtest.Hex `json:"reader_private_hex"`
	Key    searchtest.Hex `json:"k_hex"`
	Label  keys.Label     `json:"label"`
	Input  searchtest.Hex `json:"input_hex"`
	Token  searchtest.Hex `json:"token_hex"`
	RingID uint32         `json:"ring_key_id"`
	Cells  searchtest.Hex `json:"ring_cells_hex"`
	Index  searchtest.Hex `json:"ring_index_hex"`
}

var cases = []struct {
	sender, reader byte
	label          keys.Label
	types          []search.Type
	values         []any
	input          string
}{
	{1, 2, pub.Label("mrn", search.Alnum), nil, []any{"MRN-0042"}, "MRN0042"},
	{2, 1, pub.Label("mrn", search.Alnum), nil, []any{"MRN-0042"}, "MRN0042"},
	{1, 3, pub.Label("mrn"), []search.Type{search.Int}, []any{42}, "\x00\x00\x00\x00\x00\x00\x00\x2a"},
	{1, 2, pub.Label("name+city"), nil, []any{"Zoë", ""}, "\x04Zo\xc3\xab\x00"},
}

// byHand follows FORMAT.md §8 with nothing but the standard library.
func byHand(t *testing.T) (list []vector) {
	for _, c := range cases {
		sender, err := ecdh.X25519().NewPrivateKey(bytes.Repeat([]byte{c.sender}, 32))
		require.NoError(t, err)
		reader, err := ecdh.X25519().NewPrivateKey(bytes.Repeat([]byte{c.reader}, 32))
		require.NoError(t, err)
		secret, err := sender.ECDH(reader.PublicKey())
		require.NoError(t, err)
		k, err := hkdf.Key(sha256.New, secret, nil, "cellseal/v1/pub\x00"+string(sender.PublicKey().Bytes())+string(reader.PublicKey().Bytes()), 32)
		require.NoError(t, err)
		label := string(binary.AppendUvarint(nil, uint64(len(c.label)))) + string(c.label)
		list = append(list, vector{
			Sender: sender.Bytes(), Reader: reader.Bytes(), Key: k, Label: c.label, Input: []byte(c.input), Token: searchtest.HMAC(k, "\x3a", label, c.input)[:16],
			RingID: binary.BigEndian.Uint32(searchtest.HMAC(k, "\x3bid")) | 1<<31, Cells: searchtest.HMAC(k, "\x3bcells"), Index: searchtest.HMAC(k, "\x3bindex"),
		})
	}
	return list
}

func TestPublishedVectors(t *testing.T) {
	list := searchtest.Published(t, *update, "Public-key tokens of Cellseal, search/FORMAT.md §8. The index keyset is not needed for them.", byHand(t))
	require.Len(t, list, len(cases))
	for i, v := range list {
		sender, err := pub.ParsePrivateKey(v.Sender)
		require.NoError(t, err)
		reader, err := pub.ParsePrivateKey(v.Reader)
		require.NoError(t, err)
		a, b := pair(t, sender, reader)
		for _, p := range []*pub.Shared{a, b} {
			x := index(t, p, v.Label, pub.Options{Types: cases[i].types})
			require.Equal(t, []byte(v.Token), token(t, x, cases[i].values...))
			found, err := x.Match(cases[i].values...)
			require.NoError(t, err)
			require.Equal(t, []byte(v.Token), found)
			ring, err := p.Ring()
			require.NoError(t, err)
			require.Equal(t, v.RingID, ring.IndexKeys().Primary())
			require.Equal(t, v.RingID, ring.CellKeys().Primary())

			// A term under the ring, by hand.
			root, err := hkdf.Key(sha256.New, v.Index, nil, "cellseal/v1/index", 32)
			require.NoError(t, err)
			node := searchtest.HMAC(searchtest.HMAC(root, "\x00t:t"), "\x00i:a/exact")
			term, err := search.NewIndex(searchtest.Derive(t, ring, keys.Table("t"), search.Exact("a")), search.Options{}).Term("v")
			require.NoError(t, err)
			require.Equal(t, searchtest.HMAC(node, "\x20v")[:8], term)
		}
	}
}

// No two senders' tokens have anything in common, and direction counts.
func TestPairsAreApart(t *testing.T) {
	clinic, other, registry := private(t, 1), private(t, 2), private(t, 3)
	a, _ := pair(t, clinic, registry)
	b, _ := pair(t, other, registry)
	c, _ := pair(t, registry, clinic)
	seen := map[string]bool{}
	for _, p := range []*pub.Shared{a, b, c} {
		for _, label := range []keys.Label{pub.Label("mrn"), pub.Label("name"), pub.Label("mrn", search.Fold)} {
			got := token(t, index(t, p, label, pub.Options{}), "0042")
			require.Len(t, got, pub.TokenSize)
			require.False(t, seen[string(got)])
			seen[string(got)] = true
		}
	}
}

// The reader opens what the sender sealed, and finds what it indexed.
func TestTheSharedRing(t *testing.T) {
	a, b := pair(t, private(t, 5), private(t, 6))
	sender, err := a.Ring()
	require.NoError(t, err)
	reader, err := b.Ring()
	require.NoError(t, err)
	row := func(r *keys.Ring) *cell.Row {
		d, err := r.Cells(t.Context(), keys.Table("reports"), keys.Compartment("default"))
		require.NoError(t, err)
		return cell.NewRow(d, []byte("row 1"))
	}
	opened, err := row(reader).Open("body", row(sender).Seal("body", []byte("a report")))
	require.NoError(t, err)
	require.Equal(t, "a report", string(opened))
}

// The points of low order on Curve25519 and its twist, as RFC 7748 §7 and libsodium list them.
func TestUnusableKeys(t *testing.T) {
	own := private(t, 1)
	for _, low := range []string{
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	} {
		b, err := hex.DecodeString(low)
		require.NoError(t, err)
		for _, top := range []byte{0, 0x80} { // X25519 ignores the highest bit
			point := bytes.Clone(b)
			point[31] |= top
			k, err := pub.ParsePublicKey(point)
			require.NoError(t, err)
			_, err = pub.ForReader(own, k)
			require.ErrorIs(t, err, pub.ErrKey, low)
			_, err = pub.FromSender(own, k)
			require.ErrorIs(t, err, pub.ErrKey, low)
		}
	}
	_, err := pub.ForReader(own, own.Public())
	require.ErrorIs(t, err, pub.ErrKey)
	_, err = pub.FromSender(own, own.Public())
	require.ErrorIs(t, err, pub.ErrKey)
	for _, n := range []int{0, 1, 31, 33, 64} {
		_, err = pub.ParsePublicKey(make([]byte, n))
		require.ErrorIs(t, err, pub.ErrKey)
		_, err = pub.ParsePrivateKey(make([]byte, n))
		require.ErrorIs(t, err, pub.ErrKey)
	}
}

func TestKeysThereAndBack(t *testing.T) {
	k, err := pub.NewPrivateKey()
	require.NoError(t, err)
	again, err := pub.ParsePrivateKey(k.Bytes())
	require.NoError(t, err)
	require.True(t, k.Public().Equal(again.Public()))
	public, err := pub.ParsePublicKey(k.Public().Bytes())
	require.NoError(t, err)
	require.True(t, public.Equal(k.Public()))
	require.False(t, public.Equal(private(t, 1).Public()))
}

func TestValuesThatHaveNoToken(t *testing.T) {
	a, _ := pair(t, private(t, 1), private(t, 2))
	x := index(t, a, pub.Label("mrn", search.Fold), pub.Options{})
	for _, v := range []any{nil, ""} {
		require.Nil(t, token(t, x, v))
		_, err := x.Match(v)
		require.ErrorAs(t, err, new(*search.ValueError))
	}
	_, err := x.Token("CANARY\xff")
	require.ErrorAs(t, err, new(*search.ValueError))
	require.NotContains(t, err.Error(), "CANARY")
	held, err := x.Holds(token(t, x, "A"), "a")
	require.NoError(t, err)
	require.True(t, held)
	held, err = x.Holds(token(t, x, "A"), "b")
	require.NoError(t, err)
	require.False(t, held)
	for _, label := range []keys.Label{search.Exact("a"), "i:a", "i:a/pub/soundex.v1"} {
		_, err := a.Index(label, pub.Options{})
		require.ErrorContains(t, err, "cellseal/pub: ")
	}
}

func TestMisusePanics(t *testing.T) {
	for _, f := range []func(){
		func() { new(pub.PrivateKey).Bytes() }, func() { new(pub.PublicKey).Bytes() }, func() { _, _ = new(pub.Shared).Ring() },
		func() { _, _ = new(pub.Index).Token("a") }, func() { _, _ = pub.ForReader(nil, nil) },
	} {
		require.Regexp(t, "^cellseal/pub: zero ", searchtest.Panics(t, f))
	}
}

func TestPrintsRedacted(t *testing.T) {
	k := private(t, 1)
	a, _ := pair(t, k, private(t, 2))
	x := index(t, a, pub.Label("mrn"), pub.Options{})
	for want, list := range map[string][]any{
		"pub.PrivateKey(redacted)": {k, *k}, "pub.Shared(redacted)": {a, *a}, "pub.Index(redacted)": {x, *x},
	} {
		for _, v := range list {
			searchtest.Redacted(t, want, v)
		}
	}
	type holder struct{ k *pub.PrivateKey } // fmt asks no Formatter of an unexported field
	require.NotContains(t, fmt.Sprintf("%x %s %v", holder{k}, holder{k}, holder{k}), "010101")
}

// The table in doc.go is what Leakage returns.
func TestTheDocumentedLeakage(t *testing.T) {
	source, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	text := strings.Join(strings.Fields(strings.ReplaceAll(string(source), "//", "")), " ")
	a, _ := pair(t, private(t, 1), private(t, 2))
	l := index(t, a, pub.Label("mrn"), pub.Options{}).Leakage()
	require.Contains(t, text, l.Kind+" at rest "+l.AtRest+" on a query "+l.OnQuery+" over time "+l.OverTime+" for "+l.For)
}

func BenchmarkPair(b *testing.B) {
	sender, reader := private(b, 1), private(b, 2).Public()
	for b.Loop() {
		_, _ = pub.ForReader(sender, reader)
	}
}

func BenchmarkToken(b *testing.B) {
	a, _ := pair(b, private(b, 1), private(b, 2))
	x := index(b, a, pub.Label("mrn", search.Alnum), pub.Options{})
	var v any = "MRN-0042"
	b.ReportAllocs()
	for b.Loop() {
		_, _ = x.Token(v)
	}
}
