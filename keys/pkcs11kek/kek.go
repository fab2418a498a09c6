package pkcs11kek

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"

	"github.com/miekg/pkcs11"
	"github.com/tink-crypto/tink-go/v2/tink"
)

const (
	version = 1
	idSize  = 8
	ivSize  = 12
	tagSize = 16
	header  = 1 + idSize
)

// MaxPlaintext is how many bytes are sent to an HSM at most: what a ring or a
// grant can have (keys.MaxRingSize).
const MaxPlaintext = 1 << 20

// A KEK is a key in an HSM, and a tink.AEADWithContext: a keys.KEK. It is safe for
// concurrent use.
type KEK struct {
	_ [0]func()
	s *pool
}

var _ tink.AEADWithContext = (*KEK)(nil)

func (k *KEK) state() *pool {
	if k == nil || k.s == nil {
		panic("cellseal/pkcs11kek: zero KEK; use Module.Open")
	}
	return k.s
}

// ID is the key's id in ciphertexts, in hex.
func (k *KEK) ID() string { return hex.EncodeToString(k.state().id[:]) }

// Close closes the KEK's sessions, once calls under way have ended. The login
// ends with the last session that this process has with the token.
func (k *KEK) Close() error { return k.state().close() }

// EncryptWithContext implements tink.AEADWithContext.
func (k *KEK) EncryptWithContext(ctx context.Context, plaintext, ad []byte) ([]byte, error) {
	if len(plaintext) > MaxPlaintext {
		return nil, fmt.Errorf("cellseal/pkcs11kek: %d bytes: at most %d", len(plaintext), MaxPlaintext)
	}
	p := k.state()
	return p.do(ctx, plaintext, ad, func(lib *pkcs11.Ctx, s session, plaintext, ad []byte) ([]byte, error) {
		return encrypt(lib, s, p.id, plaintext, ad)
	})
}

// DecryptWithContext implements tink.AEADWithContext. What is refused is an
// [ErrDecrypt], or a [WrongKeyError] if the ciphertext names another key.
func (k *KEK) DecryptWithContext(ctx context.Context, ciphertext, ad []byte) ([]byte, error) {
	p := k.state()
	if len(ciphertext) < header+ivSize+tagSize || len(ciphertext) > header+ivSize+MaxPlaintext+tagSize || ciphertext[0] != version {
		return nil, ErrDecrypt
	}
	if id := ciphertext[1:header]; string(id) != string(p.id[:]) {
		return nil, &WrongKeyError{Want: hex.EncodeToString(id), Have: k.ID()}
	}
	return p.do(ctx, ciphertext, ad, func(lib *pkcs11.Ctx, s session, ciphertext, ad []byte) ([]byte, error) {
		return decrypt(lib, s, p.id, ciphertext, ad)
	})
}

// Format implements fmt.Formatter and prints nothing of the PIN or the sessions.
func (*KEK) Format(f fmt.State, _ rune) { fmt.Fprint(f, "pkcs11kek.KEK(redacted)") }

// LogValue implements slog.LogValuer, likewise.
func (*KEK) LogValue() slog.Value { return slog.StringValue("pkcs11kek.KEK(redacted)") }

// bind is the associated data that the token sees: the header, so that it is
// authenticated too, and the caller's.
func bind(id [idSize]byte, ad []byte) []byte {
	b := make([]byte, 0, header+len(ad))
	b = append(b, version)
	b = append(b, id[:]...)
	return append(b, ad...)
}

func encrypt(lib *pkcs11.Ctx, s session, id [idSize]byte, plaintext, ad []byte) ([]byte, error) {
	iv := make([]byte, ivSize)
	rand.Read(iv) // never fails: crypto/rand
	params := pkcs11.NewGCMParams(iv, bind(id, ad), 8*tagSize)
	defer params.Free()
	if err := lib.EncryptInit(s.handle, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_AES_GCM, params)}, s.key); err != nil {
		return nil, device(lib, s, err)
	}
	sealed, err := lib.Encrypt(s.handle, plaintext)
	if err != nil {
		return nil, device(lib, s, err)
	}
	// HSMs that allow no IV but their own write it where ours was.
	iv = params.IV()
	if len(iv) != ivSize || len(sealed) != len(plaintext)+tagSize {
		return nil, errors.New("cellseal/pkcs11kek: the token's AES-GCM is not one of 96-bit IVs and 128-bit tags")
	}
	out := make([]byte, 0, header+ivSize+len(sealed))
	out = append(out, version)
	out = append(out, id[:]...)
	out = append(out, iv...)
	return append(out, sealed...), nil
}

func decrypt(lib *pkcs11.Ctx, s session, id [idSize]byte, ciphertext, ad []byte) ([]byte, error) {
	iv, sealed := ciphertext[header:header+ivSize], ciphertext[header+ivSize:]
	params := pkcs11.NewGCMParams(iv, bind(id, ad), 8*tagSize)
	defer params.Free()
	if err := lib.DecryptInit(s.handle, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_AES_GCM, params)}, s.key); err != nil {
		return nil, device(lib, s, err)
	}
	plaintext, err := lib.Decrypt(s.handle, sealed)
	switch {
	case err == nil:
		// Some tokens give the length they reserved and not the plaintext's.
		if len(plaintext) < len(sealed)-tagSize {
			return nil, errors.New("cellseal/pkcs11kek: the token gave back less than was encrypted")
		}
		return plaintext[:len(sealed)-tagSize], nil
	case in(lostErrors, err), in(busyErrors, err), !alive(lib, s):
		return nil, device(lib, s, err)
	}
	return nil, fmt.Errorf("%w (%v)", ErrDecrypt, err)
}

// alive asks what only a device that is there knows: a wrong tag is the same
// CKR_GENERAL_ERROR to some tokens as a broken cable.
func alive(lib *pkcs11.Ctx, s session) bool {
	_, err := lib.GetSessionInfo(s.handle)
	return err == nil
}

// device is err, and that the device is lost if it is.
func device(lib *pkcs11.Ctx, s session, err error) error {
	if in(vagueErrors, err) && !alive(lib, s) {
		err = lost(err)
	}
	return fmt.Errorf("cellseal/pkcs11kek: AES-GCM: %w", err)
}
