package cell

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTokenSizes(t *testing.T) {
	for _, bound := range []bool{true, false} {
		r, size := kind{bound: bound}.row(home(t), homeRow), 85
		if bound {
			size = 69
		}
		for _, n := range []int{0, 1, 15, 16, 17, 1000} {
			plaintext := newDraw("token sizes").bytes(n)
			ciphertext, token := r.Protect(homeColumn, plaintext)
			require.Len(t, ciphertext, n, "exactly as long as the plaintext")
			require.Len(t, token, size)
			out, err := r.OpenProtected(homeColumn, ciphertext, token)
			require.NoError(t, err)
			require.Equal(t, plaintext, out)
		}
	}
}

// The two halves do not share memory: appending to one must not reach the other.
func TestHalvesAreApart(t *testing.T) {
	r := NewRow(home(t), homeRow)
	ciphertext, token := r.Protect(homeColumn, []byte("a secret"))
	_, _ = append(ciphertext, make([]byte, 100)...), append(token, make([]byte, 100)...)
	out, err := r.OpenProtected(homeColumn, ciphertext, token)
	require.NoError(t, err)
	require.Equal(t, "a secret", string(out))
}

func TestWrongPairsAreRefused(t *testing.T) {
	for _, bound := range []bool{true, false} {
		r := kind{bound: bound}.row(home(t), homeRow)
		ciphertext, token := r.Protect(homeColumn, []byte("a secret"))
		otherCiphertext, otherToken := r.Protect(homeColumn, []byte("a secret"))
		longer, longerToken := r.Protect(homeColumn, []byte("a secret, and more"))
		empty, emptyToken := r.Protect(homeColumn, nil)
		halves := [][2][]byte{
			{ciphertext, token}, {otherCiphertext, otherToken}, {longer, longerToken}, {empty, emptyToken},
		}
		for i, c := range halves {
			for j, tok := range halves {
				out, err := r.OpenProtected(homeColumn, c[0], tok[1])
				if i == j {
					require.NoError(t, err)
				} else {
					requireRefused(t, out, err)
				}
				out, err = r.OpenProtected(homeColumn, tok[1], c[0])
				requireRefused(t, out, err, "halves exchanged")
			}
		}
	}
}

// A cell is the same bytes uncut: either shape can be made of the other, on
// purpose. But one is not read for the other.
func TestTokenAndCellAreOneConstruction(t *testing.T) {
	for _, bound := range []bool{true, false} {
		r := kind{bound: bound}.row(home(t), homeRow)
		ciphertext, token := r.Protect(homeColumn, []byte("a secret"))
		head := len(token) - tagSize
		sealed := slices.Concat(token[:head], ciphertext, token[head:])
		out, err := r.Open(homeColumn, sealed)
		require.NoError(t, err)
		require.Equal(t, "a secret", string(out))

		out, err = r.Open(homeColumn, token)
		requireRefused(t, out, err)
		out, err = r.OpenProtected(homeColumn, nil, sealed)
		requireRefused(t, out, err, "a whole cell is no token")
		for n := range ciphertext {
			longer := slices.Concat(token[:head], ciphertext[:n+1], token[head:])
			out, err = r.OpenProtected(homeColumn, ciphertext[n+1:], longer)
			requireRefused(t, out, err, "cut elsewhere")
		}
	}
}

// `token,pad` does not exist: a padded cell cut in two is refused, though whole
// it would open.
func TestPaddedTokensAreRefused(t *testing.T) {
	for _, k := range kinds[2:] {
		r := k.row(home(t), homeRow)
		sealed := k.seal(r, homeColumn, []byte("a secret"))
		head, tail := len(sealed)-tagSize-16, len(sealed)-tagSize
		ciphertext, token := sealed[head:tail], slices.Concat(sealed[:head], sealed[tail:])
		_, err := r.Open(homeColumn, sealed)
		require.NoError(t, err)
		out, err := r.OpenProtected(homeColumn, ciphertext, token)
		requireRefused(t, out, err)
	}
}

// A token of one binding has the other's length at no price.
func TestTokensOfTheOtherBindingAreRefused(t *testing.T) {
	d := home(t)
	for _, k := range kinds[:2] {
		ciphertext, token := k.row(d, homeRow).Protect(homeColumn, make([]byte, 40))
		other := kind{bound: !k.bound}.row(d, homeRow)
		out, err := other.OpenProtected(homeColumn, ciphertext, token)
		requireRefused(t, out, err)
		// Shift bytes between the halves until the token has the other's length.
		if k.bound {
			out, err = other.OpenProtected(homeColumn, ciphertext[16:], slices.Insert(slices.Clone(token), 9, ciphertext[:16]...))
		} else {
			out, err = other.OpenProtected(homeColumn, slices.Concat(token[9:25], ciphertext), slices.Delete(slices.Clone(token), 9, 25))
		}
		requireRefused(t, out, err)
	}
}
