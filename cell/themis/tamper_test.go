package themis

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	tamperKey     = []byte("a key of Themis may have any length")
	tamperMessage = []byte("twenty bytes of text")
	tamperContext = []byte("table=users;row=1")
)

// A tamperCell is one or two values that open together.
type tamperCell struct {
	parts [][]byte
	open  func(parts [][]byte, context []byte) ([]byte, error)
}

// cells are one of each authenticated mode. A count of one keeps the
// passphrase cell affordable.
func cells(t *testing.T) map[string]tamperCell {
	sealed, err := Seal(tamperKey, tamperMessage, tamperContext)
	require.NoError(t, err)
	ciphertext, token, err := Protect(tamperKey, tamperMessage, tamperContext)
	require.NoError(t, err)
	stretched, err := sealWithPassphrase(tamperKey, tamperMessage, tamperContext, 1)
	require.NoError(t, err)
	return map[string]tamperCell{
		"seal": {[][]byte{sealed}, func(p [][]byte, c []byte) ([]byte, error) {
			return Open(tamperKey, p[0], c)
		}},
		"token": {[][]byte{ciphertext, token}, func(p [][]byte, c []byte) ([]byte, error) {
			return OpenProtected(tamperKey, p[0], p[1], c)
		}},
		"passphrase": {[][]byte{stretched}, func(p [][]byte, c []byte) ([]byte, error) {
			return OpenWithPassphrase(tamperKey, p[0], c)
		}},
	}
}

func TestEveryChangeIsRefused(t *testing.T) {
	for mode, cell := range cells(t) {
		t.Run(mode, func(t *testing.T) {
			message, err := cell.open(cell.parts, tamperContext)
			require.NoError(t, err)
			require.Equal(t, tamperMessage, message)

			refused := 0
			refuse := func(part int, changed []byte) {
				t.Helper()
				parts := slices.Clone(cell.parts)
				parts[part] = changed
				message, err := cell.open(parts, tamperContext)
				if err != ErrDecrypt || message != nil {
					t.Fatalf("part %d changed to %x: message %q, error %v", part, changed, message, err)
				}
				refused++
			}
			want := 0
			for i, part := range cell.parts {
				want += 8*len(part) + 2*len(part) + 6*2*(len(part)+1)
				for bit := range 8 * len(part) {
					changed := slices.Clone(part)
					changed[bit/8] ^= 1 << (bit % 8)
					// Six bits of a count of one make it 65,537 to 2,097,153.
					if mode == "passphrase" && bit/8 == 50 && bit%8 < 6 && testing.Short() {
						want--
						continue
					}
					refuse(i, changed)
				}
				for n := range part { // truncation to n, and losing the first n+1
					refuse(i, part[:n])
					refuse(i, part[n+1:])
				}
				for at := range len(part) + 1 { // inserting in front, inside and behind
					for _, extra := range []int{1, 2, 4, 16, 26, 44} {
						for _, fill := range []byte{0, 0xff} {
							refuse(i, slices.Insert(slices.Clone(part), at, bytes.Repeat([]byte{fill}, extra)...))
						}
					}
				}
			}
			require.Equal(t, want, refused)
			t.Log(refused, "changed cells refused")
		})
	}
}

func TestContextIsAuthenticated(t *testing.T) {
	for mode, cell := range cells(t) {
		for _, context := range [][]byte{nil, tamperContext[1:], append([]byte("x"), tamperContext...), []byte("table=users;row=2")} {
			message, err := cell.open(cell.parts, context)
			require.Equal(t, ErrDecrypt, err, mode)
			require.Nil(t, message)
		}
	}
}

// Token and ciphertext are two values: what one lacks the other cannot lend.
func TestTokenBoundaryIsFixed(t *testing.T) {
	cell := cells(t)["seal"].parts[0]
	for n := range len(cell) + 1 {
		_, err := OpenProtected(tamperKey, cell[n:], cell[:n], tamperContext)
		if n == keyHeaderLen {
			require.NoError(t, err)
		} else {
			require.Equal(t, ErrDecrypt, err, n)
		}
	}
}

func TestModesDoNotMix(t *testing.T) {
	all := cells(t)
	sealed, passphrase := all["seal"].parts[0], all["passphrase"].parts[0]
	_, err := Open(tamperKey, passphrase, tamperContext)
	require.Equal(t, ErrDecrypt, err)
	_, err = OpenWithPassphrase(tamperKey, sealed, tamperContext)
	require.Equal(t, ErrDecrypt, err)
	_, err = OpenProtected(tamperKey, passphrase[passphraseHeaderLen:], passphrase[:passphraseHeaderLen], tamperContext)
	require.Equal(t, ErrDecrypt, err)

	// Not even if the stretched key is known: the header decides.
	h, ok := parseHeader(passphrase[:passphraseHeaderLen])
	require.True(t, ok)
	stretched, err := h.stretch(tamperKey)
	require.NoError(t, err)
	_, err = Open(stretched, passphrase, tamperContext)
	require.Equal(t, ErrDecrypt, err)
}
