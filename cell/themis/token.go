package themis

// Protect is [Seal] with the header apart: the ciphertext is as long as the
// message, and the 44-byte token goes where there is room for it. The token is
// no secret, but without it the message is lost.
func Protect(key, message, context []byte) (ciphertext, token []byte, err error) {
	if err := checkSecret(key, errEmptyKey); err != nil {
		return nil, nil, err
	}
	h, err := newHeader(len(message))
	if err != nil {
		return nil, nil, err
	}
	ciphertext, err = h.seal(make([]byte, 0, len(message)+tagLen), key, message, context)
	if err != nil {
		return nil, nil, err
	}
	return ciphertext, h.append(make([]byte, 0, keyHeaderLen)), nil
}

// OpenProtected returns the message of a ciphertext and the token [Protect]
// made with it, or [ErrDecrypt].
func OpenProtected(key, ciphertext, token, context []byte) ([]byte, error) {
	if err := checkSecret(key, errEmptyKey); err != nil {
		return nil, err
	}
	if len(token) != keyHeaderLen {
		return nil, ErrDecrypt
	}
	return open(key, token, ciphertext, context)
}
