package cell

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/cellseal/cellseal/keys"
)

// The examples of testdata/published.json. Append new ones at the end of their
// list: the nonces are drawn in this order.

var (
	defaultPath = []keys.Label{keys.Table("patients"), keys.Compartment(keys.DefaultCompartment)}
	medicalPath = []keys.Label{keys.Scope("tenant", "acme"), keys.Table("patients"), keys.Compartment("medical")}

	rowOne      = hexBytes("\x0242") // one integer column, 42
	rowCompound = hexBytes("\x04acme\x0217")
	noRow       = hexBytes{}
)

func publish(t *testing.T) published {
	return published{
		About: "Worked examples of Cellseal's key tree and cell format, version 1 (FORMAT.md). The root keys are test keys: " +
			"their secrets are 32 bytes that count upwards. Sealed cells and tokens contain a random nonce (and salt, if unbound), " +
			"so they must open; everything else must come out to the byte.",
		RootKeys: []publishedKey{
			{"cells", firstKey.id, hexBytes(firstKey.secret)},
			{"cells", secondKey.id, hexBytes(secondKey.secret)},
			{"index", indexKey.id, hexBytes(indexKey.secret)},
		},
		Nodes:    publishNodes(t),
		Rows:     publishRows(),
		Cells:    publishCells(t),
		Tokens:   publishTokens(t),
		Imprints: publishImprints(t),
	}
}

func publishNodes(t *testing.T) (nodes []publishedNode) {
	add := func(name, ring string, k rootKey, path ...keys.Label) {
		node := refRoot(t, k, ring)
		for _, label := range path {
			node = refHMAC(node, 0x00, []byte(label))
		}
		nodes = append(nodes, publishedNode{name, ring, k.id, append([]keys.Label{}, path...), node})
	}
	add("the root of the cells ring", "cells", firstKey)
	add("a table", "cells", firstKey, keys.Table("patients"))
	add("a table's default compartment", "cells", firstKey, defaultPath...)
	add("the same under the ring's other key", "cells", secondKey, defaultPath...)
	add("a compartment of its own in a tenant's scope", "cells", firstKey, medicalPath...)
	add("a scope whose id is not ASCII", "cells", firstKey, keys.Scope("customer", "Größe/1"), keys.Table("users"), keys.Compartment("default"))
	add("the root of the index ring", "index", indexKey)
	add("an index", "index", indexKey, keys.Table("patients"), keys.Index("email", "exact", "trim.v1+fold.v1"))
	return nodes
}

func publishRows() (rows []publishedRow) {
	add := func(name, row string, columns ...publishedBinding) {
		rows = append(rows, publishedRow{name, columns, hexBytes(row)})
	}
	uuid := "0123456789abcdef0123456789abcdef"
	long := strings.Repeat("x", 200)
	add("one integer", "\x0242", publishedBinding{"id", "int", "42"})
	add("a negative integer", "\x03-42", publishedBinding{"id", "int", "-42"})
	add("the same number, unsigned", "\x0242", publishedBinding{"id", "uint", "42"})
	add("the largest unsigned integer", "\x1418446744073709551615", publishedBinding{"id", "uint", "18446744073709551615"})
	add("a UUID", "\x10\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef", publishedBinding{"id", "uuid", uuid})
	add("a text outside ASCII", "\x05\xc3\xa9t\xc3\xa9", publishedBinding{"name", "text", "été"})
	add("bytes", "\x03\x00\xff\x80", publishedBinding{"serial", "bytes", "00ff80"})
	add("a text of 200 bytes, whose length takes two", "\xc8\x01"+long, publishedBinding{"name", "text", long})
	add("two columns", "\x04acme\x0217", publishedBinding{"clinic", "text", "acme"}, publishedBinding{"number", "int", "17"})
	add("three columns, declared in another order than that of their names", "\x04acme\x0217\x00",
		publishedBinding{"suffix", "text", ""}, publishedBinding{"number", "uint", "17"}, publishedBinding{"clinic", "text", "acme"})
	return rows
}

func publishCells(t *testing.T) (cells []publishedCell) {
	d := newDraw("published cells")
	add := func(name string, k rootKey, path []keys.Label, row hexBytes, column, plaintext string, bucket int) {
		ref := refCell{
			node: refNode(t, k, path...), keyID: k.id, row: row, column: column,
			plaintext: []byte(plaintext), bucket: bucket, nonce: d.bytes(12), salt: d.bytes(16),
		}
		sealed := ref.seal()
		cells = append(cells, publishedCell{
			place{name, k.id, path, row, column}, plaintext, bucket,
			ref.key(), sealed, base64.RawURLEncoding.EncodeToString(sealed),
		})
	}
	email, note := "siobhan@example.com", "Allergic to penicillin."
	add("bound to its row", firstKey, defaultPath, rowOne, "patients.email", email, 0)
	add("bound and padded to 16", firstKey, defaultPath, rowOne, "patients.email", email, 16)
	add("unbound", firstKey, defaultPath, noRow, "patients.email", email, 0)
	add("unbound and padded to 256", firstKey, defaultPath, noRow, "patients.notes", note, 256)
	add("an empty value", firstKey, defaultPath, rowOne, "patients.email", "", 0)
	add("an empty value, padded to 2", firstKey, defaultPath, rowOne, "patients.email", "", 2)
	add("an empty value, unbound", firstKey, defaultPath, noRow, "patients.email", "", 0)
	add("a value one byte short of its bucket", firstKey, defaultPath, rowOne, "patients.notes", note[:15], 16)
	add("a value as long as its bucket", firstKey, defaultPath, rowOne, "patients.notes", note[:16], 16)
	add("a value that ends like padding", firstKey, defaultPath, rowOne, "patients.notes", "\u0080\x00\x00", 16)
	add("in a tenant's scope, a compartment of its own, a row of two columns", firstKey, medicalPath, rowCompound, "patients.notes", note, 0)
	add("under the ring's other key", secondKey, defaultPath, rowOne, "patients.email", email, 0)
	return cells
}

func publishTokens(t *testing.T) (tokens []publishedToken) {
	d := newDraw("published tokens")
	add := func(name string, k rootKey, path []keys.Label, row hexBytes, column, plaintext string) {
		ref := refCell{
			node: refNode(t, k, path...), keyID: k.id, row: row, column: column,
			plaintext: []byte(plaintext), nonce: d.bytes(12), salt: d.bytes(16),
		}
		ciphertext, token := ref.cut()
		tokens = append(tokens, publishedToken{place{name, k.id, path, row, column}, plaintext, ref.key(), ciphertext, token})
	}
	add("bound to its row", firstKey, defaultPath, rowOne, "patients.ssn", "078-05-1120")
	add("unbound", firstKey, defaultPath, noRow, "patients.ssn", "078-05-1120")
	add("an empty value", firstKey, defaultPath, rowOne, "patients.ssn", "")
	add("in a tenant's scope, under the ring's other key", secondKey, medicalPath, rowCompound, "patients.ssn", "078-05-1120")
	return tokens
}

func publishImprints(t *testing.T) (imprints []publishedImprint) {
	start := func(name string, k rootKey, row hexBytes, column string) (refImprint, place) {
		return refImprint{refNode(t, k, defaultPath...), k.id, row, column}, place{name, k.id, defaultPath, row, column}
	}
	wide := func(name string, k rootKey, row hexBytes, column, plaintext string) {
		ref, at := start(name, k, row, column)
		imprints = append(imprints, publishedImprint{
			place: at, Mode: "HCTR2", Key: refHMAC(ref.node, 0x12, row), Tweak: ref.tweak(),
			Plaintext: plaintext, Imprint: ref.bytes(t, []byte(plaintext)),
		})
	}
	text := func(name string, k rootKey, row hexBytes, column, alphabet, chars, plaintext string, keep bool) {
		ref, at := start(name, k, row, column)
		out := ref.text(t, alphabet, chars, plaintext)
		imprints = append(imprints, publishedImprint{
			place: at, Mode: "FF1", Alphabet: alphabet, Chars: chars, Keep: keep,
			Key: refHMAC(ref.node, 0x13, row), Tweak: append(append(ref.tweak(), 0), alphabet...),
			Plaintext: plaintext, Imprint: hexBytes(out), Text: out,
		})
	}

	digits := "0123456789"
	alnum := "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	greek := "αβγδεζηθικλμνξοπρστυφχψω"
	var letters []rune // 256 of them
	for c := rune(0x100); c < 0x200; c++ {
		letters = append(letters, c)
	}

	wide("16 bytes, the least", firstKey, rowOne, "patients.serial", "0123456789abcdef")
	wide("a length that is no multiple of 16", firstKey, rowOne, "patients.serial", "siobhan.o.brien@example.com")
	wide("unbound: the same value is the same across the column", firstKey, noRow, "patients.serial", "siobhan.o.brien@example.com")
	wide("pinned to the ring's other key", secondKey, rowOne, "patients.serial", "siobhan.o.brien@example.com")
	text("digits", firstKey, rowOne, "patients.phone", "digits", digits, "00353861234567", false)
	text("six digits, the least", firstKey, rowOne, "patients.phone", "digits", digits, "000000", false)
	text("digits among others that are kept", firstKey, rowOne, "patients.card", "digits", digits, "4111-1111 1111/1111", true)
	text("digits, unbound", firstKey, noRow, "patients.phone", "digits", digits, "00353861234567", false)
	text("digits, pinned to the ring's other key", secondKey, rowOne, "patients.phone", "digits", digits, "00353861234567", false)
	text("letters and digits", firstKey, rowOne, "patients.passport", "alnum", alnum, "PA1234567z", false)
	text("an alphabet of one's own", firstKey, rowOne, "patients.name", "greek", greek, "φαρμακον", false)
	text("an alphabet of 256 characters, three of them", firstKey, rowOne, "patients.name", "latin_extended", string(letters), "Āžǿ", false)
	return imprints
}
