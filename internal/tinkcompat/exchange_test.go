package tinkcompat

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/tink/go/aead"
	"github.com/google/tink/go/insecurecleartextkeyset"
	"github.com/google/tink/go/keyset"
	"github.com/google/tink/go/prf"
	"github.com/google/tink/go/tink"
	"github.com/stretchr/testify/require"
)

const (
	root = "../.."
	kept = root + "/keys/testdata/tink1"
)

// associatedData is what keys/FORMAT.md §1 gives a ring's keyset; the caller's
// part of it is "exchange".
func associatedData(ring string) []byte { return []byte("cellseal/v1/" + ring + "\x00exchange") }

func TestLiveExchange(t *testing.T) {
	dir := os.Getenv("CELLSEAL_EXCHANGE_DIR")
	if dir == "" {
		dir = t.TempDir()
	}
	dir, err := filepath.Abs(dir)
	require.NoError(t, err)
	writeTinkHalf(t, dir)
	for _, stale := range []string{"cellseal-ring.json", "cellseal-roots.json"} {
		_ = os.Remove(filepath.Join(dir, stale))
	}

	child := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-run=^TestExchange$", "./keys")
	child.Dir = root
	child.Env = append(os.Environ(), "CELLSEAL_EXCHANGE_DIR="+dir)
	out, err := child.CombinedOutput()
	require.NoError(t, err, "Cellseal's half: %s", out)

	checkCellsealHalf(t, dir)
}

func TestTheKeptExchange(t *testing.T) {
	checkCellsealHalf(t, kept)

	// And Tink's own half of it still says what it said.
	kek := readKEK(t, kept)
	got := map[string]string{}
	for _, ring := range []string{"cells", "index"} {
		addRoots(t, got, ring, decrypt(t, kek, ring, read(t, kept, "tink-"+ring+".json")))
	}
	require.Equal(t, roots(t, kept, "tink-roots.json"), got)
}

// checkCellsealHalf opens a stored ring with nothing but Tink.
func checkCellsealHalf(t *testing.T, dir string) {
	t.Helper()
	var stored map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(read(t, dir, "cellseal-ring.json"), &stored))
	require.Len(t, stored, 3)
	require.Equal(t, "1", string(stored["cellseal"]))

	kek := readKEK(t, dir)
	got := map[string]string{}
	for ring, other := range map[string]string{"cells": "index", "index": "cells"} {
		addRoots(t, got, ring, decrypt(t, kek, ring, stored[ring]))
		_, err := keyset.ReadWithAssociatedData(keyset.NewJSONReader(bytes.NewReader(stored[ring])), kek, associatedData(other))
		require.Error(t, err, "%s in place of %s", ring, other)
	}
	require.Equal(t, roots(t, dir, "cellseal-roots.json"), got)
	require.Len(t, got, 3, "two enabled cells keys of three, one index key")
}

func writeTinkHalf(t *testing.T, dir string) {
	t.Helper()
	h, err := keyset.NewHandle(aead.AES256GCMNoPrefixKeyTemplate())
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)))
	write(t, dir, "kek.json", b.Bytes())
	kek := readKEK(t, dir)

	roots := map[string]string{}
	for _, ring := range []string{"cells", "index"} {
		m := keyset.NewManager()
		var ids [3]uint32
		for i := range ids {
			ids[i], err = m.Add(prf.HKDFSHA256PRFKeyTemplate())
			require.NoError(t, err)
		}
		require.NoError(t, m.SetPrimary(ids[1]))
		require.NoError(t, m.Disable(ids[2]))
		h, err := m.Handle()
		require.NoError(t, err)
		var b bytes.Buffer
		require.NoError(t, h.WriteWithAssociatedData(keyset.NewJSONWriter(&b), kek, associatedData(ring)))
		write(t, dir, "tink-"+ring+".json", b.Bytes())
		addRoots(t, roots, ring, h)
	}
	text, err := json.MarshalIndent(roots, "", "  ")
	require.NoError(t, err)
	write(t, dir, "tink-roots.json", append(text, '\n'))
}

func addRoots(t *testing.T, to map[string]string, ring string, h *keyset.Handle) {
	t.Helper()
	set, err := prf.NewPRFSet(h)
	require.NoError(t, err)
	for id, p := range set.PRFs {
		out, err := p.ComputePRF([]byte("cellseal/v1/"+ring), 32)
		require.NoError(t, err)
		to[fmt.Sprintf("%s/%d", ring, id)] = hex.EncodeToString(out)
	}
}

func decrypt(t *testing.T, kek tink.AEAD, ring string, data []byte) *keyset.Handle {
	t.Helper()
	h, err := keyset.ReadWithAssociatedData(keyset.NewJSONReader(bytes.NewReader(data)), kek, associatedData(ring))
	require.NoError(t, err)
	return h
}

func readKEK(t *testing.T, dir string) tink.AEAD {
	t.Helper()
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(read(t, dir, "kek.json"))))
	require.NoError(t, err)
	kek, err := aead.New(h)
	require.NoError(t, err)
	return kek
}

func roots(t *testing.T, dir, name string) (m map[string]string) {
	t.Helper()
	require.NoError(t, json.Unmarshal(read(t, dir, name), &m))
	return m
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	require.NoError(t, err)
	return data
}

func write(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
}
