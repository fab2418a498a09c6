package pkcs11kek

import (
	"errors"
	"fmt"

	"github.com/miekg/pkcs11"
)

// A session is one that is logged in and has found its key.
type session struct {
	handle pkcs11.SessionHandle
	key    pkcs11.ObjectHandle
	epoch  uint64 // of the module when it was opened
}

// open returns a session for the key, having looked at how that is guarded: a
// token may have been exchanged for another one of its name.
func (m *Module) open(k Key) (s session, id [idSize]byte, err error) {
	err = m.state().use(func(lib *pkcs11.Ctx, epoch uint64) (err error) {
		s.epoch = epoch
		if s.handle, err = login(lib, k, 0); err != nil {
			return err
		}
		defer func() {
			if err != nil {
				_ = lib.CloseSession(s.handle)
			}
		}()
		found, err := find(lib, s.handle, k)
		if err != nil {
			return err
		}
		switch len(found) {
		case 0:
			return fmt.Errorf("cellseal/pkcs11kek: token %q has no key %q: make it with Module.Create", k.Token, k.Label)
		case 1:
			s.key = found[0]
		default:
			return fmt.Errorf("cellseal/pkcs11kek: token %q has several keys %q: rename all but one", k.Token, k.Label)
		}
		id, err = verify(lib, s.handle, s.key, k)
		return err
	})
	if in(vagueErrors, err) { // there is no tag here that could be wrong
		err = lost(err)
	}
	return s, id, err
}

// login opens a session with the token of that label, and logs in unless the
// process is.
func login(lib *pkcs11.Ctx, k Key, flags uint) (pkcs11.SessionHandle, error) {
	slot, err := slot(lib, k.Token)
	if err != nil {
		return 0, err
	}
	if _, err := lib.GetMechanismInfo(slot, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_AES_GCM, nil)}); err == pkcs11.Error(pkcs11.CKR_MECHANISM_INVALID) {
		return 0, fmt.Errorf("cellseal/pkcs11kek: token %q has no AES-GCM (CKM_AES_GCM)", k.Token)
	}
	sh, err := lib.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION|flags)
	if err != nil {
		return 0, fmt.Errorf("cellseal/pkcs11kek: open a session with token %q: %w", k.Token, err)
	}
	if err := enter(lib, sh, k); err != nil {
		_ = lib.CloseSession(sh)
		return 0, err
	}
	return sh, nil
}

func enter(lib *pkcs11.Ctx, sh pkcs11.SessionHandle, k Key) error {
	info, err := lib.GetSessionInfo(sh)
	if err != nil {
		return fmt.Errorf("cellseal/pkcs11kek: session with token %q: %w", k.Token, err)
	}
	if info.State == pkcs11.CKS_RO_USER_FUNCTIONS || info.State == pkcs11.CKS_RW_USER_FUNCTIONS {
		return nil // a login holds for all of a process's sessions
	}
	pin, err := k.PIN()
	if err != nil {
		return fmt.Errorf("cellseal/pkcs11kek: PIN of token %q: %w", k.Token, err)
	}
	err = lib.Login(sh, pkcs11.CKU_USER, pin)
	switch {
	case err == nil, errors.Is(err, pkcs11.Error(pkcs11.CKR_USER_ALREADY_LOGGED_IN)): // by another goroutine meanwhile
		return nil
	case in(pinErrors, err):
		return &PINError{Token: k.Token, Err: err}
	}
	return fmt.Errorf("cellseal/pkcs11kek: log in to token %q: %w", k.Token, err)
}

// slot looks for the token by its label: slot numbers change from start to start.
func slot(lib *pkcs11.Ctx, token string) (uint, error) {
	slots, err := lib.GetSlotList(true)
	if err != nil {
		return 0, fmt.Errorf("cellseal/pkcs11kek: list of slots: %w", err)
	}
	var found []uint
	for _, s := range slots {
		if info, err := lib.GetTokenInfo(s); err == nil && info.Label == token {
			found = append(found, s)
		}
	}
	switch len(found) {
	case 0:
		return 0, fmt.Errorf("cellseal/pkcs11kek: no token %q in any slot: %w", token, pkcs11.Error(pkcs11.CKR_TOKEN_NOT_PRESENT))
	case 1:
		return found[0], nil
	}
	return 0, fmt.Errorf("cellseal/pkcs11kek: several tokens are called %q: rename all but one", token)
}
