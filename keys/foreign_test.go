package keys_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"

	"github.com/cellseal/cellseal/keys"
)

// hkdfKey returns the JSON of one of Tink's HKDF_PRF keys: hash is 1 for SHA-1, 3
// for SHA-256, 4 for SHA-512 in Tink's numbers.
func hkdfKey(id int, hash byte, size int, salt, status, prefix string) string {
	params := []byte{0x08, hash}
	if salt != "" {
		params = append(append(params, 0x12, byte(len(salt))), salt...)
	}
	value := append([]byte{0x12, byte(len(params))}, params...)
	value = append(append(value, 0x1a, byte(size)), make([]byte, size)...)
	return fmt.Sprintf(`{"keyData":{"typeUrl":"type.googleapis.com/google.crypto.tink.HkdfPrfKey","value":%q,"keyMaterialType":"SYMMETRIC"},"status":%q,"keyId":%d,"outputPrefixType":%q}`,
		base64.StdEncoding.EncodeToString(value), status, id, prefix)
}

func keysetOf(primary int, key ...string) string {
	return fmt.Sprintf(`{"primaryKeyId":%d,"key":[%s]}`, primary, strings.Join(key, ","))
}

// A keyset with another primitive mixed in would open today and be a cell nobody
// can open tomorrow; so nothing but the one kind is let in, not even disabled.
func TestForeignKeysetsAreRefused(t *testing.T) {
	ours := newRing(t).CellKeys().Handle()
	template := func(h *keyset.Handle, err error) *keyset.Handle {
		require.NoError(t, err)
		return h
	}
	hkdf := func(hash byte, size int, salt string) *keyset.Handle {
		return cleartext(t, keysetOf(7, hkdfKey(7, hash, size, salt, "ENABLED", "RAW")))
	}
	mixed := func(on bool) *keyset.Handle {
		m := keyset.NewManagerFromHandle(ours)
		id, err := m.Add(prf.HMACSHA256PRFKeyTemplate())
		require.NoError(t, err)
		if !on {
			require.NoError(t, m.Disable(id))
		}
		return template(m.Handle())
	}
	const kind = "is not an enabled or disabled HKDF_PRF key (SHA-256, 32 bytes, no salt, RAW)"
	for name, c := range map[string]struct {
		handle *keyset.Handle
		says   string
	}{
		"nil handle":            {nil, "empty keyset handle"},
		"zero handle":           {new(keyset.Handle), "empty keyset handle"},
		"HMAC-SHA-256 PRF":      {template(keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate())), kind},
		"HMAC-SHA-512 PRF":      {template(keyset.NewHandle(prf.HMACSHA512PRFKeyTemplate())), kind},
		"AES-CMAC PRF":          {template(keyset.NewHandle(prf.AESCMACPRFKeyTemplate())), kind},
		"HKDF-SHA-512":          {hkdf(4, 32, ""), kind},
		"HKDF-SHA-1":            {hkdf(1, 32, ""), kind},
		"HKDF with a salt":      {hkdf(3, 32, "salt"), kind},
		"HKDF with a long key":  {hkdf(3, 64, ""), kind},
		"HKDF with a short key": {hkdf(3, 16, ""), kind},
		"AEAD":                  {template(keyset.NewHandle(aead.AES256GCMKeyTemplate())), kind},
		"ours and an HMAC PRF":  {mixed(true), kind},
		"the same, disabled":    {mixed(false), kind},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := keys.NewRingFromHandles(c.handle, ours)
			require.ErrorContains(t, err, "cellseal/keys: cells keyset: ")
			require.ErrorContains(t, err, c.says)
			_, err = keys.NewRingFromHandles(ours, c.handle)
			require.ErrorContains(t, err, "cellseal/keys: index keyset: ")
			require.ErrorContains(t, err, c.says)
		})
	}
	_, err := keys.NewRingFromHandles(ours, ours)
	require.NoError(t, err, "what the refused ones were paired with is sound")
	_, err = keys.NewRingFromHandles(hkdf(3, 32, ""), ours)
	require.NoError(t, err, "our own kind, built the same way, passes")
}

// What Tink's reader, ours or both must refuse of a keyset that decrypts well.
func TestDamagedKeysetsAreRefused(t *testing.T) {
	key := func(id int, status, prefix string) string { return hkdfKey(id, 3, 32, "", status, prefix) }
	for name, c := range map[string]struct {
		keyset  string
		refused bool
	}{
		"sound":                  {keysetOf(7, key(7, "ENABLED", "RAW")), false},
		"sound, one disabled":    {keysetOf(7, key(7, "ENABLED", "RAW"), key(8, "DISABLED", "RAW")), false},
		"no keys":                {keysetOf(7), true},
		"disabled primary":       {keysetOf(7, key(7, "DISABLED", "RAW"), key(8, "ENABLED", "RAW")), true},
		"missing primary":        {keysetOf(9, key(7, "ENABLED", "RAW")), true},
		"all disabled":           {keysetOf(7, key(7, "DISABLED", "RAW")), true},
		"duplicate id":           {keysetOf(7, key(7, "ENABLED", "RAW"), key(7, "DISABLED", "RAW")), true},
		"duplicate id elsewhere": {keysetOf(7, key(7, "ENABLED", "RAW"), key(8, "ENABLED", "RAW"), key(8, "ENABLED", "RAW")), true},
		"destroyed key":          {keysetOf(7, key(7, "ENABLED", "RAW"), key(8, "DESTROYED", "RAW")), true},
		"unknown status":         {keysetOf(7, key(7, "ENABLED", "RAW"), key(8, "UNKNOWN_STATUS", "RAW")), true},
		"TINK prefix":            {keysetOf(7, key(7, "ENABLED", "TINK")), true},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(strings.NewReader(c.keyset)))
			if err == nil {
				_, err = keys.NewRingFromHandles(h, newRing(t).IndexKeys().Handle())
			}
			require.Equal(t, c.refused, err != nil, "%v", err)
		})
	}
}
