package cell

import "bytes"

// SealPadded is [Row.Seal] with the plaintext's length hidden: it is padded to
// the smallest multiple of bucket, in bytes, that is longer than it. Readers need
// not know the bucket. It panics if bucket is less than 2, and above [MaxPlaintext].
func (r *Row) SealPadded(column string, plaintext []byte, bucket int) []byte {
	return r.AppendSealPadded(nil, column, plaintext, bucket)
}

// AppendSealPadded is [Row.SealPadded] that appends to dst.
func (r *Row) AppendSealPadded(dst []byte, column string, plaintext []byte, bucket int) []byte {
	padded := pad(plaintext, bucket)
	defer clear(padded)
	return r.seal(dst, column, padded, true)
}

// PaddedSize returns the length of a plaintext of n bytes once it is padded.
func PaddedSize(n, bucket int) int {
	if bucket < 2 || bucket > MaxPlaintext {
		panic("cellseal/cell: padding bucket outside 2 … 1 GiB")
	}
	if n < 0 || n >= MaxPlaintext {
		panic("cellseal/cell: plaintext longer than 1 GiB")
	}
	return (n/bucket + 1) * bucket
}

// pad is plaintext || 0x80 || 0x00… (ISO/IEC 7816-4).
func pad(plaintext []byte, bucket int) []byte {
	p := make([]byte, PaddedSize(len(plaintext), bucket))
	p[copy(p, plaintext)] = 0x80
	return p
}

// unpad takes the padding off dst[at:]. What it reads is authenticated already.
func unpad(dst []byte, at int) ([]byte, error) {
	p := bytes.TrimRight(dst[at:], "\x00")
	if len(p) == 0 || p[len(p)-1] != 0x80 {
		clear(dst[at:])
		return nil, ErrDecrypt
	}
	return dst[:at+len(p)-1], nil
}
