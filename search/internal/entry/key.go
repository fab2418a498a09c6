// Package entry makes the keys of a segment's entries: of words, grams and deletion
// variants (FORMAT.md §3), and keys whose order is the order of values (§4).
//
// Keys are unkeyed, because they never leave a sealed page or body. Text comes in
// transformed already.
package entry

import "crypto/sha256"

// Size is the length of a key of text, in bytes.
const Size = 16

// What a key is of: the first byte under the hash.
const (
	tagWord    = 0x01
	tagGram    = 0x02
	tagWhole   = 0x03
	tagVariant = 0x04
)

// keySet collects keys, each once and in the order they came in.
type keySet struct {
	seen map[[Size]byte]struct{}
	in   []byte
	keys [][]byte
}

func (s *keySet) add(tag byte, item string) {
	s.in = append(append(s.in[:0], tag), item...)
	sum := sha256.Sum256(s.in)
	key := [Size]byte(sum[:])
	if _, ok := s.seen[key]; ok {
		return
	}
	if s.seen == nil {
		s.seen = map[[Size]byte]struct{}{}
	}
	s.seen[key] = struct{}{}
	s.keys = append(s.keys, key[:])
}

// Whole returns the key of a whole value.
func Whole(text string) []byte {
	var s keySet
	s.add(tagWhole, text)
	return s.keys[0]
}
