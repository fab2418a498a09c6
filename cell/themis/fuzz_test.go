package themis

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// FuzzHeader holds the parser against the layout written out in full, and
// against append: what is parsed has one spelling.
func FuzzHeader(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		h, ok := parseHeader(data)
		if want := writerMade(data); ok != want {
			t.Fatalf("parseHeader accepts: %v, a writer makes it: %v", ok, want)
		}
		if !ok {
			if h != (header{}) {
				t.Fatalf("fields of a refused header: %+v", h)
			}
			return
		}
		if again := h.append(nil); !bytes.Equal(again, data) || h.len() != len(data) {
			t.Fatalf("parsed %x, appended %x", data, again)
		}
	})
}

// writerMade is the layout of the format, and shares nothing with parseHeader.
func writerMade(b []byte) bool {
	if len(b) != 44 && len(b) != 70 {
		return false
	}
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
	if u32(4) != 12 || u32(8) != 16 || u32(12) == 0 || uint64(u32(12)) > maxMessageLen {
		return false
	}
	switch u32(0) {
	case 0x40010100, 0x400100c0, 0x40010080:
		return len(b) == 44
	case 0x41010100, 0x410100c0, 0x41010080:
		return len(b) == 70 && u32(16) == 22 && u32(48) >= 1 && u32(48) <= 4194304 && b[52] == 16 && b[53] == 0
	}
	return false
}

// FuzzOpen looks for panics, and for anything opened that a writer would have
// written otherwise.
func FuzzOpen(f *testing.F) {
	key, message, context := []byte("key"), []byte("message"), []byte("context")
	sealed, err := Seal(key, message, context)
	if err != nil {
		f.Fatal(err)
	}
	stretched, err := sealWithPassphrase(key, message, context, 1)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(key, sealed, context, uint8(keyHeaderLen))
	f.Add(key, stretched, context, uint8(passphraseHeaderLen))
	f.Fuzz(func(t *testing.T, key, cell, context []byte, cut uint8) {
		at := min(int(cut), len(cell))
		h, ok := parseHeader(cell[:at])
		if h.iterations > 1000 {
			t.Skip("slow")
		}
		check := func(got []byte, err error) {
			if err != nil {
				return
			}
			if !ok {
				t.Fatalf("opened a cell with a header no writer makes: %x", cell)
			}
			again, err := h.sealCell(key, got, context)
			if err != nil || !bytes.Equal(again, cell) {
				t.Fatalf("opened %x, which writes as %x (%v)", cell, again, err)
			}
		}
		check(OpenProtected(key, cell[at:], cell[:at], context))
		if at == keyHeaderLen {
			check(Open(key, cell, context))
		}
		if at == passphraseHeaderLen {
			check(OpenWithPassphrase(key, cell, context))
		}
		if got, err := Reveal(key, cell, context); err == nil {
			if again, err := Imprint(key, got, context); err != nil || !bytes.Equal(again, cell) {
				t.Fatalf("revealed %x, which imprints as %x (%v)", cell, again, err)
			}
		}
	})
}
