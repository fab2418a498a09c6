package pkcs11kek

import (
	"errors"
	"fmt"
	"strings"

	"github.com/miekg/pkcs11"

	"github.com/cellseal/cellseal/keys/kek"
)

// AttributeError says that a key is not guarded as a key-encryption key must be.
type AttributeError struct {
	Token, Label string
	Wrong        []string // such as "CKA_EXTRACTABLE is true"
}

func (e *AttributeError) Error() string {
	return fmt.Sprintf("cellseal/pkcs11kek: key %q of token %q: %s: make another one with Create, and encrypt the ring under that", e.Label, e.Token, strings.Join(e.Wrong, ", "))
}

// PINError says that the token did not take the PIN. It is not tried again by the
// same KEK: tokens lock themselves after a few wrong ones.
type PINError struct {
	Token string
	Err   error // a pkcs11.Error, such as CKR_PIN_INCORRECT
}

func (e *PINError) Error() string {
	return fmt.Sprintf("cellseal/pkcs11kek: token %q refuses the PIN, which is not tried again: put it right and open the KEK anew: %v", e.Token, e.Err)
}

func (e *PINError) Unwrap() error { return e.Err }

// WrongKeyError says that a ciphertext names another key than the KEK's.
type WrongKeyError struct{ Want, Have string } // key ids, in hex

func (e *WrongKeyError) Error() string {
	return fmt.Sprintf("cellseal/pkcs11kek: this was encrypted under key %s, and the KEK is key %s: open the token and label it was encrypted with", e.Want, e.Have)
}

// ErrDecrypt says that a ciphertext was changed, or has other associated data; the
// token does not tell which.
var ErrDecrypt = errors.New("cellseal/pkcs11kek: not a ciphertext of this key with this associated data")

// What the token's answers mean (PKCS#11 v2.40 §5.1).
var (
	pinErrors = set(pkcs11.CKR_PIN_INCORRECT, pkcs11.CKR_PIN_INVALID, pkcs11.CKR_PIN_LEN_RANGE,
		pkcs11.CKR_PIN_EXPIRED, pkcs11.CKR_PIN_LOCKED, pkcs11.CKR_USER_PIN_NOT_INITIALIZED)

	// The session, the login or the device is gone: another session may do.
	lostErrors = set(pkcs11.CKR_SESSION_HANDLE_INVALID, pkcs11.CKR_SESSION_CLOSED, pkcs11.CKR_USER_NOT_LOGGED_IN,
		pkcs11.CKR_DEVICE_REMOVED, pkcs11.CKR_DEVICE_ERROR, pkcs11.CKR_TOKEN_NOT_PRESENT, pkcs11.CKR_TOKEN_NOT_RECOGNIZED,
		pkcs11.CKR_CRYPTOKI_NOT_INITIALIZED, pkcs11.CKR_KEY_HANDLE_INVALID, pkcs11.CKR_OBJECT_HANDLE_INVALID,
		pkcs11.CKR_SLOT_ID_INVALID, pkcs11.CKR_OPERATION_NOT_INITIALIZED, pkcs11.CKR_OPERATION_ACTIVE)

	// The HSM works and has no room just now.
	busyErrors = set(pkcs11.CKR_SESSION_COUNT, pkcs11.CKR_HOST_MEMORY, pkcs11.CKR_DEVICE_MEMORY)

	// Said of a wrong tag as of a dead device.
	vagueErrors = set(pkcs11.CKR_GENERAL_ERROR, pkcs11.CKR_FUNCTION_FAILED)
)

func set(all ...pkcs11.Error) map[pkcs11.Error]bool {
	m := map[pkcs11.Error]bool{}
	for _, e := range all {
		m[e] = true
	}
	return m
}

func in(s map[pkcs11.Error]bool, err error) bool {
	var e pkcs11.Error
	return errors.As(err, &e) && s[e]
}

// lost is a vague error that was found to mean that the device is gone.
func lost(err error) error { return fmt.Errorf("%w (%w)", pkcs11.Error(pkcs11.CKR_DEVICE_ERROR), err) }

// unavailable is err for the caller, when nothing more can be done here.
func unavailable(err error) error {
	if in(busyErrors, err) || in(lostErrors, err) {
		return &kek.UnavailableError{Attempts: 1, Throttled: in(busyErrors, err), Err: err}
	}
	return err
}
