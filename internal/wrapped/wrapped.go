// Package wrapped wraps 32 secret bytes under a key, for a label: what keys/scopes stores of a scope's secrets, and
// keys/passphrase of a user's.
//
//	commitment = HMAC-SHA-256(K, 0x03 || nonce || label)
//	nonce      12 random bytes
//	ciphertext AES-256-GCM under HMAC-SHA-256(K, 0x02 || label), associated data head || label
//	tag
//
// The commitment ties it to one key: AES-GCM alone lets one ciphertext open under two, and so whoever can have one
// opened could try many passwords at once.
package wrapped

import (
	"context"
	"crypto/subtle"
	"errors"
	"slices"

	"github.com/cellseal/cellseal/internal/gcmkek"
	"github.com/cellseal/cellseal/internal/tree"
)

const (
	commitSize = 32
	nonceSize  = 12

	// Size is how long a wrapped secret is.
	Size = commitSize + nonceSize + tree.Size + 16
)

// ErrOpen says that what is wrapped does not open.
var ErrOpen = errors.New("cellseal: a wrapped secret does not open")

// Seal wraps a secret. Its nonce is random, so one key and label are for fewer than 2^32 secrets.
func Seal(k tree.Node, head []byte, label string, secret *[tree.Size]byte) ([]byte, error) {
	mac := tree.NewMAC(k)
	kek, err := wrapping(mac, label)
	if err != nil {
		return nil, err
	}
	sealed, err := kek.EncryptWithContext(context.Background(), secret[:], append(slices.Clip(head), label...))
	if err != nil {
		return nil, err
	}
	return append(commitment(mac, sealed, label), sealed...), nil
}

// Open is the inverse of Seal. The commitment is checked, in constant time, before GCM runs.
func Open(k tree.Node, head []byte, label string, wrapped []byte) (*[tree.Size]byte, error) {
	if len(wrapped) != Size {
		return nil, ErrOpen
	}
	mac := tree.NewMAC(k)
	if subtle.ConstantTimeCompare(commitment(mac, wrapped[commitSize:], label), wrapped[:commitSize]) == 0 {
		return nil, ErrOpen
	}
	kek, err := wrapping(mac, label)
	if err != nil {
		return nil, err
	}
	secret, err := kek.DecryptWithContext(context.Background(), wrapped[commitSize:], append(slices.Clip(head), label...))
	if err != nil || len(secret) != tree.Size {
		return nil, ErrOpen
	}
	return (*[tree.Size]byte)(secret), nil
}

func wrapping(mac *tree.MAC, label string) (gcmkek.KEK, error) {
	key := mac.Sum(tree.PurposeWrap, []byte(label))
	defer clear(key[:])
	return gcmkek.New(key[:])
}

func commitment(mac *tree.MAC, sealed []byte, label string) []byte {
	c := mac.Sum(tree.PurposeCommit, append(slices.Clone(sealed[:nonceSize]), label...))
	return c[:]
}
