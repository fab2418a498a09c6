package cell

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPaddedSizes(t *testing.T) {
	for _, c := range []struct{ n, bucket, want int }{
		{0, 2, 2}, {1, 2, 2}, {2, 2, 4}, {3, 2, 4},
		{0, 16, 16}, {14, 16, 16}, {15, 16, 16}, {16, 16, 32}, {17, 16, 32}, {31, 16, 32}, {32, 16, 48},
		{0, 256, 256}, {255, 256, 256}, {256, 256, 512}, {257, 256, 512}, {511, 256, 512}, {512, 256, 768},
		{0, 100, 100}, {99, 100, 100}, {100, 100, 200},
		{0, MaxPlaintext, MaxPlaintext}, {MaxPlaintext - 1, MaxPlaintext, MaxPlaintext},
		{MaxPlaintext - 1, MaxPlaintext - 1, 2 * (MaxPlaintext - 1)}, // fits an int of 32 bits
	} {
		require.Equal(t, c.want, PaddedSize(c.n, c.bucket), "%d in buckets of %d", c.n, c.bucket)
	}
}

// Around the edges of every bucket: the length is the bucket's, the value is
// the writer's, and the reader was told nothing about the bucket.
func TestPaddingHidesTheLength(t *testing.T) {
	for _, bound := range []bool{true, false} {
		overhead := OverheadUnbound
		if bound {
			overhead = Overhead
		}
		r := kind{bound: bound}.row(home(t), homeRow)
		for _, bucket := range []int{2, 3, 16, 256} {
			for n := range 2*bucket + 3 {
				for _, last := range []byte{0x00, 0x80, 'a'} { // the padding's own bytes among them
					plaintext := bytes.Repeat([]byte{last}, n)
					sealed := r.SealPadded(homeColumn, plaintext, bucket)
					require.Len(t, sealed, overhead+(n/bucket+1)*bucket)
					out, err := r.Open(homeColumn, sealed)
					require.NoError(t, err)
					require.NotNil(t, out)
					require.True(t, bytes.Equal(plaintext, out), "%d bytes of %#x in buckets of %d", n, last, bucket)
				}
			}
		}
	}
}

// What a reader accepts: any bucket, the last 0x80 with zeros behind it.
func TestPaddingAsReadersSeeIt(t *testing.T) {
	for _, k := range kinds[2:] {
		r := k.row(home(t), homeRow)
		for _, c := range []struct{ padded, want string }{
			{"value\x80", "value"},
			{"value\x80\x00\x00\x00", "value"},
			{"value\x80" + string(make([]byte, 1000)), "value"},
			{"value\x80\x80", "value\x80"},
			{"value\x00\x00\x80\x00", "value\x00\x00"},
			{"\x80", ""},
			{"\x80\x00", ""},
		} {
			out, err := r.Open(homeColumn, k.withPadding(t, c.padded))
			require.NoError(t, err)
			require.Equal(t, c.want, string(out))
			require.NotNil(t, out)
		}
		for _, padded := range []string{
			"", "\x00", string(make([]byte, 16)), "value", "value\x00\x00", "value\x80\x01", "value\x80x\x00", "value\x81\x00", "value\x01",
		} {
			sealed := k.withPadding(t, padded)
			out, err := r.Open(homeColumn, sealed)
			requireRefused(t, out, err, fmt.Sprintf("%q", padded))

			// It was authentic and is decrypted by now; nothing of it stays behind.
			for _, head := range []string{"head", "head\x80", "head\x80\x00", "\x00\x00"} { // no padding of ours
				dst := append(make([]byte, 0, 500), head...)
				out, err = r.AppendOpen(dst, homeColumn, sealed)
				requireRefused(t, out, err)
				require.Equal(t, head, string(dst))
				require.Equal(t, make([]byte, 500-len(head)), dst[len(head):500])
			}
		}
	}
}

// withPadding writes a cell of the padded kind whose padded plaintext is given,
// as no writer of ours would.
func (k kind) withPadding(t *testing.T, padded string) []byte {
	d := newDraw("padding")
	ref := refCell{
		node: refNode(t, firstKey, homePath...), keyID: firstKey.id, column: homeColumn,
		bucket: k.bucket, nonce: d.bytes(12), salt: d.bytes(16),
	}
	if k.bound {
		ref.row = homeRow
	}
	return ref.sealRaw([]byte(padded))
}

func TestPaddingLeavesTheValueAlone(t *testing.T) {
	r := NewRow(home(t), homeRow)
	backing := []byte("value and what stands behind it")
	r.SealPadded(homeColumn, backing[:5], 16)
	require.Equal(t, "value and what stands behind it", string(backing))
}
