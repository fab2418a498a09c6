package cell

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// A cell opens as the bytes it was written with, or not at all.

var tamperedPlaintext = []byte("a secret of some two blocks' length, padding or not")

func TestEveryBitOfACellCounts(t *testing.T) {
	forEachKind(t, func(t *testing.T, k kind, r *Row) {
		sealed := k.seal(r, homeColumn, tamperedPlaintext)
		forEachFlip(sealed, func(bit int) {
			out, err := r.Open(homeColumn, sealed)
			requireFlipRefused(t, sealed, bit, out, err)
		})
		out, err := r.Open(homeColumn, sealed)
		require.NoError(t, err, "every bit is back in its place")
		require.Equal(t, tamperedPlaintext, out)
	})
}

func TestEveryBitOfBothHalvesCounts(t *testing.T) {
	for _, k := range kinds[:2] { // tokens are never padded
		r := k.row(home(t), homeRow)
		ciphertext, token := r.Protect(homeColumn, tamperedPlaintext)
		forEachFlip(ciphertext, func(int) {
			out, err := r.OpenProtected(homeColumn, ciphertext, token)
			requireRefused(t, out, err)
		})
		forEachFlip(token, func(bit int) {
			out, err := r.OpenProtected(homeColumn, ciphertext, token)
			requireFlipRefused(t, token, bit, out, err)
		})
		out, err := r.OpenProtected(homeColumn, ciphertext, token)
		require.NoError(t, err, "every bit is back in its place")
		require.Equal(t, tamperedPlaintext, out)
	}
}

// forEachFlip calls f with each bit of b flipped in turn.
func forEachFlip(b []byte, f func(bit int)) {
	for bit := range 8 * len(b) {
		b[bit/8] ^= 1 << (bit % 8)
		f(bit)
		b[bit/8] ^= 1 << (bit % 8)
	}
}

// requireFlipRefused allows one answer: ErrDecrypt, but for the key id, where
// the cell seems to be under a key that the ring does not have.
func requireFlipRefused(t *testing.T, sealed []byte, bit int, out []byte, err error) {
	t.Helper()
	if at := bit / 8; at < 1 || at > 4 {
		requireRefused(t, out, err, fmt.Sprintf("bit %d", bit))
		return
	}
	info, inspectErr := Inspect(sealed)
	require.NoError(t, inspectErr)
	require.NotEqual(t, firstKey.id, info.KeyID)
	requireUnknownKey(t, info.KeyID, out, err)
}

func TestEveryTruncationIsRefused(t *testing.T) {
	forEachKind(t, func(t *testing.T, k kind, r *Row) {
		sealed := k.seal(r, homeColumn, tamperedPlaintext)
		for n := range sealed {
			out, err := r.Open(homeColumn, sealed[:n])
			requireRefused(t, out, err, fmt.Sprintf("the first %d bytes", n))
			out, err = r.Open(homeColumn, sealed[n+1:])
			requireRefused(t, out, err, fmt.Sprintf("all but the first %d bytes", n+1))
			out, err = r.Open(homeColumn, slices.Delete(slices.Clone(sealed), n, n+1))
			requireRefusedOrUnknown(t, out, err, n)
		}
		out, err := r.Open(homeColumn, nil)
		requireRefused(t, out, err)
	})
}

func TestEveryTruncationOfBothHalvesIsRefused(t *testing.T) {
	r := NewRow(home(t), homeRow)
	ciphertext, token := r.Protect(homeColumn, tamperedPlaintext)
	for n := range ciphertext {
		out, err := r.OpenProtected(homeColumn, ciphertext[:n], token)
		requireRefused(t, out, err)
		out, err = r.OpenProtected(homeColumn, ciphertext[n+1:], token)
		requireRefused(t, out, err)
	}
	for n := range token {
		out, err := r.OpenProtected(homeColumn, ciphertext, token[:n])
		requireRefused(t, out, err)
		out, err = r.OpenProtected(homeColumn, ciphertext, token[n+1:])
		requireRefused(t, out, err)
	}
}

// additions are what may be put before, into or behind a cell.
func additions(sealed []byte) map[string][]byte {
	return map[string][]byte{
		"a zero":           {0},
		"a byte":           {0xFF},
		"a block":          make([]byte, 16),
		"random bytes":     newDraw("additions").bytes(100),
		"its own format":   sealed[:1],
		"its own header":   sealed[:9],
		"its own tag":      sealed[len(sealed)-16:],
		"all of it":        sealed,
		"a line break":     {'\n'},
		"padding":          {0x80, 0, 0, 0},
		"a unit separator": {0x1F},
	}
}

func TestEveryAdditionIsRefused(t *testing.T) {
	forEachKind(t, func(t *testing.T, k kind, r *Row) {
		sealed := k.seal(r, homeColumn, tamperedPlaintext)
		for name, more := range additions(sealed) {
			for at := 1; at < len(sealed); at++ {
				longer := slices.Insert(slices.Clone(sealed), at, more...)
				out, err := r.Open(homeColumn, longer)
				requireRefusedOrUnknown(t, out, err, at)
			}
			out, err := r.Open(homeColumn, slices.Concat(sealed, more))
			requireRefused(t, out, err, name+" appended")
			out, err = r.Open(homeColumn, slices.Concat(more, sealed))
			requireRefusedOrUnknown(t, out, err, 0)
		}
	})
}

func TestEveryAdditionToBothHalvesIsRefused(t *testing.T) {
	r := NewRow(home(t), homeRow)
	ciphertext, token := r.Protect(homeColumn, tamperedPlaintext)
	for name, more := range additions(token) {
		for _, halves := range [][2][]byte{
			{slices.Concat(ciphertext, more), token},
			{slices.Concat(more, ciphertext), token},
			{ciphertext, slices.Concat(token, more)},
			{ciphertext, slices.Concat(more, token)},
		} {
			out, err := r.OpenProtected(homeColumn, halves[0], halves[1])
			requireRefused(t, out, err, name)
		}
	}
}

// requireRefusedOrUnknown allows an UnknownKeyError where what was inserted or
// deleted at may have shifted the key id, and not the column tag behind it.
func requireRefusedOrUnknown(t *testing.T, out []byte, err error, at int) {
	t.Helper()
	var unknown *UnknownKeyError
	if at < 5 && err != nil && err != ErrDecrypt {
		require.ErrorAs(t, err, &unknown)
		require.Nil(t, out)
		return
	}
	requireRefused(t, out, err, fmt.Sprintf("at byte %d", at))
}

// What Open wrote before it found out is gone.
func TestNothingIsLeftOfARefusedCell(t *testing.T) {
	forEachKind(t, func(t *testing.T, k kind, r *Row) {
		sealed := k.seal(r, homeColumn, tamperedPlaintext)
		sealed[len(sealed)-1] ^= 1
		dst := append(make([]byte, 0, 500), "head"...)
		out, err := r.AppendOpen(dst, homeColumn, sealed)
		requireRefused(t, out, err)
		require.Equal(t, "head", string(dst))
		require.Equal(t, make([]byte, 496), dst[4:500])
	})
}
