package cell

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// A target for every parser. Beside what is added here they start from the
// corpora in testdata/fuzz.

// What a header says is all that its bytes say.
func FuzzHeader(f *testing.F) {
	for sealed := range genuine(f) {
		f.Add([]byte(sealed))
	}
	f.Fuzz(func(t *testing.T, sealed []byte) {
		h, err := parseHeader(sealed)
		info, inspectErr := Inspect(sealed)
		require.Equal(t, err, inspectErr)
		if err != nil {
			require.Equal(t, ErrDecrypt, err)
			require.Zero(t, h)
			require.Zero(t, info)
			return
		}
		require.Equal(t, sealed[:headerSize], appendHeader(nil, h))
		require.Equal(t, formatOf(h.bound(), h.padded()), h.format)
		require.Equal(t, Info{h.format, h.keyID, h.tag, h.bound(), h.padded()}, info)
		require.GreaterOrEqual(t, len(sealed), h.size+commitSize+nonceSize+tagSize)
		require.Equal(t, h.bound(), h.size == headerSize)
	})
}

// genuine are the only cells, for one row and its unbound neighbour, that open
// in FuzzOpen. They are the independent writer's, so they are the same each time.
func genuine(f *testing.F) map[string]string {
	d, cells := newDraw("genuine"), map[string]string{}
	for _, k := range kinds {
		ref := refCell{
			node: refNode(f, firstKey, homePath...), keyID: firstKey.id, column: homeColumn,
			plaintext: []byte("a secret"), bucket: k.bucket, nonce: d.bytes(12), salt: d.bytes(16),
		}
		if k.bound {
			ref.row = homeRow
		}
		cells[string(ref.seal())] = "a secret"
		ref.plaintext, ref.nonce, ref.salt = nil, d.bytes(12), d.bytes(16)
		cells[string(ref.seal())] = ""
	}
	return cells
}

// Nothing panics, and nothing opens but what was sealed: whole, or cut in two at
// any places.
func FuzzOpen(f *testing.F) {
	cells := genuine(f)
	for sealed, plaintext := range cells {
		end := uint(len(sealed) - tagSize)
		f.Add([]byte(sealed), end-uint(len(plaintext)), end)
		f.Add([]byte(sealed[:len(sealed)-1]), uint(0), uint(0))
	}
	rows := []*Row{NewRow(home(f), homeRow), NewUnbound(home(f))}
	f.Fuzz(func(t *testing.T, sealed []byte, start, end uint) {
		end %= uint(len(sealed) + 1)
		start %= end + 1
		ciphertext, token := sealed[start:end], slices.Concat(sealed[:start], sealed[end:])
		want, known := cells[string(sealed)]
		opened := 0
		for _, row := range rows {
			out, err := row.Open(homeColumn, sealed)
			if err == nil {
				opened++
				require.True(t, known, "a forgery opens")
				require.Equal(t, want, string(out))
			} else {
				requireErrorOfOpen(t, out, err)
			}
			out, err = row.OpenProtected(homeColumn, ciphertext, token)
			if err == nil {
				require.True(t, known, "a forgery opens")
				require.Equal(t, want, string(out))
				require.Len(t, ciphertext, len(want))
				require.True(t, want == "" || int(end) == len(sealed)-tagSize, "cut elsewhere")
			} else {
				requireErrorOfOpen(t, out, err)
			}
		}
		require.Equal(t, known, opened == 1)
	})
}

func requireErrorOfOpen(t *testing.T, out []byte, err error) {
	t.Helper()
	require.Nil(t, out)
	if err != ErrDecrypt {
		var unknown *UnknownKeyError
		require.ErrorAs(t, err, &unknown)
		require.NotContains(t, []uint32{firstKey.id, secondKey.id}, unknown.ID)
	}
}

// Whatever is sealed opens, in its place and as it was.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("a secret"), "patients.email", []byte("\x0242"), 0)
	f.Add([]byte{}, "x", []byte{}, 16)
	f.Add([]byte("\x80\x00\x00"), "größe", []byte{0}, 2)
	d := home(f)
	f.Fuzz(func(t *testing.T, plaintext []byte, column string, id []byte, bucket int) {
		if column == "" {
			t.Skip("panics, as it should")
		}
		row := kind{bound: len(id) > 0}.row(d, id)
		sealed, n, overhead := row.Seal(column, plaintext), len(plaintext), OverheadUnbound
		if bucket >= 2 && bucket < 1<<16 {
			sealed, n = row.SealPadded(column, plaintext, bucket), PaddedSize(n, bucket)
			require.Zero(t, n%bucket)
			require.Greater(t, n, len(plaintext))
		}
		if len(id) > 0 {
			overhead = Overhead
		}
		require.Len(t, sealed, n+overhead)
		require.Equal(t, formatOf(len(id) > 0, n != len(plaintext)), sealed[0])
		out, err := row.Open(column, sealed)
		require.NoError(t, err)
		require.True(t, bytes.Equal(plaintext, out))
		out, err = row.Open(column+"x", sealed)
		requireRefused(t, out, err)

		ciphertext, token := row.Protect(column, plaintext)
		require.Len(t, ciphertext, len(plaintext))
		require.Len(t, token, overhead)
		out, err = row.OpenProtected(column, ciphertext, token)
		require.NoError(t, err)
		require.True(t, bytes.Equal(plaintext, out))
	})
}

// A text is read if Text writes it, and only then.
func FuzzText(f *testing.F) {
	for _, text := range []string{"", "AA", "AB", "wQAA", "wQ==", "wQ\n", "-_8", "+/8"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if out, err := ParseText(text); err == nil {
			require.Equal(t, text, Text(out))
		} else {
			requireRefused(t, out, err)
		}
		out, err := ParseText(Text([]byte(text)))
		require.NoError(t, err)
		require.Equal(t, text, string(out))
	})
}

// Numerals and the template are the whole text, in any alphabet.
func FuzzAlphabet(f *testing.F) {
	f.Add("0123456789", []byte("4111-1111"), true)
	f.Add("aé日😀", []byte("日é?"), false)
	f.Add("ab", []byte("\xff"), true)
	f.Fuzz(func(t *testing.T, chars string, text []byte, keep bool) {
		a, err := NewAlphabet("fuzz", chars)
		if err != nil {
			require.Nil(t, a)
			return
		}
		require.Equal(t, chars, a.Chars())
		template, numerals, err := a.numerals(text, keep)
		if err != nil {
			return
		}
		require.Equal(t, string(text), string(a.text(template, numerals)))
		if !keep {
			require.Len(t, numerals, len(template))
		}
		for _, n := range numerals {
			require.Less(t, int(n), len([]rune(chars)))
		}
	})
}

// What can be imprinted is revealed as it was, and what cannot be is an error
// either way.
func FuzzImprint(f *testing.F) {
	f.Add([]byte("sixteen letters!"), "", false, true)
	f.Add([]byte("4111-1111 1111/1111"), "0123456789", true, true)
	f.Add([]byte("αβγδεζ"), "αβγδεζηθ", false, false)
	f.Add([]byte("12345"), "0123456789", true, false)
	rows := map[bool]*Row{true: NewRow(home(f), homeRow), false: NewUnbound(home(f))}
	f.Fuzz(func(t *testing.T, plaintext []byte, chars string, keep, bound bool) {
		o := &ImprintOptions{KeepOthers: keep}
		if chars != "" {
			a, err := NewAlphabet("fuzz", chars)
			if err != nil {
				return
			}
			o.Alphabet = a
		}
		imprinted, err := rows[bound].Imprint(homeColumn, plaintext, o)
		if err != nil {
			var imprintErr *ImprintError
			require.ErrorAs(t, err, &imprintErr)
			require.Nil(t, imprinted)
			_, err = rows[bound].Reveal(homeColumn, plaintext, o)
			require.ErrorAs(t, err, &imprintErr)
			return
		}
		if o.Alphabet == nil {
			require.Len(t, imprinted, len(plaintext))
		} else {
			require.Equal(t, dots(o.Alphabet, string(plaintext)), dots(o.Alphabet, string(imprinted)))
		}
		out, err := rows[bound].Reveal(homeColumn, imprinted, o)
		require.NoError(t, err)
		require.True(t, bytes.Equal(plaintext, out))
	})
}
