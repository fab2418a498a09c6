package themis

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// The header field by field, at offsets written out here once more.
func TestWrittenHeaders(t *testing.T) {
	key, message, context := []byte("key"), bytes.Repeat([]byte{7}, 0x1234), []byte("ctx")
	fixed := []byte{
		0x00, 0x01, 0x01, 0x40, // AES-256-GCM
		12, 0, 0, 0, // IV length
		16, 0, 0, 0, // tag length
		0x34, 0x12, 0, 0, // message length
	}

	cell, err := Seal(key, message, context)
	require.NoError(t, err)
	require.Len(t, cell, 44+len(message))
	require.Equal(t, len(cell), cap(cell), "nothing behind the cell")
	require.Equal(t, fixed, cell[:16])

	ciphertext, token, err := Protect(key, message, context)
	require.NoError(t, err)
	require.Len(t, ciphertext, len(message))
	require.Equal(t, len(ciphertext), cap(ciphertext))
	require.Len(t, token, 44)
	require.Equal(t, fixed, token[:16])

	fixed[3] = 0x41 // and PBKDF2
	cell, err = SealWithPassphrase(key, message, context)
	require.NoError(t, err)
	require.Len(t, cell, 70+len(message))
	require.Equal(t, fixed, cell[:16])
	require.Equal(t, []byte{22, 0, 0, 0}, cell[16:20], "length of the PBKDF2 block")
	require.EqualValues(t, 314110, binary.LittleEndian.Uint32(cell[48:]))
	require.Equal(t, []byte{16, 0}, cell[52:54], "salt length")
}

func TestEveryCellDrawsItsIVAndSalt(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		cell, err := Seal([]byte("key"), []byte("message"), nil)
		require.NoError(t, err)
		seen[string(cell[16:28])] = true
		_, token, err := Protect([]byte("key"), []byte("message"), nil)
		require.NoError(t, err)
		seen[string(token[16:28])] = true
		cell, err = sealWithPassphrase([]byte("pass"), []byte("message"), nil, 1)
		require.NoError(t, err)
		seen[string(cell[20:32])] = true
		seen[string(cell[54:70])] = true
	}
	require.Len(t, seen, 800)
}

func TestTokenAndCiphertextAreASealedCell(t *testing.T) {
	key, message, context := []byte("key"), []byte("message"), []byte("ctx")
	ciphertext, token, err := Protect(key, message, context)
	require.NoError(t, err)
	got, err := Open(key, slices.Concat(token, ciphertext), context)
	require.NoError(t, err)
	require.Equal(t, message, got)

	cell, err := Seal(key, message, context)
	require.NoError(t, err)
	got, err = OpenProtected(key, cell[44:], cell[:44], context)
	require.NoError(t, err)
	require.Equal(t, message, got)
}

func TestNilAndEmptyContextAreTheSame(t *testing.T) {
	cell, err := Seal([]byte("key"), []byte("message"), nil)
	require.NoError(t, err)
	_, err = Open([]byte("key"), cell, []byte{})
	require.NoError(t, err)
}

// Every length of key, message and context that a bug would care about, in all
// modes and key sizes, folded into one digest. An independent program in
// another language computed the same.
func TestAccumulated(t *testing.T) {
	var counter uint64
	draw := func(n int) []byte {
		var out []byte
		for len(out) < n {
			block := sha256.Sum256(binary.LittleEndian.AppendUint64(nil, counter))
			out = append(out, block[:]...)
			counter++
		}
		return out[:n]
	}
	sum := sha256.New()
	for i := range 3000 {
		key, message, context := draw(1+i%131), draw(1+i%257), draw(i%67)
		h := header{keyBits: []uint32{128, 192, 256}[i%3], messageLen: uint32(len(message))}
		copy(h.iv[:], draw(ivLen))

		cell, err := h.sealCell(key, message, context)
		require.NoError(t, err)
		got, err := Open(key, cell, context)
		require.NoError(t, err)
		require.Equal(t, message, got)
		sum.Write(cell)

		h.iterations = uint32(1 + i%5)
		copy(h.salt[:], draw(saltLen))
		cell, err = h.sealCell(key, message, context)
		require.NoError(t, err)
		got, err = OpenWithPassphrase(key, cell, context)
		require.NoError(t, err)
		require.Equal(t, message, got)
		sum.Write(cell)

		context = append(context, 1)
		data, err := Imprint(key, message, context)
		require.NoError(t, err)
		got, err = Reveal(key, data, context)
		require.NoError(t, err)
		require.Equal(t, message, got)
		sum.Write(data)
	}
	require.Equal(t, "eeffece77fcc835f30c035602bdf7453c476b24526897349b6548584005172fe", hex.EncodeToString(sum.Sum(nil)))
}
