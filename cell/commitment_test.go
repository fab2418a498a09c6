package cell

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
)

// AES-GCM does not commit to its key. Its tag is linear in the ciphertext, so
// whoever knows two keys can make one ciphertext that opens under both, to
// different plaintexts: "invisible salamanders" (Dodis, Grubbs, Ristenpart and
// Woodage, CRYPTO 2018), and the base of partitioning oracles (Len, Grubbs and
// Ristenpart, USENIX Security 2021). Here the attack is made, shown to work on the
// standard library's GCM, and shown to end at the commitment.

// twoKeyCiphertext returns a ciphertext and its tag that GCM accepts under both
// keys with this nonce and associated data. All blocks are first but the last,
// which is solved for.
func twoKeyCiphertext(keys [2][]byte, nonce, ad, first []byte) (ciphertext, tag []byte) {
	// For key i, tag_i = constant_i + c·h_i^2, where the constant is the tag of the
	// same message with a block of zeros in the place of c.
	ciphertext = append(slices.Clone(first), make([]byte, 16)...)
	var constant, square [2]element
	for i, key := range keys {
		h := loadElement(refAES(key, make([]byte, 16)))
		constant[i] = ghash(h, ad, ciphertext).plus(loadElement(refAES(key, nonce, []byte{0, 0, 0, 1})))
		square[i] = h.times(h)
	}
	c := constant[0].plus(constant[1]).times(square[0].plus(square[1]).inverse())
	copy(ciphertext[len(first):], c.bytes())
	return ciphertext, constant[0].plus(c.times(square[0])).bytes()
}

func TestOneCellOpensUnderOneKey(t *testing.T) {
	salt := []byte("sixteen bytes :)")
	acme := []keys.Label{keys.Scope("tenant", "acme"), keys.Table("patients"), keys.Compartment("default")}
	evil := []keys.Label{keys.Scope("tenant", "evil"), keys.Table("patients"), keys.Compartment("default")}
	for _, c := range []struct {
		name  string
		paths [2][]keys.Label
		rows  [2][]byte
	}{
		{"two rows", [2][]keys.Label{acme, acme}, [2][]byte{RowID(BindInt("id", 1)), RowID(BindInt("id", 2))}},
		{"one row of two tenants", [2][]keys.Label{acme, evil}, [2][]byte{homeRow, homeRow}},
		{"unbound cells of two tenants", [2][]keys.Label{acme, evil}, [2][]byte{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ring := ringOf(t, firstKey)
			var rows [2]*Row
			var refs [2]refCell
			var rowKeys [2][]byte
			for i := range 2 {
				rows[i] = kind{bound: c.rows[i] != nil}.row(derive(t, ring, c.paths[i]...), c.rows[i])
				refs[i] = refCell{
					node: refNode(t, firstKey, c.paths[i]...), keyID: firstKey.id, row: c.rows[i],
					column: homeColumn, nonce: []byte("twelve bytes"), salt: salt,
				}
				rowKeys[i] = refs[i].key()
			}
			nonce, ad := refs[0].nonce, refs[0].ad()
			require.Equal(t, ad, refs[1].ad(), "nothing but the key tells the two apart")
			ciphertext, tag := twoKeyCiphertext(rowKeys, nonce, ad, bytes.Repeat([]byte("chosen at will, "), 3))

			// GCM alone: one ciphertext, two plaintexts, no error.
			var plaintexts [2][]byte
			for i, key := range rowKeys {
				plaintexts[i] = openGCM(t, key, slices.Concat(nonce, ciphertext, tag), ad)
			}
			require.NotEqual(t, plaintexts[0], plaintexts[1])

			// The cell: under the key it commits to, and only there.
			for i := range 2 {
				sealed := slices.Concat(refs[i].head(), refCommitment(rowKeys[i], nonce), nonce, ciphertext, tag)
				out, err := rows[i].Open(homeColumn, sealed)
				require.NoError(t, err)
				require.Equal(t, plaintexts[i], out)
				out, err = rows[1-i].Open(homeColumn, sealed)
				requireRefused(t, out, err)
			}

			// Half of each commitment opens nowhere.
			for i := range 2 {
				mixed := append(refCommitment(rowKeys[i], nonce)[:16], refCommitment(rowKeys[1-i], nonce)[16:]...)
				for _, row := range rows {
					out, err := row.Open(homeColumn, slices.Concat(refs[0].head(), mixed, nonce, ciphertext, tag))
					requireRefused(t, out, err)
				}
			}
		})
	}
}

// openGCM opens nonce || ciphertext || tag with the standard library.
func openGCM(t *testing.T, key, sealed, ad []byte) []byte {
	block, err := aes.NewCipher(key)
	require.NoError(t, err)
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	require.NoError(t, err)
	plaintext, err := gcm.Open(nil, nil, sealed, ad)
	require.NoError(t, err, "the construction is right")
	return plaintext
}

// The commitment is no part of the associated data; it is compared, and all of
// it. GCM itself would accept this cell.
func TestEveryBitOfTheCommitmentIsCompared(t *testing.T) {
	forEachKind(t, func(t *testing.T, k kind, r *Row) {
		sealed := k.seal(r, homeColumn, []byte("a secret"))
		at := headerSize
		if !k.bound {
			at += saltSize
		}
		commitment := sealed[at : at+commitSize]
		forEachFlip(commitment, func(int) {
			out, err := r.Open(homeColumn, sealed)
			requireRefused(t, out, err)
		})
		// Two flips that cancel out in a careless comparison.
		for i := range commitment {
			for j := range i {
				commitment[i], commitment[j] = commitment[i]^0x55, commitment[j]^0x55
				out, err := r.Open(homeColumn, sealed)
				requireRefused(t, out, err)
				commitment[i], commitment[j] = commitment[i]^0x55, commitment[j]^0x55
			}
		}
		out, err := r.Open(homeColumn, sealed)
		require.NoError(t, err)
		require.Equal(t, "a secret", string(out))
	})
}

// The blocks committed to are outside GCM's keystream: its counter starts at 1
// and ends, after MaxPlaintext, far below.
func TestCommitmentCountersAreOutOfGCMsReach(t *testing.T) {
	const last = 1 + (MaxPlaintext+15)/16 // 1 masks the tag
	require.Less(t, uint64(last), uint64(0xFFFFFFFE))
}
