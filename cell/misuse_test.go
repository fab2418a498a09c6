package cell

import (
	"fmt"
	"math/bits"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
)

// Misuse panics and names its package; bad data never does.

// panicOf returns what f panics with, or "".
func panicOf(f func()) (message string) {
	defer func() {
		if p := recover(); p != nil {
			message = fmt.Sprint(p)
		}
	}()
	f()
	return ""
}

func requirePanic(t *testing.T, says string, f func()) {
	t.Helper()
	message := panicOf(f)
	require.Truef(t, strings.HasPrefix(message, "cellseal/cell: "), "panics with %q", message)
	require.Contains(t, message, says)
}

// methods are the methods of a Row that take a column.
var methods = map[string]func(r *Row, column string, data []byte){
	"Seal":             func(r *Row, column string, data []byte) { r.Seal(column, data) },
	"AppendSeal":       func(r *Row, column string, data []byte) { r.AppendSeal(nil, column, data) },
	"SealPadded":       func(r *Row, column string, data []byte) { r.SealPadded(column, data, 16) },
	"AppendSealPadded": func(r *Row, column string, data []byte) { r.AppendSealPadded(nil, column, data, 16) },
	"Open":             func(r *Row, column string, data []byte) { _, _ = r.Open(column, data) },
	"AppendOpen":       func(r *Row, column string, data []byte) { _, _ = r.AppendOpen(nil, column, data) },
	"Protect":          func(r *Row, column string, data []byte) { r.Protect(column, data) },
	"OpenProtected":    func(r *Row, column string, data []byte) { _, _ = r.OpenProtected(column, nil, data) },
	"Imprint":          func(r *Row, column string, data []byte) { _, _ = r.Imprint(column, data, nil) },
	"Reveal":           func(r *Row, column string, data []byte) { _, _ = r.Reveal(column, data, nil) },
	"pinned Imprint": func(r *Row, column string, data []byte) {
		_, _ = r.Imprint(column, data, &ImprintOptions{KeyID: firstKey.id, Alphabet: Digits})
	},
	"pinned Reveal": func(r *Row, column string, data []byte) {
		_, _ = r.Reveal(column, data, &ImprintOptions{KeyID: firstKey.id, Alphabet: Digits})
	},
}

func TestZeroRowPanics(t *testing.T) {
	token := NewRow(home(t), homeRow).Seal(homeColumn, nil)
	for _, r := range []*Row{nil, {}} {
		for name, f := range methods {
			t.Run(name, func(t *testing.T) {
				requirePanic(t, "zero Row", func() { f(r, homeColumn, token) })
			})
		}
		requirePanic(t, "zero Row", func() { r.PrimaryID() })
	}
}

func TestEmptyColumnPanics(t *testing.T) {
	for _, r := range []*Row{NewRow(home(t), homeRow), NewUnbound(home(t))} {
		for _, data := range [][]byte{r.Seal(homeColumn, nil), []byte("no cell, but of some length, so that it might be")} {
			for name, f := range methods {
				if name == "OpenProtected" && len(data) != Overhead && len(data) != OverheadUnbound {
					continue // refused for its length
				}
				t.Run(name, func(t *testing.T) {
					requirePanic(t, "empty column", func() { f(r, "", data) })
				})
			}
		}
	}
}

func TestEmptyRowPanics(t *testing.T) {
	for _, row := range [][]byte{nil, {}} {
		requirePanic(t, "empty row", func() { NewRow(home(t), row) })
	}
}

// Only a compartment of the cells ring has cells.
func TestWrongDerivedPanics(t *testing.T) {
	ring := ringOf(t, firstKey)
	index, err := ring.Index(t.Context(), keys.Table("patients"), keys.Index("email", "exact", ""))
	require.NoError(t, err)
	sealed := NewRow(derive(t, ring, homePath...), homeRow).Seal(homeColumn, nil)
	for name, d := range map[string]*keys.Derived{
		"the ring itself": derive(t, ring),
		"a scope":         derive(t, ring, homePath[:1]...),
		"a table":         derive(t, ring, homePath[:2]...),
		"an index":        index,
	} {
		t.Run(name, func(t *testing.T) {
			requirePanic(t, "Derived of a compartment", func() { NewRow(d, homeRow) })
			requirePanic(t, "Derived of a compartment", func() { NewUnbound(d) })
			requirePanic(t, "Derived of a compartment", func() { _, _ = Stale(d, sealed) })
		})
	}
	for _, d := range []*keys.Derived{nil, {}} {
		require.Contains(t, panicOf(func() { NewRow(d, homeRow) }), "cellseal/keys: zero Derived")
		require.Contains(t, panicOf(func() { NewUnbound(d) }), "cellseal/keys: zero Derived")
	}
}

func TestRowIDPanics(t *testing.T) {
	requirePanic(t, "no columns", func() { RowID() })
	requirePanic(t, "names column id twice", func() { RowID(BindInt("id", 1), BindText("a", ""), BindInt("id", 1)) })
}

func TestZeroAlphabetPanics(t *testing.T) {
	for _, value := range []string{"", "123456"} {
		requirePanic(t, "zero Alphabet", func() {
			_, _ = NewRow(home(t), homeRow).Imprint(homeColumn, []byte(value), &ImprintOptions{Alphabet: &Alphabet{}})
		})
	}
}

func TestPaddingPanics(t *testing.T) {
	r := NewRow(home(t), homeRow)
	for _, bucket := range []int{-1, 0, 1, MaxPlaintext + 1} {
		requirePanic(t, "bucket", func() { PaddedSize(3, bucket) })
		requirePanic(t, "bucket", func() { r.SealPadded(homeColumn, []byte("abc"), bucket) })
	}
	for _, n := range []int{-1, MaxPlaintext, MaxPlaintext + 1} {
		requirePanic(t, "plaintext", func() { PaddedSize(n, 16) })
	}
}

func TestTooLongPlaintextPanics(t *testing.T) {
	if testing.Short() || bits.UintSize == 32 || raceEnabled {
		t.Skip("needs an allocation of 1 GiB, which -race would touch and 386 may not have")
	}
	r := NewRow(home(t), homeRow)
	long := make([]byte, MaxPlaintext+1) // never written to, so mapped and no more
	for name, f := range methods {
		switch name {
		case "Seal", "AppendSeal", "SealPadded", "AppendSealPadded", "Protect":
			requirePanic(t, "1 GiB", func() { f(r, homeColumn, long) })
		}
	}
	// The first length that padding makes too long.
	requirePanic(t, "1 GiB", func() { r.SealPadded(homeColumn, long[:MaxPlaintext], 2) })
}
