package keys_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/cellseal/cellseal/keys"
)

func jsonWriter(w io.Writer) keyset.Writer { return keyset.NewJSONWriter(w) }

// A withContext makes Tink's local AEAD what its KMS clients are.
type withContext struct{ tink.AEAD }

func (a withContext) EncryptWithContext(_ context.Context, plaintext, ad []byte) ([]byte, error) {
	return a.Encrypt(plaintext, ad)
}

func (a withContext) DecryptWithContext(_ context.Context, ciphertext, ad []byte) ([]byte, error) {
	return a.Decrypt(ciphertext, ad)
}

func tinkAEAD(t *testing.T) tink.AEAD {
	t.Helper()
	skipUnderFIPS(t)
	h, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	require.NoError(t, err)
	a, err := aead.New(h)
	require.NoError(t, err)
	return a
}

// Whoever has the KEK, the stored ring and any Tink gets at the root keys, with
// nothing of Cellseal's but the associated data: nobody is locked in.
func TestTinkAloneOpensAStoredRing(t *testing.T) {
	a := tinkAEAD(t)
	r, id := addKey(t, newRing(t))
	r, _ = addKey(t, disableKey(t, r, id))
	stored, err := r.Encrypt(t.Context(), withContext{a}, ad)
	require.NoError(t, err)

	e := opened(t, stored)
	for _, c := range []struct {
		ring, other string
		keyset      []byte
		roots       []string
	}{
		{"cells", "index", e.Cells, cells(t, r)},
		{"index", "cells", e.Index, index(t, r)},
	} {
		h, err := keyset.ReadWithAssociatedData(keyset.NewJSONReader(bytes.NewReader(c.keyset)), a, []byte("cellseal/v1/"+c.ring+"\x00clinic-db"))
		require.NoError(t, err)
		set, err := prf.NewPRFSet(h)
		require.NoError(t, err)
		var roots []string
		for id, p := range set.PRFs {
			out, err := p.ComputePRF([]byte("cellseal/v1/"+c.ring), 32)
			require.NoError(t, err)
			roots = append(roots, fmt.Sprintf("%d %x", id, out))
		}
		require.ElementsMatch(t, c.roots, roots)

		_, err = keyset.ReadWithAssociatedData(keyset.NewJSONReader(bytes.NewReader(c.keyset)), a, []byte("cellseal/v1/"+c.other+"\x00clinic-db"))
		require.Error(t, err)
	}
}

func TestARingThatTinkWroteOpens(t *testing.T) {
	a := tinkAEAD(t)
	var e envelope
	var primary []uint32
	for ring, at := range map[string]*[]byte{"cells": (*[]byte)(&e.Cells), "index": (*[]byte)(&e.Index)} {
		m := keyset.NewManager()
		id, err := m.Add(prf.HKDFSHA256PRFKeyTemplate())
		require.NoError(t, err)
		require.NoError(t, m.SetPrimary(id))
		primary = append(primary, id)
		h, err := m.Handle()
		require.NoError(t, err)
		var b bytes.Buffer
		require.NoError(t, h.WriteWithAssociatedData(keyset.NewJSONWriter(&b), a, []byte("cellseal/v1/"+ring+"\x00clinic-db")))
		*at = b.Bytes()
	}
	e.Version = 1
	r, err := keys.OpenRing(t.Context(), marshal(t, e), withContext{a}, ad)
	require.NoError(t, err)
	require.ElementsMatch(t, primary, []uint32{r.CellKeys().Primary(), r.IndexKeys().Primary()})
}
