package search

import "encoding/binary"

// DocInt returns the identity of a document that an integer names: 8 bytes, in the
// order of the integers.
func DocInt(id int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(id)^1<<63) }

// IntOf is the inverse of DocInt. It panics on other than 8 bytes.
func IntOf(doc []byte) int64 {
	if len(doc) != 8 {
		panic("cellseal/search: IntOf wants the 8 bytes of DocInt")
	}
	return int64(binary.BigEndian.Uint64(doc) ^ 1<<63)
}

// DocUUID returns the identity of a document that a UUID names: its 16 bytes. The
// index's option Doc is 16 then.
func DocUUID(id [16]byte) []byte { return id[:] }
