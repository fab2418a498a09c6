package cell

import "slices"

// Protect seals plaintext and cuts the cell in two: the ciphertext, exactly as
// long as the plaintext, for the binary column the plaintext had; and the token
// ([Overhead] bytes, [OverheadUnbound] unbound) for another column, table or
// database. Write both in one transaction: neither opens without the other.
func (r *Row) Protect(column string, plaintext []byte) (ciphertext, token []byte) {
	sealed := r.seal(nil, column, plaintext, false)
	head, tail := len(sealed)-tagSize-len(plaintext), len(sealed)-tagSize
	return slices.Clone(sealed[head:tail]), slices.Concat(sealed[:head], sealed[tail:])
}

// OpenProtected returns the plaintext that Protect split.
func (r *Row) OpenProtected(column string, ciphertext, token []byte) ([]byte, error) {
	h, err := parseHeader(token)
	if err != nil || h.padded() || len(token) != h.size+commitSize+nonceSize+tagSize {
		return nil, ErrDecrypt
	}
	head := len(token) - tagSize
	return r.Open(column, slices.Concat(token[:head], ciphertext, token[head:]))
}
