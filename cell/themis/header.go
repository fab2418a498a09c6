package themis

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"math"
)

const (
	algGCM    = 0x40010000 // AES-GCM; the key size in bits is added
	algPBKDF2 = 0x01000000 // added when the key comes from a passphrase

	ivLen   = 12
	tagLen  = 16
	saltLen = 16
	kdfLen  = 4 + 2 + saltLen

	keyHeaderLen        = 4*4 + ivLen + tagLen
	passphraseHeaderLen = 5*4 + ivLen + tagLen + kdfLen

	maxIterations = 4_194_304

	// The format's limit, or on 32-bit machines what a slice can hold with
	// header and tag.
	maxMessageLen = min(math.MaxUint32, math.MaxInt-passphraseHeaderLen-tagLen)
)

// A header is all of a cell but its ciphertext, and all of a token:
//
//	algorithm | 12 | 16 | message length |      IV | tag
//	algorithm | 12 | 16 | message length | 22 | IV | tag | iterations | 16 | salt
//
// Numbers are 32 bits, little-endian, the salt length 16 bits. The second
// line is a passphrase cell; it is told from the first by iterations > 0.
type header struct {
	keyBits    uint32
	messageLen uint32
	iv         [ivLen]byte
	tag        [tagLen]byte
	iterations uint32
	salt       [saltLen]byte
}

// newHeader starts a cell for a message of n bytes. The IV is random because
// cells of one key, length and context share their AES key.
func newHeader(n int) (h header, err error) {
	if err := checkMessageLen(n); err != nil {
		return header{}, err
	}
	h.keyBits = 256
	h.messageLen = uint32(n)
	rand.Read(h.iv[:])
	return h, nil
}

func checkMessageLen(n int) error {
	switch {
	case n == 0:
		return errEmptyMessage
	case n > maxMessageLen:
		return errMessageTooLong
	}
	return nil
}

func (h *header) len() int {
	if h.iterations > 0 {
		return passphraseHeaderLen
	}
	return keyHeaderLen
}

func (h *header) append(b []byte) []byte {
	le := binary.LittleEndian
	alg := algGCM | h.keyBits
	if h.iterations > 0 {
		alg |= algPBKDF2
	}
	b = le.AppendUint32(b, alg)
	b = le.AppendUint32(b, ivLen)
	b = le.AppendUint32(b, tagLen)
	b = le.AppendUint32(b, h.messageLen)
	if h.iterations > 0 {
		b = le.AppendUint32(b, kdfLen)
	}
	b = append(b, h.iv[:]...)
	b = append(b, h.tag[:]...)
	if h.iterations > 0 {
		b = le.AppendUint32(b, h.iterations)
		b = le.AppendUint16(b, saltLen)
		b = append(b, h.salt[:]...)
	}
	return b
}

// parseHeader takes the variable fields from their only possible places and
// accepts if append writes the very same bytes. So the constant fields are
// checked without being read, and no header has a second spelling.
func parseHeader(b []byte) (h header, ok bool) {
	le := binary.LittleEndian
	ivAt := 4 * 4
	switch len(b) {
	case keyHeaderLen:
	case passphraseHeaderLen:
		ivAt = 5 * 4
		h.iterations = le.Uint32(b[ivAt+ivLen+tagLen:])
		copy(h.salt[:], b[passphraseHeaderLen-saltLen:])
	default:
		return header{}, false
	}
	h.keyBits = uint32(le.Uint16(b))
	h.messageLen = le.Uint32(b[12:])
	copy(h.iv[:], b[ivAt:])
	copy(h.tag[:], b[ivAt+ivLen:])

	switch h.keyBits {
	case 128, 192, 256:
	default:
		return header{}, false
	}
	if h.messageLen == 0 || uint64(h.messageLen) > maxMessageLen || h.iterations > maxIterations {
		return header{}, false
	}
	var again [passphraseHeaderLen]byte
	if !bytes.Equal(h.append(again[:0]), b) {
		return header{}, false
	}
	return h, true
}
