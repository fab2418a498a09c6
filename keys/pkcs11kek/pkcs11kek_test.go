package pkcs11kek_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/miekg/pkcs11"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys/kek"
	"github.com/cellseal/cellseal/keys/pkcs11kek"
)

// The bytes are those that the package's text says, to another PKCS#11 program.
func TestFormat(t *testing.T) {
	library := softHSM(t)
	m := load(t, library)
	k := opened(t, m, created(t, m, "cellseal"))
	c, err := k.EncryptWithContext(t.Context(), []byte("root keys"), []byte("ad"))
	require.NoError(t, err)
	require.Len(t, c, 9+37)
	require.Equal(t, byte(1), c[0])

	r := newRaw(t, library)
	h := r.find(t, "cellseal")
	a, err := r.GetAttributeValue(r.sh, h, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_ID, nil)})
	require.NoError(t, err)
	require.Len(t, a[0].Value, 16)
	sum := sha256.Sum256(a[0].Value)
	require.Equal(t, sum[:8], c[1:9])
	require.Equal(t, hex.EncodeToString(sum[:8]), k.ID())

	params := pkcs11.NewGCMParams(c[9:21], append(bytes.Clone(c[:9]), "ad"...), 128)
	defer params.Free()
	require.NoError(t, r.DecryptInit(r.sh, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_AES_GCM, params)}, h))
	got, err := r.Decrypt(r.sh, c[21:])
	require.NoError(t, err)
	require.Equal(t, "root keys", string(got))
}

// What Open demands of a key is looked for in the token, not assumed.
func TestKeysThatAreNotGuardedAreRefused(t *testing.T) {
	library := softHSM(t)
	m := load(t, library)
	r := newRaw(t, library)
	r.generate(t, good("good"))
	opened(t, m, key("good"))
	is := pkcs11.NewAttribute
	for label, c := range map[string]struct {
		change *pkcs11.Attribute
		says   string
	}{
		"extractable":   {is(pkcs11.CKA_EXTRACTABLE, true), "CKA_EXTRACTABLE is not false, CKA_NEVER_EXTRACTABLE is not true"},
		"not sensitive": {is(pkcs11.CKA_SENSITIVE, false), "CKA_SENSITIVE is not true, CKA_ALWAYS_SENSITIVE is not true"},
		"public":        {is(pkcs11.CKA_PRIVATE, false), "CKA_PRIVATE is not true"},
		"wraps":         {is(pkcs11.CKA_WRAP, true), "CKA_WRAP is not false"},
		"unwraps":       {is(pkcs11.CKA_UNWRAP, true), "CKA_UNWRAP is not false"},
		"no encryption": {is(pkcs11.CKA_ENCRYPT, false), "CKA_ENCRYPT is not true"},
		"no decryption": {is(pkcs11.CKA_DECRYPT, false), "CKA_DECRYPT is not true"},
		"AES-128":       {is(pkcs11.CKA_VALUE_LEN, 16), "it has not 256 bits"},
		"no id":         {is(pkcs11.CKA_ID, []byte{}), "it has no CKA_ID"},
	} {
		t.Run(label, func(t *testing.T) {
			r.generate(t, good(label, c.change))
			k, err := m.Open(t.Context(), key(label))
			require.Nil(t, k)
			var wrong *pkcs11kek.AttributeError
			require.ErrorAs(t, err, &wrong)
			require.ErrorContains(t, err, c.says)
			require.ErrorContains(t, err, "make another one with Create")
		})
	}
	t.Run("readable", func(t *testing.T) {
		r.generate(t, good("readable", is(pkcs11.CKA_EXTRACTABLE, true), is(pkcs11.CKA_SENSITIVE, false)))
		_, err := m.Open(t.Context(), key("readable"))
		require.ErrorContains(t, err, "the token gives its value away")
	})
	t.Run("imported", func(t *testing.T) {
		var template []*pkcs11.Attribute
		for _, a := range good("imported") {
			if a.Type != pkcs11.CKA_VALUE_LEN {
				template = append(template, a)
			}
		}
		_, err := r.CreateObject(r.sh, append(template, is(pkcs11.CKA_VALUE, make([]byte, 32))))
		require.NoError(t, err)
		_, err = m.Open(t.Context(), key("imported"))
		require.ErrorContains(t, err, "CKA_LOCAL is not true")
		require.ErrorContains(t, err, "CKA_NEVER_EXTRACTABLE is not true")
	})
	t.Run("made by Create", func(t *testing.T) {
		opened(t, m, created(t, m, "created"))
		h := r.find(t, "created")
		_, err := r.GetAttributeValue(r.sh, h, []*pkcs11.Attribute{is(pkcs11.CKA_VALUE, nil)})
		require.Equal(t, pkcs11.Error(pkcs11.CKR_ATTRIBUTE_SENSITIVE), err)
		for _, loosen := range []*pkcs11.Attribute{is(pkcs11.CKA_EXTRACTABLE, true), is(pkcs11.CKA_SENSITIVE, false)} {
			require.Error(t, r.SetAttributeValue(r.sh, h, []*pkcs11.Attribute{loosen}))
		}
		wrapping := r.generate(t, good("wrapping", is(pkcs11.CKA_WRAP, true)))
		_, err = r.WrapKey(r.sh, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_AES_KEY_WRAP, nil)}, wrapping, h)
		require.Error(t, err, "not even under another key does it leave the token")
	})
}

func TestKeysThatCannotBeNamed(t *testing.T) {
	library := softHSM(t)
	m := load(t, library)
	_, err := m.Open(t.Context(), key("missing"))
	require.EqualError(t, err, `cellseal/pkcs11kek: token "clinic" has no key "missing": make it with Module.Create`)

	created(t, m, "once")
	require.EqualError(t, m.Create(t.Context(), key("once")), `cellseal/pkcs11kek: token "clinic" has a key "once" already`)

	r := newRaw(t, library)
	r.generate(t, good("twice"))
	r.generate(t, good("twice"))
	_, err = m.Open(t.Context(), key("twice"))
	require.ErrorContains(t, err, `several keys "twice"`)

	elsewhere := key("once")
	elsewhere.Token = "hospital"
	_, err = m.Open(t.Context(), elsewhere)
	var gone *kek.UnavailableError
	require.ErrorAs(t, err, &gone, "a token may yet be plugged in")
	require.ErrorContains(t, err, `no token "hospital"`)
	require.ErrorAs(t, m.Create(t.Context(), elsewhere), &gone)

	for _, empty := range []pkcs11kek.Key{{Label: "once", PIN: rightPIN}, {Token: "clinic", PIN: rightPIN}} {
		_, err = m.Open(t.Context(), empty)
		require.Error(t, err)
	}
	_, err = pkcs11kek.Load(t.TempDir() + "/none.so")
	require.ErrorContains(t, err, "is no PKCS#11 library")
}

func TestTheWrongKeyIsNamed(t *testing.T) {
	m := load(t, softHSM(t))
	one, two := opened(t, m, created(t, m, "one")), opened(t, m, created(t, m, "two"))
	c, err := one.EncryptWithContext(t.Context(), []byte("root keys"), nil)
	require.NoError(t, err)
	_, err = two.DecryptWithContext(t.Context(), c, nil)
	var wrong *pkcs11kek.WrongKeyError
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, pkcs11kek.WrongKeyError{Want: one.ID(), Have: two.ID()}, *wrong)
	copy(c[1:9], mustHex(t, two.ID())) // claims to be the other's
	_, err = two.DecryptWithContext(t.Context(), c, nil)
	require.ErrorIs(t, err, pkcs11kek.ErrDecrypt)
	c[0] = 2
	_, err = one.DecryptWithContext(t.Context(), c, nil)
	require.ErrorIs(t, err, pkcs11kek.ErrDecrypt)
}

func mustHex(t *testing.T, s string) []byte {
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

// Tokens lock themselves: a wrong PIN is tried once, and told nobody.
func TestAWrongPINIsTriedOnce(t *testing.T) {
	m := load(t, softHSM(t))
	created(t, m, "cellseal")
	const wrongPIN = "wrong-PIN-canary"
	k := key("cellseal")
	k.PIN = func() (string, error) { return wrongPIN, nil }
	_, err := m.Open(t.Context(), k)
	var refused *pkcs11kek.PINError
	require.ErrorAs(t, err, &refused)
	require.ErrorIs(t, err, pkcs11.Error(pkcs11.CKR_PIN_INCORRECT))
	require.NotContains(t, err.Error(), wrongPIN)
	require.ErrorAs(t, m.Create(t.Context(), k), &refused)

	k.PIN = func() (string, error) { return "", errors.New("the vault is shut") }
	_, err = m.Open(t.Context(), k)
	require.ErrorContains(t, err, "the vault is shut")
}

// The PIN was changed while the KEK was in use, and then the device was lost.
func TestAPINThatWasChangedIsTriedOnce(t *testing.T) {
	s := newShim(t)
	m := load(t, s.library)
	k := created(t, m, "cellseal")
	var asked atomic.Int64
	now := pin
	k.PIN = func() (string, error) { asked.Add(1); return now, nil }
	h := opened(t, m, k)
	before := asked.Load()
	now = "changed-PIN-canary"
	require.NoError(t, s.lose())
	for range 10 {
		_, err := kek.Remote(h, nil).EncryptWithContext(t.Context(), []byte("root keys"), nil)
		var refused *pkcs11kek.PINError
		require.ErrorAs(t, err, &refused)
		require.NotContains(t, err.Error(), now)
	}
	require.Equal(t, before+1, asked.Load())
	now = pin
	_, err := opened(t, m, k).EncryptWithContext(t.Context(), []byte("root keys"), nil)
	require.NoError(t, err, "a KEK opened anew")
}

func TestClosed(t *testing.T) {
	m := load(t, softHSM(t))
	k := opened(t, m, created(t, m, "cellseal"))
	other := opened(t, m, key("cellseal"))
	require.NoError(t, k.Close())
	require.NoError(t, k.Close())
	_, err := k.EncryptWithContext(t.Context(), nil, nil)
	require.EqualError(t, err, "cellseal/pkcs11kek: the KEK is closed")
	_, err = other.EncryptWithContext(t.Context(), nil, nil)
	require.NoError(t, err, "the login is shared")
	require.NoError(t, m.Close())
	_, err = other.EncryptWithContext(t.Context(), nil, nil)
	require.EqualError(t, err, "cellseal/pkcs11kek: the module is closed")
	_, err = m.Open(t.Context(), key("cellseal"))
	require.EqualError(t, err, "cellseal/pkcs11kek: the module is closed")
	require.NoError(t, other.Close())
}

func TestOpenHeedsItsContext(t *testing.T) {
	s := newShim(t)
	m := load(t, s.library)
	created(t, m, "cellseal")
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := m.Open(over, key("cellseal"))
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, m.Create(over, key("another")), context.Canceled)

	release := s.Hold()
	short, cancel := context.WithTimeout(t.Context(), 50e6)
	defer cancel()
	_, err = m.Open(short, key("cellseal"))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	release()
	opened(t, m, key("cellseal"))
}

func TestTooMuch(t *testing.T) {
	m := load(t, softHSM(t))
	k := opened(t, m, created(t, m, "cellseal"))
	_, err := k.EncryptWithContext(t.Context(), make([]byte, pkcs11kek.MaxPlaintext+1), nil)
	require.ErrorContains(t, err, "at most 1048576")
	c, err := k.EncryptWithContext(t.Context(), make([]byte, pkcs11kek.MaxPlaintext), nil)
	require.NoError(t, err)
	_, err = k.DecryptWithContext(t.Context(), c, nil)
	require.NoError(t, err)
	_, err = k.DecryptWithContext(t.Context(), append(c, 0), nil)
	require.ErrorIs(t, err, pkcs11kek.ErrDecrypt)
}

func TestMisusePanics(t *testing.T) {
	require.PanicsWithValue(t, "cellseal/pkcs11kek: zero Module; use Load", func() { _ = new(pkcs11kek.Module).Close() })
	require.PanicsWithValue(t, "cellseal/pkcs11kek: zero KEK; use Module.Open", func() { new(pkcs11kek.KEK).ID() })
	require.PanicsWithValue(t, "cellseal/pkcs11kek: a Key without PIN", func() { _, _ = new(pkcs11kek.Module).Open(t.Context(), pkcs11kek.Key{}) })
}
