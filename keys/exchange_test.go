package keys_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/localkek"
)

// The other half of this test is the module internal/tinkcompat, whose package
// doc says what the files of an exchange are. testdata/tink1 is a kept one.
const keptExchange = "testdata/tink1"

var exchangeAD = []byte("exchange")

func TestWhatTink1WroteOpens(t *testing.T) { openTink1Ring(t, keptExchange) }

// What this library wrote the day the exchange was kept, opens for ever.
func TestTheKeptRingOpens(t *testing.T) {
	r, err := keys.OpenRing(t.Context(), read(t, keptExchange, "cellseal-ring.json"), exchangeKEK(t, keptExchange), exchangeAD)
	require.NoError(t, err)
	require.Equal(t, roots(t, read(t, keptExchange, "cellseal-roots.json")), rootsOf(t, r))
	require.Len(t, infos(r.CellKeys()), 3, "one of them is disabled")
}

// TestExchange is the live exchange's half: internal/tinkcompat runs it in a
// process of its own, with a folder that holds Tink 1's files.
func TestExchange(t *testing.T) {
	dir := os.Getenv("CELLSEAL_EXCHANGE_DIR")
	if dir == "" {
		t.Skip("SKIPPED: CELLSEAL_EXCHANGE_DIR names no folder; `go test .` in internal/tinkcompat runs this against google/tink/go 1.7.0")
	}
	openTink1Ring(t, dir)

	r, disabled := addKey(t, newRing(t))
	r, _ = addKey(t, disableKey(t, r, disabled))
	stored, err := r.Encrypt(t.Context(), exchangeKEK(t, dir), exchangeAD)
	require.NoError(t, err)
	write(t, dir, "cellseal-ring.json", stored)
	text, err := json.MarshalIndent(rootsOf(t, r), "", "  ")
	require.NoError(t, err)
	write(t, dir, "cellseal-roots.json", append(text, '\n'))
}

func openTink1Ring(t *testing.T, dir string) {
	t.Helper()
	stored := fmt.Sprintf(`{"cellseal":1,"cells":%s,"index":%s}`, read(t, dir, "tink-cells.json"), read(t, dir, "tink-index.json"))
	r, err := keys.OpenRing(t.Context(), []byte(stored), exchangeKEK(t, dir), exchangeAD)
	require.NoError(t, err)
	want := roots(t, read(t, dir, "tink-roots.json"))
	require.Len(t, want, 4)
	require.Equal(t, want, rootsOf(t, r))
	for _, k := range []*keys.Keyset{r.CellKeys(), r.IndexKeys()} {
		require.Len(t, infos(k), 3)
		require.True(t, infos(k)[1].Primary)
		require.False(t, infos(k)[2].Enabled)
	}
}

// exchangeKEK opens the exchange's KEK, a cleartext keyset of Tink 1's making, as
// any key file. A checkout does not keep its mode, so it is copied first.
func exchangeKEK(t *testing.T, dir string) keys.KEK {
	t.Helper()
	private := filepath.Join(t.TempDir(), "kek.json")
	require.NoError(t, os.WriteFile(private, read(t, dir, "kek.json"), 0o600))
	kek, err := localkek.Open(private)
	require.NoError(t, err)
	return kek
}

// rootsOf returns the root nodes of the enabled keys, "cells/<id>" to hex.
func rootsOf(t *testing.T, r *keys.Ring) map[string]string {
	t.Helper()
	all := map[string]string{}
	for ring, list := range map[string][]string{"cells": cells(t, r), "index": index(t, r)} {
		for _, s := range list {
			id, node, _ := strings.Cut(s, " ")
			all[ring+"/"+id] = node
		}
	}
	return all
}

func roots(t *testing.T, data []byte) (m map[string]string) {
	t.Helper()
	require.NoError(t, json.Unmarshal(data, &m))
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
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o644))
}
