package format

import (
	"bytes"
	"encoding/binary"
)

// A Pending is what the body of a pending row says.
type Pending struct {
	Op   byte   // 1 added, 2 replaced, 3 removed
	Doc  []byte // Shape.Doc bytes
	Keys []byte // one after the other, ascending, each once
}

// room is for how many keys a body has room that holds n: the smallest of least, 2 least,
// 4 least, … that is enough.
func room(n, least int) int {
	c := least
	for c < n {
		c *= 2
	}
	return c
}

// SealPending returns the body of a pending row of the index idx.
func (r *Root) SealPending(idx int64, s Shape, least int, p Pending) []byte {
	n := len(p.Keys) / s.Key
	plain := make([]byte, 0, 1+s.Doc+4+room(n, least)*s.Key)
	plain = append(append(plain, p.Op), p.Doc...)
	plain = append(binary.BigEndian.AppendUint32(plain, uint32(n)), p.Keys...)
	return r.seal(r.pending, kindPending, plain[:cap(plain)], uint64(idx))
}

// OpenPending takes a body apart.
func (all Roots) OpenPending(idx int64, s Shape, least int, body []byte) (Pending, error) {
	plain, err := all.open(body, kindPending, uint64(idx))
	if err != nil {
		return Pending{}, err
	}
	head := 1 + s.Doc + 4
	if len(plain) < head || plain[0] < 1 || plain[0] > 3 {
		return Pending{}, errShape
	}
	n := uint64(binary.BigEndian.Uint32(plain[head-4:]))
	if n > uint64((len(plain)-head)/s.Key) || len(plain) != head+room(int(n), least)*s.Key {
		return Pending{}, errShape
	}
	end := head + int(n)*s.Key
	p := Pending{plain[0], plain[1 : 1+s.Doc], plain[head:end]}
	for at := s.Key; at < len(p.Keys); at += s.Key {
		if bytes.Compare(p.Keys[at-s.Key:at], p.Keys[at:at+s.Key]) >= 0 {
			return Pending{}, errShape
		}
	}
	if !allZero(plain[end:]) || p.Op == 3 && n > 0 {
		return Pending{}, errShape
	}
	return p, nil
}
