package cell

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestInspect(t *testing.T) {
	forEachKind(t, func(t *testing.T, k kind, r *Row) {
		want := Info{Format: k.format, KeyID: firstKey.id, ColumnTag: columnTag(homeColumn), Bound: k.bound, Padded: k.bucket > 0}
		sealed := k.seal(r, homeColumn, []byte("a secret"))
		info, err := Inspect(sealed)
		require.NoError(t, err)
		require.Equal(t, want, info)
		require.True(t, info.Is(homeColumn))
		require.False(t, info.Is("patients.phone"))
		require.False(t, info.Is(""))

		least := Overhead
		if !k.bound {
			least = OverheadUnbound
		}
		info, err = Inspect(sealed[:least])
		require.NoError(t, err, "what can be a cell")
		require.Equal(t, want, info)
		for _, not := range [][]byte{nil, {}, sealed[:1], sealed[:9], sealed[:least-1], sealed[1:], []byte(Text(sealed))} {
			info, err = Inspect(not)
			require.Equal(t, ErrDecrypt, err)
			require.Zero(t, info)
			stale, err := Stale(home(t), not)
			require.Equal(t, ErrDecrypt, err)
			require.False(t, stale)
		}
	})
}

// The column tag is the beginning of a plain SHA-256, as with sha256sum.
func TestColumnTag(t *testing.T) {
	require.Equal(t, [4]byte{0xda, 0x9f, 0x3a, 0xdf}, columnTag("patients.email"))
	require.Equal(t, [4]byte{0x2d, 0x71, 0x16, 0x42}, columnTag("x"))
}

// No cell can be taken for text: its first byte occurs in no UTF-8, and the
// bytes that FORMAT.md reserves do not either.
func TestFormatsAreNoUTF8(t *testing.T) {
	known := map[byte]bool{}
	for _, k := range kinds {
		known[k.format] = true
	}
	require.Len(t, known, 4)
	var inUTF8 [256]bool
	for c := range rune(utf8.MaxRune + 1) {
		for _, b := range utf8.AppendRune(nil, c) {
			inUTF8[b] = true
		}
	}
	require.True(t, inUTF8[0xF4])
	for _, format := range []byte{0xC0, 0xC1, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA} {
		require.False(t, inUTF8[format], "%#x", format)
		sealed := make([]byte, 200)
		sealed[0] = format
		_, err := Inspect(sealed)
		require.Equal(t, known[format], err == nil, "%#x", format)
	}
}
