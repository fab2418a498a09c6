package cell

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a cell costs in allocations: a fresh row 4 (the row, two for its AES-GCM,
// the result), a further cell of it 1 (the result), and with room in dst none.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("under -race sync.Pool drops things at random")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // a collection empties sync.Pools

	d := home(t)
	plaintext := make([]byte, 100)
	row := NewRow(d, homeRow)
	sealed := row.Seal(homeColumn, plaintext)
	padded := row.SealPadded(homeColumn, plaintext, 16)
	room := make([]byte, 0, 500)
	unbound := NewUnbound(d)

	for _, c := range []struct {
		what string
		most float64
		f    func()
	}{
		{"Seal, fresh row", 4, func() { NewRow(d, homeRow).Seal(homeColumn, plaintext) }},
		{"Open, fresh row", 4, func() { mustOpen(NewRow(d, homeRow).Open(homeColumn, sealed)) }},
		{"Seal, further cell", 1, func() { row.Seal(homeColumn, plaintext) }},
		{"Open, further cell", 1, func() { mustOpen(row.Open(homeColumn, sealed)) }},
		{"Open padded, further cell", 1, func() { mustOpen(row.Open(homeColumn, padded)) }},
		{"AppendSeal, further cell", 0, func() { row.AppendSeal(room, homeColumn, plaintext) }},
		{"AppendOpen, further cell", 0, func() { mustOpen(row.AppendOpen(room, homeColumn, sealed)) }},
		{"AppendOpen padded, further cell", 0, func() { mustOpen(row.AppendOpen(room, homeColumn, padded)) }},
		{"Inspect", 0, func() { _, _ = Inspect(sealed) }},
		{"Stale", 0, func() { _, _ = Stale(d, sealed) }},
		{"AppendSeal, unbound", 4, func() { unbound.AppendSeal(room, homeColumn, plaintext) }},
	} {
		t.Run(c.what, func(t *testing.T) {
			require.LessOrEqual(t, testing.AllocsPerRun(200, c.f), c.most)
		})
	}
}

func mustOpen(_ []byte, err error) {
	if err != nil {
		panic(err)
	}
}

// A refused cell costs nothing that grows with what it claims to be.
func TestRefusingAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("under -race sync.Pool drops things at random")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	row := NewRow(home(t), homeRow)
	good := row.Seal(homeColumn, make([]byte, 10_000))
	for _, c := range []struct {
		what  string
		spoil func([]byte) []byte
	}{
		{"short", func(b []byte) []byte { return b[:20] }},
		{"of another format", func(b []byte) []byte { b[0] = 0xF9; return b }},
		{"of another column", func(b []byte) []byte { b[5] ^= 1; return b }},
		{"of a changed commitment", func(b []byte) []byte { b[20] ^= 1; return b }},
	} {
		sealed := c.spoil(append([]byte{}, good...))
		allocs := testing.AllocsPerRun(200, func() {
			if _, err := row.Open(homeColumn, sealed); err != ErrDecrypt {
				panic(err)
			}
		})
		require.Zero(t, allocs, c.what)
	}
}
