package celltest

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/cellseal/cellseal/internal/gcmkek"
	"github.com/cellseal/cellseal/keys"
)

// Ring returns a ring that is the same in every run and every version of this
// package: tests can keep cells and terms as fixtures. Its keys are published, so it
// protects nothing. Nonces are random all the same.
func Ring(t testing.TB) *keys.Ring {
	t.Helper()
	return ring(t, []key{{1001, "cells"}}, []key{{1002, "index"}})
}

// Rotated returns the ring that [Ring] becomes by a rotation: a second key has been
// added to both keysets and promoted, the first is still enabled. It opens the cells of Ring.
// A look-up that is not unique asks for two terms, and a unique index must be pinned,
// so a program that forgets either works under Ring and fails here.
func Rotated(t testing.TB) *keys.Ring {
	t.Helper()
	return ring(t, []key{{1003, "second cells"}, {1001, "cells"}}, []key{{1004, "second index"}, {1002, "index"}})
}

// KEK returns a key-encryption key that is the same in every run.
func KEK(t testing.TB) keys.KEK {
	t.Helper()
	kek, err := gcmkek.New([]byte("celltest key-encryption key 0001"))
	if err != nil {
		t.Fatal(err)
	}
	return kek
}

// key is a root key whose 32 bytes anybody can read here.
type key struct {
	id   uint32
	name string
}

func ring(t testing.TB, cells, index []key) *keys.Ring {
	t.Helper()
	r, err := keys.NewRingFromHandles(handle(t, cells), handle(t, index))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// handle is a Tink keyset of HKDF_PRF keys, the first of them the primary.
func handle(t testing.TB, list []key) *keyset.Handle {
	t.Helper()
	var all []string
	for _, k := range list {
		secret := fmt.Sprintf("celltest %s key, not for data.....", k.name)[:32]
		// The protobuf HkdfPrfKey: params {hash: SHA256}, key_value.
		proto := append([]byte{0x12, 0x02, 0x08, 0x03, 0x1a, 0x20}, secret...)
		all = append(all, fmt.Sprintf(`{"keyData":{"typeUrl":"type.googleapis.com/google.crypto.tink.HkdfPrfKey","value":"%s","keyMaterialType":"SYMMETRIC"},"status":"ENABLED","keyId":%d,"outputPrefixType":"RAW"}`,
			base64.StdEncoding.EncodeToString(proto), k.id))
	}
	text := fmt.Sprintf(`{"primaryKeyId":%d,"key":[%s]}`, list[0].id, strings.Join(all, ","))
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(strings.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	return h
}
