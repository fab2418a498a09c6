package keys_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
)

type grantEnvelope struct {
	Version    int    `json:"cellseal-grant"`
	Ciphertext []byte `json:"ciphertext"`
}

func TestStoredGrantComesBack(t *testing.T) {
	r, _ := addKey(t, newRing(t))
	stored, err := grantForTest(t, r).Encrypt(t.Context(), testKEK(t, 1), ad)
	require.NoError(t, err)
	require.Regexp(t, `^\{"cellseal-grant":1,"ciphertext":"[A-Za-z0-9+/]+=*"\}$`, string(stored))

	g, err := keys.OpenGrant(t.Context(), stored, testKEK(t, 1), ad)
	require.NoError(t, err)
	requireHolds(t, r, g)
	requireDenies(t, g)
}

// The plaintext of a grant, for those who read it in ten years.
func TestGrantPlaintextHasItsExactShape(t *testing.T) {
	v := readVectors(t)
	g, err := keys.Grant(t.Context(), v.ring(t), keys.CellTree(acme, patients), keys.IndexTree())
	require.NoError(t, err)
	stored, err := g.Encrypt(t.Context(), testKEK(t, 1), ad)
	require.NoError(t, err)
	var e grantEnvelope
	require.NoError(t, json.Unmarshal(stored, &e))
	plaintext, err := testKEK(t, 1).DecryptWithContext(t.Context(), e.Ciphertext, []byte("cellseal/v1/grant\x00clinic-db"))
	require.NoError(t, err)
	require.Equal(t, `{"subtrees":[`+
		`{"ring":"cells","path":["s:tenant/acme","t:patients"],"keys":[`+
		`{"id":468084369,"node":"qzjr8YwkN682cTghL3g4V3rK/qWpL4eRaczsekUg3T0="},`+
		`{"id":1564549813,"node":"er0LWYzc6uRMt9bErIq7HoNlA61uRmZGZZ8y5GwwW9M="}],"known":2},`+
		`{"ring":"index","path":[],"keys":[`+
		`{"id":1893806036,"node":"G1VBm3lcfRK6xTRUDTSz2xCzTqVuZu1LDqRh6uDK76I="},`+
		`{"id":3333695095,"node":"QiZijjEfYOFM3psKkXE+vnILOACqd2O5n49tP0Dggak="}],"known":2}]}`, string(plaintext))
}

func TestGrantsOpenOnlyInTheirPlace(t *testing.T) {
	stored, err := grantForTest(t, newRing(t)).Encrypt(t.Context(), testKEK(t, 1), ad)
	require.NoError(t, err)
	refused := func(data []byte, kek byte, ad string) {
		t.Helper()
		g, err := keys.OpenGrant(t.Context(), data, testKEK(t, kek), []byte(ad))
		require.ErrorContains(t, err, "cellseal/keys: grant: not readable under this KEK and associated data")
		require.Nil(t, g)
	}
	refused(stored, 2, "clinic-db")
	refused(stored, 1, "")
	refused(stored, 1, "clinic-db2")

	var e grantEnvelope
	require.NoError(t, json.Unmarshal(stored, &e))
	for i := range e.Ciphertext {
		e.Ciphertext[i] ^= 0x10
		refused(marshal(t, e), 1, "clinic-db")
		e.Ciphertext[i] ^= 0x10
	}
	for _, n := range []int{0, 1, 11, 12, 27, 28, len(e.Ciphertext) - 1} {
		refused(marshal(t, grantEnvelope{1, e.Ciphertext[:n]}), 1, "clinic-db")
	}

	// A KEK is used for rings too: one's ciphertext must not pass for the other's.
	plaintext := []byte(`{"subtrees":[{"ring":"cells","path":[],"keys":[{"id":1,"node":"` + strings.Repeat("A", 43) + `="}],"known":1}]}`)
	for place, ok := range map[string]bool{"grant": true, "cells": false, "index": false} {
		c, err := testKEK(t, 1).EncryptWithContext(t.Context(), plaintext, []byte("cellseal/v1/"+place+"\x00clinic-db"))
		require.NoError(t, err)
		_, err = keys.OpenGrant(t.Context(), marshal(t, grantEnvelope{1, c}), testKEK(t, 1), ad)
		require.Equal(t, ok, err == nil, place)
	}
}

func TestOtherFilesAreNoGrants(t *testing.T) {
	r := newRing(t)
	stored, err := grantForTest(t, r).Encrypt(t.Context(), testKEK(t, 1), ad)
	require.NoError(t, err)
	const noGrant = "this is not a stored grant"
	for name, c := range map[string]struct{ data, says string }{
		"empty":            {"", noGrant},
		"a ring":           {string(store(t, r)), noGrant},
		"null":             {"null", "version 0"},
		"a newer version":  {strings.Replace(string(stored), `:1,`, `:2,`, 1), "version 2: this version of the library reads 1"},
		"an unknown field": {strings.Replace(string(stored), `{`, `{"more":1,`, 1), noGrant},
		"trailing data":    {string(stored) + "{}", noGrant},
		"no base64":        {`{"cellseal-grant":1,"ciphertext":"?"}`, noGrant},
		"no ciphertext":    {`{"cellseal-grant":1}`, "not readable"},
		"too large":        {string(stored) + strings.Repeat(" ", 2*keys.MaxRingSize), "at most 2097152 are read"},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := keys.OpenGrant(t.Context(), []byte(c.data), testKEK(t, 1), ad)
			require.ErrorContains(t, err, "cellseal/keys: ")
			require.ErrorContains(t, err, c.says)
			require.Nil(t, g)
		})
	}
}

// What could not be opened again is not written either.
func TestGrantSizeIsBounded(t *testing.T) {
	r := newRing(t)
	grant := func(n int) (*keys.Granted, []byte, error) {
		var subtrees []keys.Subtree
		for i := range n {
			subtrees = append(subtrees, keys.CellTree(keys.Scope("tenant", fmt.Sprintf("%0900d", i))))
		}
		g, err := keys.Grant(t.Context(), r, subtrees...)
		require.NoError(t, err)
		stored, err := g.Encrypt(t.Context(), testKEK(t, 1), ad)
		return g, stored, err
	}
	g, stored, err := grant(1000)
	require.NoError(t, err)
	again, err := keys.OpenGrant(t.Context(), stored, testKEK(t, 1), ad)
	require.NoError(t, err)
	last := keys.Scope("tenant", fmt.Sprintf("%0900d", 999))
	require.Equal(t, cells(t, g, last), cells(t, again, last))

	_, _, err = grant(1100)
	require.ErrorContains(t, err, "cellseal/keys: grant of 1100 subtrees: more than OpenGrant reads back")
}

func TestTheKEKSeesGrantsUnderTheirOwnName(t *testing.T) {
	spy := &spyKEK{KEK: testKEK(t, 1)}
	g := grantForTest(t, newRing(t))
	stored, err := g.Encrypt(t.Context(), spy, ad)
	require.NoError(t, err)
	_, err = keys.OpenGrant(t.Context(), stored, spy, ad)
	require.NoError(t, err)
	require.Equal(t, []string{"cellseal/v1/grant\x00clinic-db", "cellseal/v1/grant\x00clinic-db"}, spy.ads)

	spy.refuse = errKMS
	_, err = g.Encrypt(t.Context(), spy, ad)
	require.ErrorIs(t, err, errKMS)
	_, err = keys.OpenGrant(t.Context(), stored, spy, ad)
	require.ErrorIs(t, err, errKMS)
}

func TestTwoWritingsOfAGrantDiffer(t *testing.T) {
	g := grantForTest(t, newRing(t))
	a, err := g.Encrypt(t.Context(), testKEK(t, 1), ad)
	require.NoError(t, err)
	b, err := g.Encrypt(t.Context(), testKEK(t, 1), ad)
	require.NoError(t, err)
	require.False(t, bytes.Equal(a, b), "the nonce is random")
}
