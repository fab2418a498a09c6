package passphrase

import (
	"context"
	"crypto/hpke"
	"errors"
	"fmt"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

// A Recovery is a copy of a user's secret for when the password is forgotten. Who holds its key can open what the user
// alone could, without being asked: leave it out where nobody is to. It is under a KEK, or under a public key
// whose private half is somewhere safe, off line: then the service itself can make copies, and open none.
type Recovery struct {
	Name      string         // tells copies apart, as in "escrow-2026"
	KEK       keys.KEK       // or
	PublicKey hpke.PublicKey // RFC 9180; hpke.MLKEM768X25519() or hpke.DHKEM(ecdh.X25519()) make keys
}

// copied is a stored copy.
type copied struct {
	Name string `json:"name"`
	KEK  []byte `json:"kek,omitempty"`
	HPKE []byte `json:"hpke,omitempty"` // encapsulated key || ciphertext, HKDF-SHA-256, AES-256-GCM
}

func recoveryAD(scope keys.Label) []byte {
	return append([]byte("cellseal/v1/secret/recovery\x00"), scope...)
}

func (r Recovery) copy(ctx context.Context, s *Secret) (c copied, err error) {
	c.Name = r.Name
	ad := recoveryAD(s.state().scope)
	switch {
	case r.Name == "" || len(r.Name) > 255 || (r.KEK == nil) == (r.PublicKey == nil):
		return c, errors.New("cellseal/passphrase: a Recovery has a name of 1 to 255 bytes, and either a KEK or a PublicKey")
	case r.KEK != nil:
		c.KEK, err = r.KEK.EncryptWithContext(ctx, s.state().bytes[:], ad)
	default:
		c.HPKE, err = hpke.Seal(r.PublicKey, hpke.HKDFSHA256(), hpke.AES256GCM(), ad, s.state().bytes[:])
	}
	if err != nil {
		return c, fmt.Errorf("cellseal/passphrase: recovery %s: %w", r.Name, err)
	}
	return c, nil
}

// Recover returns a scope's secret from its copy under a KEK. [Guard.Lock] then gives it a new password.
//
// A copy says nothing of who made it: who can write where it is stored can put another user's whole record or, under
// a public key, a secret of his own in its place. What was sealed with the right one does not open then.
func Recover(ctx context.Context, scope keys.Label, stored []byte, name string, kek keys.KEK) (*Secret, error) {
	c, err := copyOf(stored, name, scope)
	if err != nil {
		return nil, err
	}
	bytes, err := kek.DecryptWithContext(ctx, c.KEK, recoveryAD(scope))
	return recovered(scope, bytes, err)
}

// RecoverHPKE is [Recover] from a copy under a public key.
func RecoverHPKE(scope keys.Label, stored []byte, name string, private hpke.PrivateKey) (*Secret, error) {
	c, err := copyOf(stored, name, scope)
	if err != nil {
		return nil, err
	}
	bytes, err := hpke.Open(private, hpke.HKDFSHA256(), hpke.AES256GCM(), recoveryAD(scope), c.HPKE)
	return recovered(scope, bytes, err)
}

func copyOf(stored []byte, name string, scope keys.Label) (copied, error) {
	f, err := parseGuarded(stored)
	if err == nil {
		err = isScope(scope)
	}
	if err != nil {
		return copied{}, err
	}
	for _, c := range f.Recovery {
		if c.Name == name {
			return c, nil
		}
	}
	return copied{}, errors.New("cellseal/passphrase: there is no recovery of that name: it is given to Guard.New")
}

// ErrRecovery says that a copy does not open: it is under another key, of another scope, or damaged.
var ErrRecovery = errors.New("cellseal/passphrase: the recovery does not open: it is under another key, of another scope, or damaged")

func recovered(scope keys.Label, bytes []byte, err error) (*Secret, error) {
	if err != nil || len(bytes) != tree.Size {
		return nil, ErrRecovery
	}
	return newSecret(scope, (*[tree.Size]byte)(bytes)), nil
}
