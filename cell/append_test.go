package cell

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// The lengths that callers size their columns by.
func TestOverhead(t *testing.T) {
	require.Equal(t, 69, Overhead)
	require.Equal(t, 85, OverheadUnbound)
	require.Equal(t, 1<<30, MaxPlaintext)
	for _, n := range []int{0, 1, 15, 16, 17, 64, 1000, 1 << 17} {
		plaintext := make([]byte, n)
		require.Len(t, NewRow(home(t), homeRow).Seal(homeColumn, plaintext), n+69)
		require.Len(t, NewUnbound(home(t)).Seal(homeColumn, plaintext), n+85)
	}
}

// As with crypto/cipher: what is in dst stays, and room in it is used.
func TestAppend(t *testing.T) {
	forEachKind(t, func(t *testing.T, k kind, r *Row) {
		appendSeal := func(dst []byte) []byte {
			if k.bucket > 0 {
				return r.AppendSealPadded(dst, homeColumn, []byte("a secret"), k.bucket)
			}
			return r.AppendSeal(dst, homeColumn, []byte("a secret"))
		}
		for _, dst := range [][]byte{nil, {}, []byte("head"), append(make([]byte, 0, 500), "head"...)} {
			before := string(dst)
			sealed := appendSeal(dst)
			require.Equal(t, before, string(dst))
			require.Equal(t, before, string(sealed[:len(dst)]))
			if cap(dst) == 500 {
				require.Same(t, &dst[0], &sealed[0], "there was room")
			}

			opened, err := r.AppendOpen(dst, homeColumn, slices.Clone(sealed[len(dst):]))
			require.NoError(t, err)
			require.Equal(t, before+"a secret", string(opened))
			if cap(dst) == 500 {
				require.Same(t, &dst[0], &opened[0], "there was room")
			}
		}
	})
}

func TestArgumentsAreNotChanged(t *testing.T) {
	forEachKind(t, func(t *testing.T, k kind, r *Row) {
		plaintext := []byte("a secret")
		sealed := k.seal(r, homeColumn, plaintext)
		before := slices.Clone(sealed)
		_, err := r.Open(homeColumn, sealed)
		require.NoError(t, err)
		require.Equal(t, before, sealed)
		require.Equal(t, "a secret", string(plaintext))
	})
	id := slices.Clone(homeRow)
	r := NewRow(home(t), id)
	clear(id) // the row has its own
	_, err := r.Open(homeColumn, NewRow(home(t), homeRow).Seal(homeColumn, nil))
	require.NoError(t, err)
}

// NULL and "" are two values: an empty plaintext never comes back as nil.
func TestEmptyIsNotNil(t *testing.T) {
	forEachKind(t, func(t *testing.T, k kind, r *Row) {
		for _, empty := range [][]byte{nil, {}} {
			out, err := r.Open(homeColumn, k.seal(r, homeColumn, empty))
			require.NoError(t, err)
			require.Equal(t, []byte{}, out)

			ciphertext, token := r.Protect(homeColumn, empty)
			require.Equal(t, []byte{}, ciphertext)
			out, err = r.OpenProtected(homeColumn, ciphertext, token)
			require.NoError(t, err)
			require.Equal(t, []byte{}, out)
			out, err = r.OpenProtected(homeColumn, nil, token)
			require.NoError(t, err)
			require.Equal(t, []byte{}, out)
		}
	})
}

// Every cell draws a nonce, and an unbound one a salt: equal values never show.
func TestEveryCellIsNew(t *testing.T) {
	forEachKind(t, func(t *testing.T, k kind, r *Row) {
		parts := map[string]bool{}
		for range 200 {
			rest := k.seal(r, homeColumn, make([]byte, 32))[headerSize:]
			if !k.bound {
				parts[string(rest[:saltSize])], rest = true, rest[saltSize:]
			}
			for _, size := range []int{commitSize, nonceSize, 32} {
				parts[string(rest[:size])], rest = true, rest[size:]
			}
		}
		want := 600
		if !k.bound {
			want = 800
		}
		require.Len(t, parts, want)
	})
}

// What looks like a cell, a token or a text form is a value like any other.
func TestValuesThatLookLikeCells(t *testing.T) {
	forEachKind(t, func(t *testing.T, k kind, r *Row) {
		inner := k.seal(r, homeColumn, []byte("a secret"))
		for _, value := range [][]byte{inner, []byte(Text(inner)), inner[:1]} {
			out, err := r.Open(homeColumn, k.seal(r, homeColumn, value))
			require.NoError(t, err)
			require.Equal(t, value, out)
		}
	})
}
