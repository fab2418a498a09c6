package themis

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
)

// iterations is what Themis 0.15 writes; 0.13 and 0.14 wrote 200,000.
const iterations = 314_110

// SealWithPassphrase encrypts the message into a cell 70 bytes longer, under a
// key stretched from the passphrase by PBKDF2. It is slow, and meant to be.
func SealWithPassphrase(passphrase, message, context []byte) ([]byte, error) {
	return sealWithPassphrase(passphrase, message, context, iterations)
}

// OpenWithPassphrase returns the message of a cell made by
// [SealWithPassphrase], or [ErrDecrypt]. Cells of [Seal] are not opened.
func OpenWithPassphrase(passphrase, cell, context []byte) ([]byte, error) {
	if err := checkSecret(passphrase, errEmptyPassphrase); err != nil {
		return nil, err
	}
	return openCell(passphrase, cell, context, passphraseHeaderLen)
}

func sealWithPassphrase(passphrase, message, context []byte, iterations uint32) ([]byte, error) {
	if err := checkSecret(passphrase, errEmptyPassphrase); err != nil {
		return nil, err
	}
	h, err := newHeader(len(message))
	if err != nil {
		return nil, err
	}
	h.iterations = iterations
	rand.Read(h.salt[:])
	return h.sealCell(passphrase, message, context)
}

// stretch yields 32 bytes for every AES key size: they feed the kdf.
func (h *header) stretch(passphrase []byte) ([]byte, error) {
	return pbkdf2.Key(sha256.New, string(passphrase), h.salt[:], int(h.iterations), 32)
}
