package pkcs11kek

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/miekg/pkcs11"
)

// must are the attributes a key-encryption key has to have. ALWAYS_SENSITIVE,
// NEVER_EXTRACTABLE and LOCAL are the token's own word on the past: the key was made in it. A
// key that may both WRAP and DECRYPT brings other keys out in clear (Clulow, CHES 2003).
var must = []struct {
	attribute uint
	name      string
	is        bool
}{
	{pkcs11.CKA_TOKEN, "CKA_TOKEN", true},
	{pkcs11.CKA_PRIVATE, "CKA_PRIVATE", true},
	{pkcs11.CKA_SENSITIVE, "CKA_SENSITIVE", true},
	{pkcs11.CKA_ALWAYS_SENSITIVE, "CKA_ALWAYS_SENSITIVE", true},
	{pkcs11.CKA_EXTRACTABLE, "CKA_EXTRACTABLE", false},
	{pkcs11.CKA_NEVER_EXTRACTABLE, "CKA_NEVER_EXTRACTABLE", true},
	{pkcs11.CKA_LOCAL, "CKA_LOCAL", true},
	{pkcs11.CKA_ENCRYPT, "CKA_ENCRYPT", true},
	{pkcs11.CKA_DECRYPT, "CKA_DECRYPT", true},
	{pkcs11.CKA_WRAP, "CKA_WRAP", false},
	{pkcs11.CKA_UNWRAP, "CKA_UNWRAP", false},
}

// verify looks at a key and returns its id.
func verify(lib *pkcs11.Ctx, sh pkcs11.SessionHandle, key pkcs11.ObjectHandle, k Key) (id [idSize]byte, err error) {
	wrong := &AttributeError{Token: k.Token, Label: k.Label}
	for _, a := range must {
		value, err := attribute(lib, sh, key, a.attribute)
		if err != nil {
			return id, fmt.Errorf("cellseal/pkcs11kek: %s of key %q: %w", a.name, k.Label, err)
		}
		// An attribute that is not there is no promise.
		if len(value) != 1 || (value[0] != 0) != a.is {
			wrong.Wrong = append(wrong.Wrong, fmt.Sprintf("%s is not %t", a.name, a.is))
		}
	}
	for _, a := range []struct {
		attribute uint
		is        uint64
		says      string
	}{
		{pkcs11.CKA_KEY_TYPE, pkcs11.CKK_AES, "it is no AES key"},
		{pkcs11.CKA_VALUE_LEN, 32, "it has not 256 bits"},
	} {
		value, err := attribute(lib, sh, key, a.attribute)
		if err != nil {
			return id, fmt.Errorf("cellseal/pkcs11kek: key %q: %w", k.Label, err)
		}
		if number(value) != a.is {
			wrong.Wrong = append(wrong.Wrong, a.says)
		}
	}
	of, err := attribute(lib, sh, key, pkcs11.CKA_ID)
	if err != nil {
		return id, fmt.Errorf("cellseal/pkcs11kek: CKA_ID of key %q: %w", k.Label, err)
	}
	if len(of) == 0 {
		wrong.Wrong = append(wrong.Wrong, "it has no CKA_ID")
	}
	if value, err := attribute(lib, sh, key, pkcs11.CKA_VALUE); err == nil && len(value) > 0 {
		clear(value)
		wrong.Wrong = append(wrong.Wrong, "the token gives its value away")
	}
	if len(wrong.Wrong) > 0 {
		return id, wrong
	}
	sum := sha256.Sum256(of)
	return [idSize]byte(sum[:]), nil
}

func attribute(lib *pkcs11.Ctx, sh pkcs11.SessionHandle, key pkcs11.ObjectHandle, a uint) ([]byte, error) {
	got, err := lib.GetAttributeValue(sh, key, []*pkcs11.Attribute{pkcs11.NewAttribute(a, nil)})
	switch err {
	case nil:
		return got[0].Value, nil
	case pkcs11.Error(pkcs11.CKR_ATTRIBUTE_TYPE_INVALID), pkcs11.Error(pkcs11.CKR_ATTRIBUTE_SENSITIVE):
		return nil, nil // it has none, or does not say
	}
	return nil, err
}

// number reads a CK_ULONG, which has the machine's size and order.
func number(b []byte) uint64 {
	switch len(b) {
	case 4:
		return uint64(binary.NativeEndian.Uint32(b))
	case 8:
		return binary.NativeEndian.Uint64(b)
	}
	return 0
}

// try seals and opens something, and opens it with other associated data: the
// token's mechanism must be what it is called.
func try(lib *pkcs11.Ctx, s session, id [idSize]byte) error {
	plaintext := []byte("cellseal: a first try")
	sealed, err := encrypt(lib, s, id, plaintext, []byte("a"))
	if err != nil {
		return err
	}
	if bytes.Contains(sealed, plaintext) {
		return errors.New("cellseal/pkcs11kek: the token encrypts nothing")
	}
	got, err := decrypt(lib, s, id, sealed, []byte("a"))
	if err != nil {
		return fmt.Errorf("cellseal/pkcs11kek: what the token has encrypted does not open: %w", err)
	}
	if !bytes.Equal(got, plaintext) {
		return errors.New("cellseal/pkcs11kek: what the token has encrypted opens as something else")
	}
	if _, err := decrypt(lib, s, id, sealed, []byte("b")); err == nil {
		return errors.New("cellseal/pkcs11kek: the token does not bind associated data, so rings could be exchanged: it cannot be used")
	}
	return nil
}
