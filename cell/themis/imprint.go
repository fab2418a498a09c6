package themis

import (
	"crypto/aes"
	"crypto/cipher"
)

// Imprint encrypts the message without making it longer: AES-256-CTR under a
// key from key and length, and an IV from that key and the context. The same
// arguments give the same bytes. The context must not be empty, and must never
// serve two messages of one length: read the package's limits first.
func Imprint(key, message, context []byte) ([]byte, error) {
	if err := checkImprint(key, context); err != nil {
		return nil, err
	}
	if err := checkMessageLen(len(message)); err != nil {
		return nil, err
	}
	return imprint(key, message, context)
}

// Reveal undoes [Imprint]. It cannot notice a wrong key, a wrong context or
// changed data, and returns noise for them; only a length that no imprint has
// is [ErrDecrypt].
func Reveal(key, data, context []byte) ([]byte, error) {
	if err := checkImprint(key, context); err != nil {
		return nil, err
	}
	if checkMessageLen(len(data)) != nil {
		return nil, ErrDecrypt
	}
	return imprint(key, data, context)
}

func checkImprint(key, context []byte) error {
	if err := checkSecret(key, errEmptyKey); err != nil {
		return err
	}
	if len(context) == 0 {
		return errEmptyContext
	}
	return nil
}

// imprint is its own inverse, as CTR mode is.
func imprint(key, data, context []byte) ([]byte, error) {
	dk := kdf(key, keyLabel, le32(uint32(len(data))))
	block, err := aes.NewCipher(dk)
	if err != nil {
		return nil, err
	}
	iv := kdf(dk, ivLabel, context)[:aes.BlockSize]
	out := make([]byte, len(data))
	cipher.NewCTR(block, iv).XORKeyStream(out, data)
	return out, nil
}
