package cell

import (
	"encoding/binary"
)

// The first byte of a cell (FORMAT.md §4). None of them occurs in UTF-8.
const (
	formatUnbound       = 0xC0
	formatBound         = 0xC1
	formatBoundPadded   = 0xF5
	formatUnboundPadded = 0xF6
)

// Sizes in bytes.
const (
	// Overhead is what sealing adds to a plaintext, and the size of a token.
	Overhead = headerSize + commitSize + nonceSize + tagSize
	// OverheadUnbound is the same for an unbound row.
	OverheadUnbound = Overhead + saltSize
	// MaxPlaintext is the longest plaintext: 1 GiB.
	MaxPlaintext = 1 << 30

	headerSize = 1 + 4 + columnTagSize
	saltSize   = 16
	commitSize = 32
	nonceSize  = 12
	tagSize    = 16

	columnTagSize = 4
)

// header is what every cell says in clear.
type header struct {
	format byte
	keyID  uint32
	tag    [columnTagSize]byte
	size   int // of the header and the salt, up to the commitment
}

func (h header) bound() bool { return h.format == formatBound || h.format == formatBoundPadded }
func (h header) padded() bool {
	return h.format == formatBoundPadded || h.format == formatUnboundPadded
}

func formatOf(bound, padded bool) byte {
	switch {
	case bound && padded:
		return formatBoundPadded
	case bound:
		return formatBound
	case padded:
		return formatUnboundPadded
	}
	return formatUnbound
}

func appendHeader(dst []byte, h header) []byte {
	dst = append(dst, h.format)
	dst = binary.BigEndian.AppendUint32(dst, h.keyID)
	return append(dst, h.tag[:]...)
}

// parseHeader checks the format and the least length; it takes nothing on trust.
func parseHeader(sealed []byte) (header, error) {
	if len(sealed) < Overhead {
		return header{}, ErrDecrypt
	}
	h := header{
		format: sealed[0],
		keyID:  binary.BigEndian.Uint32(sealed[1:]),
		tag:    [columnTagSize]byte(sealed[5:]),
		size:   headerSize,
	}
	switch h.format {
	case formatBound, formatBoundPadded:
		return h, nil
	case formatUnbound, formatUnboundPadded:
		h.size += saltSize
		if len(sealed) >= OverheadUnbound {
			return h, nil
		}
	}
	return header{}, ErrDecrypt
}
