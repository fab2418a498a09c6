package keys_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
)

// envelope is a stored ring as anybody would read it from FORMAT.md §1.
type envelope struct {
	Version int             `json:"cellseal"`
	Cells   json.RawMessage `json:"cells"`
	Index   json.RawMessage `json:"index"`
}

func store(t testing.TB, r *keys.Ring) []byte {
	t.Helper()
	stored, err := r.Encrypt(t.Context(), testKEK(t, 1), ad)
	require.NoError(t, err)
	return stored
}

func opened(t testing.TB, stored []byte) envelope {
	t.Helper()
	var e envelope
	require.NoError(t, json.Unmarshal(stored, &e))
	return e
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return b
}

func TestStoredRingHasItsExactShape(t *testing.T) {
	r, id := addKey(t, newRing(t))
	r = disableKey(t, r, id)
	keyset := func(infos ...string) string {
		return fmt.Sprintf(`\{"encryptedKeyset":"[A-Za-z0-9+/]+=*","keysetInfo":\{%s\}\}`, strings.Join(infos, ""))
	}
	info := func(id uint32, status string) string {
		return fmt.Sprintf(`\{"typeUrl":"type\.googleapis\.com/google\.crypto\.tink\.HkdfPrfKey","status":"%s","keyId":%d,"outputPrefixType":"RAW"\}`, status, id)
	}
	first, other := r.CellKeys().Primary(), r.IndexKeys().Primary()
	want := fmt.Sprintf(`^\{"cellseal":1,"cells":%s,"index":%s\}$`,
		keyset(fmt.Sprintf(`"primaryKeyId":%d,"keyInfo":\[%s,%s\]`, first, info(first, "ENABLED"), info(id, "DISABLED"))),
		keyset(fmt.Sprintf(`"primaryKeyId":%d,"keyInfo":\[%s\]`, other, info(other, "ENABLED"))))
	require.Regexp(t, regexp.MustCompile(want), string(store(t, r)))
}

func TestStoredRingComesBack(t *testing.T) {
	r, id := addKey(t, newRing(t))
	r, last := addKey(t, disableKey(t, r, id))
	for _, ad := range [][]byte{ad, nil, {}, []byte("\x00"), bytes.Repeat([]byte("x"), 1000)} {
		stored, err := r.Encrypt(t.Context(), testKEK(t, 1), ad)
		require.NoError(t, err)
		again, err := keys.OpenRing(t.Context(), stored, testKEK(t, 1), ad)
		require.NoError(t, err)
		require.Equal(t, infos(r.CellKeys()), infos(again.CellKeys()))
		require.Equal(t, infos(r.IndexKeys()), infos(again.IndexKeys()))
		require.Equal(t, cells(t, r), cells(t, again))
		require.Equal(t, index(t, r), index(t, again))
	}
	again, err := keys.OpenRing(t.Context(), store(t, r), testKEK(t, 1), ad)
	require.NoError(t, err)
	require.Equal(t, disabled, state(again.CellKeys(), id))
	require.Equal(t, enabled, state(again.CellKeys(), last))
}

// Each keyset's associated data is its place in the ring, then the caller's; the
// context goes to the KEK, which may be far away.
func TestTheKEKSeesContextAndAssociatedData(t *testing.T) {
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "mine")
	spy := &spyKEK{KEK: testKEK(t, 1)}
	stored, err := newRing(t).Encrypt(ctx, spy, ad)
	require.NoError(t, err)
	_, err = keys.OpenRing(ctx, stored, spy, ad)
	require.NoError(t, err)
	require.Equal(t, []string{
		"cellseal/v1/cells\x00clinic-db", "cellseal/v1/index\x00clinic-db", // Encrypt
		"cellseal/v1/cells\x00clinic-db", "cellseal/v1/index\x00clinic-db", // OpenRing
	}, spy.ads)
	for _, got := range spy.ctx {
		require.Equal(t, "mine", got.Value(key{}))
	}
}

func TestRingsOpenOnlyInTheirPlace(t *testing.T) {
	stored := store(t, newRing(t))
	e := opened(t, stored)
	flipped := func(keyset json.RawMessage) json.RawMessage {
		var k map[string]any
		require.NoError(t, json.Unmarshal(keyset, &k))
		c, err := base64.StdEncoding.DecodeString(k["encryptedKeyset"].(string))
		require.NoError(t, err)
		c[len(c)/2] ^= 1
		k["encryptedKeyset"] = base64.StdEncoding.EncodeToString(c)
		return marshal(t, k)
	}
	for name, c := range map[string]struct {
		data []byte
		kek  byte
		ad   string
		in   string
	}{
		"other associated data":       {stored, 1, "billing-db", "cells"},
		"longer associated data":      {stored, 1, "clinic-db2", "cells"},
		"shorter associated data":     {stored, 1, "clinic-d", "cells"},
		"no associated data":          {stored, 1, "", "cells"},
		"another KEK":                 {stored, 2, "clinic-db", "cells"},
		"cells and index exchanged":   {marshal(t, envelope{1, e.Index, e.Cells}), 1, "clinic-db", "cells"},
		"cells in place of the index": {marshal(t, envelope{1, e.Cells, e.Cells}), 1, "clinic-db", "index"},
		"index in place of the cells": {marshal(t, envelope{1, e.Index, e.Index}), 1, "clinic-db", "cells"},
		"a bit flipped in cells":      {marshal(t, envelope{1, flipped(e.Cells), e.Index}), 1, "clinic-db", "cells"},
		"a bit flipped in index":      {marshal(t, envelope{1, e.Cells, flipped(e.Index)}), 1, "clinic-db", "index"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := keys.OpenRing(t.Context(), c.data, testKEK(t, c.kek), []byte(c.ad))
			require.ErrorContains(t, err, "cellseal/keys: "+c.in+" keyset: not readable under this KEK and associated data")
			require.Nil(t, r)
		})
	}
}

// keysetInfo says in clear which keys a ring holds; nobody vouches for it.
func TestKeysetInfoIsNotTrusted(t *testing.T) {
	r, id := addKey(t, newRing(t))
	stored := string(store(t, r))
	lie := regexp.MustCompile(`"primaryKeyId":\d+`).ReplaceAllString(stored, `"primaryKeyId":1`)
	lie = strings.ReplaceAll(lie, `"ENABLED"`, `"DESTROYED"`)
	lie = strings.ReplaceAll(lie, "HkdfPrfKey", "Another")
	lie = strings.ReplaceAll(lie, fmt.Sprintf(`"keyId":%d`, id), `"keyId":5`)
	require.NotEqual(t, stored, lie)
	again, err := keys.OpenRing(t.Context(), []byte(lie), testKEK(t, 1), ad)
	require.NoError(t, err)
	require.Equal(t, infos(r.CellKeys()), infos(again.CellKeys()))
}

func TestOtherFilesAreNoRings(t *testing.T) {
	stored := store(t, newRing(t))
	e := opened(t, stored)
	body := string(stored[1 : len(stored)-1])
	const noRing, unreadable = "this is not a stored ring", "not readable under this KEK"
	for name, c := range map[string]struct{ data, says string }{
		"empty":                    {"", noRing},
		"text":                     {"cellseal", noRing},
		"half of it":               {string(stored[:len(stored)/2]), noRing},
		"an array":                 {"[" + string(stored) + "]", noRing},
		"null":                     {"null", "version 0"},
		"no version":               {`{}`, "version 0"},
		"an older version":         {strings.Replace(string(stored), `:1,`, `:0,`, 1), "version 0"},
		"a newer version":          {strings.Replace(string(stored), `:1,`, `:2,`, 1), "version 2: this version of the library reads 1"},
		"the version as text":      {strings.Replace(string(stored), `:1,`, `:"1",`, 1), noRing},
		"the version as fraction":  {strings.Replace(string(stored), `:1,`, `:1.5,`, 1), noRing},
		"an unknown field":         {`{"more":1,` + body + "}", noRing},
		"trailing data":            {string(stored) + "x", noRing},
		"a second ring":            {string(stored) + string(stored), noRing},
		"no cells":                 {fmt.Sprintf(`{"cellseal":1,"index":%s}`, e.Index), "without its cells or index"},
		"no index":                 {fmt.Sprintf(`{"cellseal":1,"cells":%s}`, e.Cells), "without its cells or index"},
		"null cells":               {fmt.Sprintf(`{"cellseal":1,"cells":null,"index":%s}`, e.Index), unreadable},
		"empty cells":              {fmt.Sprintf(`{"cellseal":1,"cells":{},"index":%s}`, e.Index), unreadable},
		"an unknown field in Tink": {strings.Replace(string(stored), `"encryptedKeyset"`, `"more":1,"encryptedKeyset"`, 1), unreadable},
		"a cleartext keyset":       {fmt.Sprintf(`{"cellseal":1,"cells":%s,"index":%s}`, readVectors(t).Cells, e.Index), unreadable},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := keys.OpenRing(t.Context(), []byte(c.data), testKEK(t, 1), ad)
			require.ErrorContains(t, err, "cellseal/keys: ")
			require.ErrorContains(t, err, c.says)
			require.Nil(t, r)
		})
	}
	padded := append(stored, bytes.Repeat([]byte(" \n"), 10)...)
	_, err := keys.OpenRing(t.Context(), padded, testKEK(t, 1), ad)
	require.NoError(t, err, "an editor's newline at the end does no harm")
}

func TestRingSizeIsBounded(t *testing.T) {
	stored := store(t, newRing(t))
	fit := append(stored, bytes.Repeat([]byte(" "), keys.MaxRingSize-len(stored))...)
	_, err := keys.OpenRing(t.Context(), fit, testKEK(t, 1), ad)
	require.NoError(t, err)
	_, err = keys.OpenRing(t.Context(), append(fit, ' '), testKEK(t, 1), ad)
	require.ErrorContains(t, err, "1048577 bytes, at most 1048576 are read")

	// What could not be opened again is not written either.
	wordy := &spyKEK{KEK: testKEK(t, 1), inflate: keys.MaxRingSize / 2}
	_, err = newRing(t).Encrypt(t.Context(), wordy, ad)
	require.ErrorContains(t, err, "more than OpenRing reads back (1048576)")
}

func TestKEKErrorsAreNotHidden(t *testing.T) {
	r := newRing(t)
	away := &spyKEK{KEK: testKEK(t, 1), refuse: errKMS}
	_, err := r.Encrypt(t.Context(), away, ad)
	require.ErrorContains(t, err, "cellseal/keys: encrypt under the KEK: ")
	require.ErrorContains(t, err, errKMS.Error())
	_, err = keys.OpenRing(t.Context(), store(t, r), away, ad)
	require.ErrorContains(t, err, errKMS.Error())
}

// A ring that decrypts well but holds foreign keys is refused all the same.
func TestForeignKeysInAStoredRingAreRefused(t *testing.T) {
	e := opened(t, store(t, newRing(t)))
	var b bytes.Buffer
	foreign := cleartext(t, keysetOf(7, hkdfKey(7, 4, 32, "", "ENABLED", "RAW")))
	require.NoError(t, foreign.WriteWithContext(t.Context(), jsonWriter(&b), testKEK(t, 1), []byte("cellseal/v1/index\x00clinic-db")))
	_, err := keys.OpenRing(t.Context(), marshal(t, envelope{1, e.Cells, b.Bytes()}), testKEK(t, 1), ad)
	require.ErrorContains(t, err, "cellseal/keys: index keyset: key 7 is not an enabled or disabled HKDF_PRF key")
}
