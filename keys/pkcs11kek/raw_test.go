package pkcs11kek_test

import (
	"testing"

	"github.com/miekg/pkcs11"
	"github.com/stretchr/testify/require"
)

// A raw is the token without this package: for keys that Create does not make.
type raw struct {
	*pkcs11.Ctx
	sh pkcs11.SessionHandle
}

func newRaw(t testing.TB, library string) raw {
	t.Helper()
	lib := pkcs11.New(library)
	require.NotNil(t, lib)
	if err := lib.Initialize(); err != nil {
		require.Equal(t, pkcs11.Error(pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED), err)
	}
	slots, err := lib.GetSlotList(true)
	require.NoError(t, err)
	for _, slot := range slots {
		info, err := lib.GetTokenInfo(slot)
		require.NoError(t, err)
		if info.Label != "clinic" {
			continue
		}
		sh, err := lib.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
		require.NoError(t, err)
		if err := lib.Login(sh, pkcs11.CKU_USER, pin); err != nil {
			require.Equal(t, pkcs11.Error(pkcs11.CKR_USER_ALREADY_LOGGED_IN), err)
		}
		t.Cleanup(func() { _ = lib.CloseSession(sh) })
		return raw{lib, sh}
	}
	t.Fatal("no token clinic")
	return raw{}
}

// good is a template as Create's, with changes.
func good(label string, changes ...*pkcs11.Attribute) []*pkcs11.Attribute {
	all := []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_SECRET_KEY),
		pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, pkcs11.CKK_AES),
		pkcs11.NewAttribute(pkcs11.CKA_VALUE_LEN, 32),
		pkcs11.NewAttribute(pkcs11.CKA_LABEL, label),
		pkcs11.NewAttribute(pkcs11.CKA_ID, []byte("an id")),
		pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true),
		pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, true),
		pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, true),
		pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, false),
		pkcs11.NewAttribute(pkcs11.CKA_ENCRYPT, true),
		pkcs11.NewAttribute(pkcs11.CKA_DECRYPT, true),
		pkcs11.NewAttribute(pkcs11.CKA_WRAP, false),
		pkcs11.NewAttribute(pkcs11.CKA_UNWRAP, false),
	}
	for _, c := range changes {
		for i, a := range all {
			if a.Type == c.Type {
				all[i] = c
			}
		}
	}
	return all
}

func (r raw) generate(t testing.TB, template []*pkcs11.Attribute) pkcs11.ObjectHandle {
	t.Helper()
	h, err := r.GenerateKey(r.sh, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_AES_KEY_GEN, nil)}, template)
	require.NoError(t, err)
	return h
}

func (r raw) find(t testing.TB, label string) pkcs11.ObjectHandle {
	t.Helper()
	require.NoError(t, r.FindObjectsInit(r.sh, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_LABEL, label)}))
	all, _, err := r.FindObjects(r.sh, 2)
	require.NoError(t, err)
	require.NoError(t, r.FindObjectsFinal(r.sh))
	require.Len(t, all, 1)
	return all[0]
}
