package themis

import (
	"crypto/aes"
	"crypto/cipher"
)

// Seal encrypts the message into a cell 44 bytes longer, with AES-256-GCM. The
// key may have any length but zero and should be 32 random bytes. The context
// may be empty; [Open] must be given the same.
func Seal(key, message, context []byte) ([]byte, error) {
	if err := checkSecret(key, errEmptyKey); err != nil {
		return nil, err
	}
	h, err := newHeader(len(message))
	if err != nil {
		return nil, err
	}
	return h.sealCell(key, message, context)
}

// Open returns the message of a cell made by [Seal], or [ErrDecrypt].
// Passphrase cells are not opened, whatever the key.
func Open(key, cell, context []byte) ([]byte, error) {
	if err := checkSecret(key, errEmptyKey); err != nil {
		return nil, err
	}
	return openCell(key, cell, context, keyHeaderLen)
}

func (h *header) sealCell(secret, message, context []byte) ([]byte, error) {
	cell := make([]byte, h.len(), h.len()+len(message)+tagLen)
	cell, err := h.seal(cell, secret, message, context)
	if err != nil {
		return nil, err
	}
	h.append(cell[:0])
	return cell, nil
}

func openCell(secret, cell, context []byte, headerLen int) ([]byte, error) {
	if len(cell) < headerLen {
		return nil, ErrDecrypt
	}
	return open(secret, cell[:headerLen], cell[headerLen:], context)
}

// seal appends the ciphertext to dst and sets the tag.
func (h *header) seal(dst, secret, message, context []byte) ([]byte, error) {
	gcm, err := h.gcm(secret, context)
	if err != nil {
		return nil, err
	}
	// GCM puts the tag behind the ciphertext, Themis in front.
	dst = gcm.Seal(dst, h.iv[:], message, context)
	end := len(dst) - tagLen
	copy(h.tag[:], dst[end:])
	return dst[:end:end], nil
}

// open is the only reader of headers. It allocates after the length the header
// claims has been found to be the length of the body.
func open(secret, head, body, context []byte) ([]byte, error) {
	h, ok := parseHeader(head)
	if !ok || uint64(h.messageLen) != uint64(len(body)) {
		return nil, ErrDecrypt
	}
	gcm, err := h.gcm(secret, context)
	if err != nil {
		return nil, err
	}
	sealed := make([]byte, 0, len(body)+tagLen)
	sealed = append(append(sealed, body...), h.tag[:]...)
	message, err := gcm.Open(sealed[:0], h.iv[:], sealed, context)
	if err != nil {
		return nil, ErrDecrypt
	}
	return message, nil
}

// gcm makes the cipher of one cell. [cipher.NewGCM] and not its random-nonce
// sister, since the tag stands between nonce and ciphertext anyway.
func (h *header) gcm(secret, context []byte) (cipher.AEAD, error) {
	key := secret
	if h.iterations > 0 {
		var err error
		if key, err = h.stretch(secret); err != nil {
			return nil, err
		}
	}
	dk := kdf(key, keyLabel, le32(h.messageLen), context)
	block, err := aes.NewCipher(dk[:h.keyBits/8])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
