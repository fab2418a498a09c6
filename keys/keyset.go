package keys

import (
	"bytes"
	"fmt"
	"iter"
	"log/slog"
	"slices"

	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/prf/hkdfprf"

	"github.com/cellseal/cellseal/internal/redact"
)

// A Keyset is the root keys of one ring: a Tink keyset of HKDF_PRF keys
// (HKDF-SHA-256, 32 bytes, no salt, RAW). It is immutable: every change returns
// a new Keyset, which [Ring.WithCellKeys] or [Ring.WithIndexKeys] puts in place.
//
// The life of a key:
//
//	Add      known, reads; not yet written with: store the ring, let every process load it
//	Promote  becomes the primary, which writes
//	Disable  no longer reads; what is still under it gives UnknownKeyError
//	Enable   takes Disable back
//	Remove   gone for good; only from disabled, and only when no backup needs it
type Keyset struct {
	_    [0]func()
	ring string // the ring it is of: in the other one it would open nothing
	h    *keyset.Handle
}

// Info says what may be known of a key without its secret.
type Info struct {
	ID      uint32 // as in every cell sealed under it
	Primary bool
	Enabled bool
}

func newKeyset(ring string) (*Keyset, error) {
	h, err := keyset.NewHandle(prf.HKDFSHA256PRFKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("cellseal/keys: new key: %w", err)
	}
	return &Keyset{ring: ring, h: h}, nil
}

// fromHandle refuses every kind of key but ours: a keyset that mixes in other
// primitives is a mistake better found here than in a cell nobody can open.
func fromHandle(ring string, h *keyset.Handle) (*Keyset, error) {
	if h == nil || h.Len() == 0 {
		return nil, fmt.Errorf("cellseal/keys: %s keyset: empty keyset handle", ring)
	}
	k := &Keyset{ring: ring, h: h}
	seen := map[uint32]bool{}
	for e := range k.entries() {
		if seen[e.KeyID()] || e.KeyID() == 0 { // 0 stands for the primary where an id is asked for
			return nil, fmt.Errorf("cellseal/keys: %s keyset: key id %d is zero, or stands there twice", ring, e.KeyID())
		}
		seen[e.KeyID()] = true
		key, ok := e.Key().(*hkdfprf.Key)
		if ok {
			p := key.Parameters().(*hkdfprf.Parameters)
			ok = p.HashType() == hkdfprf.SHA256 && p.KeySizeInBytes() == 32 && bytes.Equal(p.Salt(), nil)
		}
		if !ok || e.KeyStatus() != keyset.Enabled && e.KeyStatus() != keyset.Disabled {
			return nil, fmt.Errorf("cellseal/keys: %s keyset: key %d is not an enabled or disabled HKDF_PRF key (SHA-256, 32 bytes, no salt, RAW): create keysets with NewRing or Tink's template HKDF_SHA256_PRF", ring, e.KeyID())
		}
	}
	return k, nil
}

func (k *Keyset) handle() *keyset.Handle {
	if k == nil || k.h == nil {
		panic("cellseal/keys: zero Keyset; get one from a Ring")
	}
	return k.h
}

func (k *Keyset) isOf(ring string) bool {
	k.handle() // panics on a zero Keyset
	return k.ring == ring
}

func (k *Keyset) entries() iter.Seq[*keyset.Entry] {
	h := k.handle()
	return func(yield func(*keyset.Entry) bool) {
		for i := range h.Len() {
			e, err := h.Entry(i)
			if err != nil || !yield(e) {
				return
			}
		}
	}
}

// Keys lists the keys in the order they were added.
func (k *Keyset) Keys() iter.Seq[Info] {
	return func(yield func(Info) bool) {
		for e := range k.entries() {
			if !yield(Info{ID: e.KeyID(), Primary: e.IsPrimary(), Enabled: e.KeyStatus() == keyset.Enabled}) {
				return
			}
		}
	}
}

// Primary returns the id of the key that writes.
func (k *Keyset) Primary() uint32 {
	for i := range k.Keys() {
		if i.Primary {
			return i.ID
		}
	}
	panic("cellseal/keys: keyset without a primary") // Tink does not make one
}

// Handle returns the keyset for use with Tink.
func (k *Keyset) Handle() *keyset.Handle { return k.handle() }

// Add returns the keyset with a new random key, and the key's id. No key is ever
// derived from an older one. The new key reads, but does not write until it is
// promoted. Before an index keyset gets its second key, pin the unique indexes under
// the first (reseal.PinUnique behind the driver wrapper, else Schema.PinIndex): unpinned ones refuse to work from then on.
func (k *Keyset) Add() (*Keyset, uint32, error) {
	m := keyset.NewManagerFromHandle(k.handle())
	id, err := m.Add(prf.HKDFSHA256PRFKeyTemplate())
	if err != nil {
		return nil, 0, fmt.Errorf("cellseal/keys: add key: %w", err)
	}
	next, err := k.finish(m, nil)
	return next, id, err
}

// Promote makes an enabled key the primary.
func (k *Keyset) Promote(id uint32) (*Keyset, error) {
	i, err := k.find(id)
	if err != nil {
		return nil, err
	}
	if !i.Enabled {
		return nil, fmt.Errorf("cellseal/keys: key %d is disabled: Enable it before Promote", id)
	}
	m := keyset.NewManagerFromHandle(k.h)
	return k.finish(m, m.SetPrimary(id))
}

// Disable takes a key out of use without forgetting it. The primary cannot be
// disabled: promote another key first.
func (k *Keyset) Disable(id uint32) (*Keyset, error) {
	i, err := k.find(id)
	if err != nil {
		return nil, err
	}
	if i.Primary {
		return nil, fmt.Errorf("cellseal/keys: key %d is the primary: Promote another key before Disable", id)
	}
	m := keyset.NewManagerFromHandle(k.h)
	return k.finish(m, m.Disable(id))
}

// Enable puts a disabled key back into use.
func (k *Keyset) Enable(id uint32) (*Keyset, error) {
	if _, err := k.find(id); err != nil {
		return nil, err
	}
	m := keyset.NewManagerFromHandle(k.h)
	return k.finish(m, m.Enable(id))
}

// Remove forgets a disabled key for good: whatever is still under it, in the
// database or in a backup, is lost with it.
func (k *Keyset) Remove(id uint32) (*Keyset, error) {
	i, err := k.find(id)
	if err != nil {
		return nil, err
	}
	if i.Enabled {
		return nil, fmt.Errorf("cellseal/keys: key %d is enabled: Disable it, verify that nothing needs it, then Remove", id)
	}
	m := keyset.NewManagerFromHandle(k.h)
	return k.finish(m, m.Delete(id))
}

func (k *Keyset) find(id uint32) (Info, error) {
	all := slices.Collect(k.Keys())
	at := slices.IndexFunc(all, func(i Info) bool { return i.ID == id })
	if at < 0 {
		return Info{}, &UnknownKeyError{ID: id}
	}
	return all[at], nil
}

func (k *Keyset) finish(m *keyset.Manager, err error) (*Keyset, error) {
	if err != nil {
		return nil, fmt.Errorf("cellseal/keys: %w", err)
	}
	h, err := m.Handle()
	if err != nil {
		return nil, fmt.Errorf("cellseal/keys: %w", err)
	}
	return &Keyset{ring: k.ring, h: h}, nil
}

// Format implements fmt.Formatter and prints nothing secret.
func (Keyset) Format(f fmt.State, _ rune) { redact.Format(f, "keys.Keyset") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Keyset) LogValue() slog.Value { return redact.LogValue("keys.Keyset") }
