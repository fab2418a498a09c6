package themis

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
)

const (
	keyLabel = "Themis secure cell message key"
	ivLabel  = "Themis secure cell message iv"
)

// kdf is the first block of RFC 6189's KDF, which omits the output length here.
// Parts are joined as they are; that is unambiguous because at most the last
// one varies in length.
func kdf(key []byte, label string, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte{0, 0, 0, 1})
	mac.Write([]byte(label))
	mac.Write([]byte{0})
	for _, p := range parts {
		mac.Write(p)
	}
	return mac.Sum(nil)
}

func le32(n uint32) []byte {
	return binary.LittleEndian.AppendUint32(nil, n)
}
