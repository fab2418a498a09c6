package cell

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/cellseal/cellseal/keys"
)

// What the tests share: rings with fixed root keys, a home for cells, and
// random draws that are the same in every run.

// A rootKey is a root key of a ring, in clear as only a test may hold it.
type rootKey struct {
	id     uint32
	secret string // 32 bytes
}

var (
	firstKey  = rootKey{0x01020304, countingBytes(0x00, 32)}
	secondKey = rootKey{0xA1A2A3A4, countingBytes(0x20, 32)}
	indexKey  = rootKey{0x51525354, countingBytes(0x40, 32)}
)

func countingBytes(from byte, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = from + byte(i)
	}
	return string(b)
}

// ringOf returns a ring with the given cells keys, the first of them primary.
func ringOf(t testing.TB, cells ...rootKey) *keys.Ring {
	t.Helper()
	ring, err := keys.NewRingFromHandles(readKeyset(t, tinkJSON(cells)), readKeyset(t, tinkJSON([]rootKey{indexKey})))
	require.NoError(t, err)
	return ring
}

// tinkJSON writes the keys as Tink's JSON of a cleartext keyset.
func tinkJSON(list []rootKey) string {
	var entries []string
	for _, k := range list {
		// HkdfPrfKey{params: {hash: SHA256}, key_value: secret}
		proto := "\x12\x02\x08\x03\x1a\x20" + k.secret
		entries = append(entries, fmt.Sprintf(
			`{"keyData":{"typeUrl":"type.googleapis.com/google.crypto.tink.HkdfPrfKey","value":%q,"keyMaterialType":"SYMMETRIC"},`+
				`"status":"ENABLED","keyId":%d,"outputPrefixType":"RAW"}`,
			base64.StdEncoding.EncodeToString([]byte(proto)), k.id))
	}
	return fmt.Sprintf(`{"primaryKeyId":%d,"key":[%s]}`, list[0].id, strings.Join(entries, ","))
}

func readKeyset(t testing.TB, json string) *keyset.Handle {
	t.Helper()
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(strings.NewReader(json)))
	require.NoError(t, err)
	return h
}

// homePath and homeColumn are where the tests' cells belong unless they say otherwise.
var (
	homePath   = []keys.Label{keys.Scope("tenant", "acme"), keys.Table("patients"), keys.Compartment("default")}
	homeColumn = "patients.email"
	homeRow    = RowID(BindInt("id", 42))
)

func derive(t testing.TB, from keys.Source, path ...keys.Label) *keys.Derived {
	t.Helper()
	d, err := from.Cells(t.Context(), path...)
	require.NoError(t, err)
	return d
}

// home is the compartment at homePath, with firstKey primary and secondKey behind it.
func home(t testing.TB) *keys.Derived {
	t.Helper()
	return derive(t, ringOf(t, firstKey, secondKey), homePath...)
}

// A kind is one of the four formats of cells, with the way to write it.
type kind struct {
	name   string
	format byte
	bound  bool
	bucket int // 0: not padded
}

var kinds = []kind{
	{"bound", 0xC1, true, 0},
	{"unbound", 0xC0, false, 0},
	{"bound and padded", 0xF5, true, 16},
	{"unbound and padded", 0xF6, false, 16},
}

func (k kind) row(d *keys.Derived, id []byte) *Row {
	if k.bound {
		return NewRow(d, id)
	}
	return NewUnbound(d)
}

func (k kind) seal(r *Row, column string, plaintext []byte) []byte {
	if k.bucket > 0 {
		return r.SealPadded(column, plaintext, k.bucket)
	}
	return r.Seal(column, plaintext)
}

// forEachKind runs f for the four formats, each with a row at home.
func forEachKind(t *testing.T, f func(t *testing.T, k kind, r *Row)) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) { f(t, k, k.row(home(t), homeRow)) })
	}
}

// requireRefused demands the one opaque error and nothing beside it.
func requireRefused(t testing.TB, out []byte, err error, what ...any) {
	t.Helper()
	if err != ErrDecrypt || out != nil {
		require.Equal(t, ErrDecrypt, err, what...)
		require.Nil(t, out, what...)
	}
}

// requireUnknownKey demands an UnknownKeyError that names id.
func requireUnknownKey(t testing.TB, id uint32, out []byte, err error) {
	t.Helper()
	var unknown *UnknownKeyError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, id, unknown.ID)
	require.Nil(t, out)
}

// draw is a source of random choices that are the same in every run and on
// every platform.
type draw struct {
	*rand.Rand
	source *rand.ChaCha8
}

func newDraw(name string) draw {
	var seed [32]byte
	copy(seed[:], name)
	source := rand.NewChaCha8(seed)
	return draw{rand.New(source), source}
}

func (d draw) bytes(n int) []byte {
	b := make([]byte, n)
	d.source.Read(b)
	return b
}

func (d draw) chance(percent int) bool { return d.IntN(100) < percent }

func oneOf[T any](d draw, list []T) T { return list[d.IntN(len(list))] }

// hexBytes is a byte string that JSON holds in hexadecimal.
type hexBytes []byte

func (b *hexBytes) UnmarshalText(text []byte) (err error) {
	*b, err = hex.DecodeString(string(text))
	return err
}

func (b hexBytes) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, b), nil }
