package pkcs11kek

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/miekg/pkcs11"
)

// A Key names a key in a token.
type Key struct {
	Token string // CKA label of the token
	Label string // CKA_LABEL of the key, the only one of that name
	// PIN returns the user's PIN. It is asked at every login, so at least once,
	// and again when the device was lost; what it returns is not kept.
	PIN func() (string, error)
	// Sessions is how many calls run at a time, and how many sessions a KEK
	// holds at most, 4 by default. HSMs count them.
	Sessions int
}

func (k Key) check() error {
	if k.PIN == nil {
		panic("cellseal/pkcs11kek: a Key without PIN")
	}
	if k.Token == "" || k.Label == "" {
		return fmt.Errorf("cellseal/pkcs11kek: a Key needs the token's label and its own")
	}
	return nil
}

// Create makes the key in the token: AES-256, sensitive, never extractable, for
// encryption and decryption alone. If there is one of that label already it
// is an error. Creates at the same time may make two; Open says so then.
func (m *Module) Create(ctx context.Context, k Key) error {
	if err := k.check(); err != nil {
		return err
	}
	return cancellable(ctx, func() error {
		return m.state().use(func(lib *pkcs11.Ctx, _ uint64) error {
			sh, err := login(lib, k, pkcs11.CKF_RW_SESSION)
			if err != nil {
				return unavailable(err)
			}
			defer lib.CloseSession(sh)
			found, err := find(lib, sh, k)
			if err != nil {
				return unavailable(err)
			}
			if len(found) > 0 {
				return fmt.Errorf("cellseal/pkcs11kek: token %q has a key %q already", k.Token, k.Label)
			}
			id := make([]byte, 16)
			rand.Read(id) // never fails: crypto/rand
			if _, err := lib.GenerateKey(sh, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_AES_KEY_GEN, nil)}, template(k, id)); err != nil {
				return unavailable(fmt.Errorf("cellseal/pkcs11kek: make key %q in token %q: %w", k.Label, k.Token, err))
			}
			return nil
		})
	})
}

func template(k Key, id []byte) []*pkcs11.Attribute {
	return []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_SECRET_KEY),
		pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, pkcs11.CKK_AES),
		pkcs11.NewAttribute(pkcs11.CKA_VALUE_LEN, 32),
		pkcs11.NewAttribute(pkcs11.CKA_LABEL, k.Label),
		pkcs11.NewAttribute(pkcs11.CKA_ID, id),
		pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true),
		pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, true),
		pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, true),
		pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, false),
		pkcs11.NewAttribute(pkcs11.CKA_ENCRYPT, true),
		pkcs11.NewAttribute(pkcs11.CKA_DECRYPT, true),
		pkcs11.NewAttribute(pkcs11.CKA_SIGN, false),
		pkcs11.NewAttribute(pkcs11.CKA_VERIFY, false),
		pkcs11.NewAttribute(pkcs11.CKA_WRAP, false),
		pkcs11.NewAttribute(pkcs11.CKA_UNWRAP, false),
		pkcs11.NewAttribute(pkcs11.CKA_DERIVE, false),
	}
}

// find returns the keys of that label, at most two.
func find(lib *pkcs11.Ctx, sh pkcs11.SessionHandle, k Key) ([]pkcs11.ObjectHandle, error) {
	err := lib.FindObjectsInit(sh, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_SECRET_KEY),
		pkcs11.NewAttribute(pkcs11.CKA_LABEL, k.Label),
	})
	if err != nil {
		return nil, fmt.Errorf("cellseal/pkcs11kek: look for key %q: %w", k.Label, err)
	}
	defer lib.FindObjectsFinal(sh)
	var all []pkcs11.ObjectHandle
	for len(all) < 2 { // a token may return them one by one
		some, _, err := lib.FindObjects(sh, 2)
		if err != nil {
			return nil, fmt.Errorf("cellseal/pkcs11kek: look for key %q: %w", k.Label, err)
		}
		if len(some) == 0 {
			break
		}
		all = append(all, some...)
	}
	return all, nil
}
