package tree

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"sync"
)

// Size is the length of a node, and of everything derived from it, in bytes.
const Size = sha256.Size

// MAC is HMAC-SHA-256 under one node for callers that derive often from it. The
// two keyed hash states are computed once per pooled state and then restored
// (FIPS 198-1 §6), which halves the work for the short inputs used here.
// It is safe for concurrent use.
type MAC struct{ states sync.Pool }

type macState struct {
	h   hash.Hash
	in  []byte // a copy of the input: what goes through an interface escapes
	out [Size]byte
}

func newMAC(secret *[Size]byte) *MAC {
	m := new(MAC)
	m.states.New = func() any {
		h := hmac.New(sha256.New, secret[:])
		h.Reset() // makes the standard library keep the keyed states
		return &macState{h: h}
	}
	return m
}

// Sum returns HMAC-SHA-256(node, purpose || data). Every use of a node has its
// own purpose byte, so no two uses can ever meet on one input.
func (m *MAC) Sum(purpose byte, data []byte) [Size]byte {
	s := m.states.Get().(*macState)
	s.in = append(append(s.in[:0], purpose), data...)
	s.h.Reset()
	s.h.Write(s.in)
	s.h.Sum(s.out[:0])
	out := s.out
	clear(s.out[:])
	clear(s.in)
	m.states.Put(s)
	return out
}

// The purpose bytes of keys/FORMAT.md §2, cell/FORMAT.md §3 and §7, and search/FORMAT.md §1.
const (
	PurposeChild  = 0x00
	PurposeScope  = 0x01 // a scope with a secret of its own
	PurposeWrap   = 0x02 // what such a secret is wrapped under
	PurposeCommit = 0x03

	PurposeRow     = 0x10
	PurposeImprint = 0x12
	PurposeFPE     = 0x13
	PurposeSalt    = 0x14
	PurposeTerm    = 0x20

	PurposeHeadPlace = 0x21 // smoothed
	PurposeRowPlace  = 0x22
	PurposeToken     = 0x23
	PurposeProfile   = 0x24

	PurposeManifest = 0x28 // segments
	PurposePending  = 0x29
	PurposeSegment  = 0x2A

	PurposePad     = 0x30 // sum
	PurposeCounter = 0x31

	PurposeJoin     = 0x38
	PurposeSearchID = 0x39
	PurposePublic   = 0x3A
	PurposeShared   = 0x3B
)

func child(node *[Size]byte, label string) *[Size]byte {
	h := hmac.New(sha256.New, node[:])
	h.Write(append([]byte{PurposeChild}, label...))
	out := new([Size]byte)
	h.Sum(out[:0])
	return out
}

// scoped is the node of a scope with a secret: the label has its length before it, so that no label and
// secret are another label and secret.
func scoped(node *[Size]byte, label string, secret *[Size]byte) *[Size]byte {
	in := binary.AppendUvarint([]byte{PurposeScope}, uint64(len(label)))
	in = append(append(in, label...), secret[:]...)
	defer clear(in)
	h := hmac.New(sha256.New, node[:])
	h.Write(in)
	out := new([Size]byte)
	h.Sum(out[:0])
	return out
}
