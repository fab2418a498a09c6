package cell

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
)

// A cell, genuine to the last byte, opens in its own place and in no other.

// Two columns with one column tag: SHA-256 of both begins with the same 4 bytes.
const oneTagColumn, sameTagColumn = "patients.c67738", "patients.c121267"

func TestCellsDoNotMove(t *testing.T) {
	ring := ringOf(t, firstKey, secondKey)
	scope, table, compartment := keys.Scope("tenant", "acme"), keys.Table("patients"), keys.Compartment("default")
	at := func(path ...keys.Label) *keys.Derived { return derive(t, ring, path...) }
	there := at(scope, table, compartment)

	places := []struct {
		name   string
		d      *keys.Derived
		row    []byte
		column string
		rows   bool // only rows differ, which an unbound cell does not notice
	}{
		{"row", there, RowID(BindInt("id", 43)), oneTagColumn, true},
		{"row that begins like it", there, append(slices.Clone(homeRow), 0), oneTagColumn, true},
		{"row that ends like it", there, append([]byte{0}, homeRow...), oneTagColumn, true},
		{"column", there, homeRow, "patients.phone", false},
		{"column of the same tag", there, homeRow, sameTagColumn, false},
		{"compartment", at(scope, table, keys.Compartment("medical")), homeRow, oneTagColumn, false},
		{"table", at(scope, keys.Table("users"), compartment), homeRow, oneTagColumn, false},
		{"tenant", at(keys.Scope("tenant", "evil"), table, compartment), homeRow, oneTagColumn, false},
		{"kind of scope", at(keys.Scope("region", "acme"), table, compartment), homeRow, oneTagColumn, false},
		{"path without the scope", at(table, compartment), homeRow, oneTagColumn, false},
		{"ring with keys of the same ids", derive(t,
			ringOf(t, rootKey{firstKey.id, secondKey.secret}, rootKey{secondKey.id, firstKey.secret}),
			scope, table, compartment), homeRow, oneTagColumn, false},
	}
	for _, k := range kinds {
		sealed := k.seal(k.row(there, homeRow), oneTagColumn, []byte("a secret"))
		for _, p := range places {
			t.Run(k.name+"/other "+p.name, func(t *testing.T) {
				out, err := k.row(p.d, p.row).Open(p.column, sealed)
				if p.rows && !k.bound {
					require.NoError(t, err)
					require.Equal(t, "a secret", string(out))
					return
				}
				requireRefused(t, out, err)
			})
		}
		if k.bucket > 0 {
			continue
		}
		ciphertext, token := k.row(there, homeRow).Protect(oneTagColumn, []byte("a secret"))
		for _, p := range places {
			t.Run(k.name+" token/other "+p.name, func(t *testing.T) {
				out, err := k.row(p.d, p.row).OpenProtected(p.column, ciphertext, token)
				if p.rows && !k.bound {
					require.NoError(t, err)
					require.Equal(t, "a secret", string(out))
					return
				}
				requireRefused(t, out, err)
			})
		}
	}
	require.Equal(t, columnTag(oneTagColumn), columnTag(sameTagColumn))
}

// A cell under the ring's other key is not a cell under this one, and no header
// can make it one.
func TestCellsDoNotChangeKeys(t *testing.T) {
	forEachKind(t, func(t *testing.T, k kind, r *Row) {
		sealed := k.seal(r, homeColumn, []byte("a secret"))
		copy(sealed[1:5], "\xA1\xA2\xA3\xA4")
		info, err := Inspect(sealed)
		require.NoError(t, err)
		require.Equal(t, secondKey.id, info.KeyID)
		out, err := r.Open(homeColumn, sealed)
		requireRefused(t, out, err)
	})
}

func TestCellsOfAnotherRing(t *testing.T) {
	forEachKind(t, func(t *testing.T, k kind, r *Row) {
		sealed := k.seal(r, homeColumn, []byte("a secret"))
		other := derive(t, ringOf(t, secondKey), homePath...)
		out, err := k.row(other, homeRow).Open(homeColumn, sealed)
		requireUnknownKey(t, firstKey.id, out, err)
	})
}

// No other first byte opens a cell, be the row bound or not: a padded cell does
// not pass for a plain one, nor an unbound one for a bound one.
func TestFormatsDoNotChange(t *testing.T) {
	d := home(t)
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			sealed := k.seal(k.row(d, homeRow), homeColumn, []byte("a secret"))
			require.Equal(t, k.format, sealed[0])
			for format := range 256 {
				sealed[0] = byte(format)
				for _, reader := range []*Row{NewRow(d, homeRow), NewUnbound(d)} {
					if sealed[0] == k.format && reader.state().bound() == k.bound {
						continue // its own
					}
					out, err := reader.Open(homeColumn, sealed)
					requireRefused(t, out, err)
				}
			}
		})
	}
}

// Nor does a body pass under the other binding's header, with a salt put in or
// left out so that all lengths fit.
func TestBodiesDoNotChangeTheirBinding(t *testing.T) {
	forEachKind(t, func(t *testing.T, k kind, r *Row) {
		sealed := k.seal(r, homeColumn, []byte("a secret"))
		if k.bound {
			sealed = slices.Insert(sealed, headerSize, make([]byte, saltSize)...)
		} else {
			sealed = slices.Delete(sealed, headerSize, headerSize+saltSize)
		}
		sealed[0] = formatOf(!k.bound, k.bucket > 0)
		out, err := r.Open(homeColumn, sealed)
		requireRefused(t, out, err)
		out, err = kind{bound: !k.bound}.row(home(t), homeRow).Open(homeColumn, sealed)
		requireRefused(t, out, err)
	})
}

// A cell that was padded is no cell without padding even to whoever can make the
// associated data fit: the format is part of it, and so is the salt.
func TestHeaderIsAuthenticated(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			d := newDraw("header")
			ref := refCell{
				node: refNode(t, firstKey, homePath...), keyID: firstKey.id, column: homeColumn,
				plaintext: []byte("a secret"), bucket: k.bucket, nonce: d.bytes(12), salt: d.bytes(16),
			}
			if k.bound {
				ref.row = homeRow
			}
			r := k.row(home(t), homeRow)
			body := ref.seal()[len(ref.head()):]
			out, err := r.Open(homeColumn, slices.Concat(ref.head(), body))
			require.NoError(t, err)
			require.Equal(t, "a secret", string(out))

			// The same key and nonce, so the commitment holds, over other data.
			for name, ad := range map[string][]byte{
				"nothing":               nil,
				"the header alone":      ref.head(),
				"the label alone":       refLength(homeColumn),
				"a label without size":  append(ref.head(), homeColumn...),
				"another label":         append(ref.head(), refLength("patients.phone")...),
				"another format":        append([]byte{ref.head()[0] ^ 0x34}, ref.ad()[1:]...),
				"another key id":        append([]byte{ref.head()[0], 1, 2, 3, 5}, ref.ad()[5:]...),
				"the row beside it all": append(ref.ad(), homeRow...),
			} {
				ciphertext, tag := refGCM(ref.key(), ref.nonce, ref.padded(), ad)
				sealed := slices.Concat(ref.head(), refCommitment(ref.key(), ref.nonce), ref.nonce, ciphertext, tag)
				out, err := r.Open(homeColumn, sealed)
				requireRefused(t, out, err, "associated data: "+name)
			}
		})
	}
}

// What is told apart is told in the order of FORMAT.md §9: a cell of another
// column is that, whatever its key; an unknown key is that, whatever is behind it.
func TestOrderOfChecks(t *testing.T) {
	forEachKind(t, func(t *testing.T, k kind, r *Row) {
		sealed := k.seal(r, homeColumn, []byte("a secret"))
		copy(sealed[1:5], "\x00\x00\x00\x07")
		clear(sealed[len(sealed)-60:])
		out, err := r.Open(homeColumn, sealed)
		requireUnknownKey(t, 7, out, err)

		out, err = r.Open("patients.phone", sealed)
		requireRefused(t, out, err)
		out, err = r.Open(homeColumn, sealed[:Overhead-1])
		requireRefused(t, out, err)
		if !k.bound {
			out, err = r.Open(homeColumn, sealed[:OverheadUnbound-1])
			requireRefused(t, out, err)
		}
		sealed[0] = 0xF7 // reserved
		out, err = r.Open(homeColumn, sealed)
		requireRefused(t, out, err)
	})
}
