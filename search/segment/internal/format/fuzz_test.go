package format

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"
)

// Fuzzed plaintexts are sealed first, or nothing would get past authentication: what opens is exactly
// what would be written again.

func FuzzPending(f *testing.F) {
	v, roots := readVectors(f)
	s := Shape{16, 8}
	for _, p := range v.Pending {
		if plain, err := roots.open(p.Body, kindPending, uint64(v.Idx)); err == nil {
			f.Add(plain)
		}
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		_, _ = roots.OpenPending(v.Idx, s, 8, plain) // as it is
		r := roots[0]
		p, err := roots.OpenPending(v.Idx, s, 8, r.seal(r.pending, kindPending, plain, uint64(v.Idx)))
		if err != nil {
			return
		}
		again, err := roots.open(r.SealPending(v.Idx, s, 8, p), kindPending, uint64(v.Idx))
		require.NoError(t, err)
		require.True(t, bytes.Equal(plain, again))
	})
}

func FuzzManifest(f *testing.F) {
	v, roots := readVectors(f)
	for _, m := range v.Manifests {
		if plain, err := roots.open(m.Manifest, kindManifest, uint64(v.Idx), m.Ver); err == nil {
			f.Add(plain)
		}
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		_, _ = roots.OpenManifest(v.Idx, 1, plain)
		r := roots[0]
		c, err := roots.OpenManifest(v.Idx, 1, r.seal(r.manifest, kindManifest, plain, uint64(v.Idx), 1))
		if err != nil {
			return
		}
		again, err := roots.open(r.SealManifest(v.Idx, 1, c), kindManifest, uint64(v.Idx), 1)
		require.NoError(t, err)
		require.True(t, bytes.Equal(plain, again))
	})
}

func FuzzPage(f *testing.F) {
	_, roots := readVectors(f)
	pages := roots[0].Pages(5)
	f.Add([]byte{0, 1, 9}, uint16(30), uint16(1))
	f.Add([]byte{0, 2, 1, 2}, uint16(1), uint16(2))
	f.Add([]byte{255, 255}, uint16(516), uint16(3))
	f.Fuzz(func(t *testing.T, plain []byte, size, count uint16) {
		if size == 0 || int(count)*int(size) > pageRoom {
			return // what the manifest says is checked before
		}
		_, _ = pages.Open(7, plain, int(size), int(count))
		whole := make([]byte, plainSize)
		copy(whole, plain)
		items, err := pages.Open(7, pages.aead.Seal(nil, nil, whole, pages.bound(7)), int(size), int(count))
		if err != nil {
			return
		}
		require.Len(t, items, int(count)*int(size))
		require.Equal(t, count, binary.BigEndian.Uint16(whole))
		again, err := pages.aead.Open(nil, nil, pages.Seal(7, items, int(size)), pages.bound(7))
		require.NoError(t, err)
		require.True(t, bytes.Equal(whole, again))
	})
}
