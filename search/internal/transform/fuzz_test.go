package transform

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// fold either refuses a text or gives valid UTF-8 that it leaves as it is.
func FuzzFold(f *testing.F) {
	for _, s := range []string{
		"", "ABC", "Straße", "\u0130\u0345", "\u13A0\uAB70", "q\u0307\u0323", "\uFDFA", "\u1C89", "\xff", "\uFFFE", "\u1112\u1161\u11AB",
		"A" + strings.Repeat("\u0301\u0323", 20),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out, err := fold(s)
		switch {
		case !utf8.ValidString(s):
			if !errors.Is(err, ErrUTF8) {
				t.Fatalf("%q: %v", s, err)
			}
		case strings.ContainsFunc(s, func(r rune) bool { return !Assigned(r) }):
			if !errors.Is(err, errUnassigned) {
				t.Fatalf("%q: %v", s, err)
			}
		case err != nil:
			t.Fatalf("%q: %v", s, err)
		default:
			again, err := fold(out)
			if err != nil || again != out || !utf8.ValidString(out) {
				t.Fatalf("%+q gave %+q and then %+q, %v", s, out, again, err)
			}
		}
	})
}

// What email gives, email leaves as it is, and it has something around an @.
func FuzzEmail(f *testing.F) {
	for _, s := range []string{"A@B.", " a@b . ", "@", "a@@b", "\u037Aa@b", "a\uFF20b", "\u00A8@\u00A8", "a@b\u2024", "", " "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out, err := email(s)
		if err != nil || out == "" {
			return
		}
		if again, err := email(out); err != nil || again != out {
			t.Fatalf("%+q gave %+q and then %+q, %v", s, out, again, err)
		}
		at := strings.LastIndexByte(out, '@')
		if at < 1 || at == len(out)-1 || out[len(out)-1] == '.' || trim(out) != out {
			t.Fatalf("%+q gave %+q", s, out)
		}
		if folded, err := fold(out); err != nil || folded != out {
			t.Fatalf("%+q is not folded", out)
		}
	})
}

// The transforms that refuse nothing: each leaves its own output as it is, and
// what was UTF-8 stays UTF-8.
func FuzzPureTransforms(f *testing.F) {
	for _, s := range []string{" a\u3000b ", "\u0661 1\xff", "漢字e\u0301", "\xe6\xbc", "DE89 3704"} {
		f.Add(s, uint8(4))
	}
	f.Fuzz(func(t *testing.T, s string, n uint8) {
		n = n%64 + 1
		for _, name := range []Transform{Trim, Space, Digits, Alnum, First(int(n)), Last(int(n))} {
			out, err := Apply(s, name)
			if err != nil || utf8.ValidString(s) && !utf8.ValidString(out) || len(out) > len(s) {
				t.Fatalf("%s of %q gave %q, %v", name, s, out, err)
			}
			if again, err := Apply(out, name); err != nil || again != out {
				t.Fatalf("%s of %q gave %q and then %q, %v", name, s, out, again, err)
			}
		}
	})
}

// Reverse undoes itself, and refuses what is no text.
func FuzzReverse(f *testing.F) {
	for _, s := range []string{"", "abc", "e\u0301x", "漢字", "\xa9\xc3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out, err := reverse(s)
		if utf8.ValidString(s) != (err == nil) || err == nil && len(out) != len(s) {
			t.Fatalf("%q gave %q, %v", s, out, err)
		}
		if again, _ := reverse(out); err == nil && again != s {
			t.Fatalf("%q gave %q and then %q", s, out, again)
		}
	})
}

// What is in a value is in it after the transforms too, as long as they see both
// alike: ASCII has no combining marks that would join across the piece's ends.
func FuzzPieces(f *testing.F) {
	f.Add("  Ab  cD ", uint8(2), uint8(5))
	f.Add("a-1 \t b", uint8(1), uint8(3))
	f.Fuzz(func(t *testing.T, s string, from, to uint8) {
		for i := range len(s) {
			if s[i] >= utf8.RuneSelf {
				return
			}
		}
		if int(to) > len(s) || from > to {
			return
		}
		for _, name := range []Transform{Space, Fold, Digits, Alnum, Reverse} {
			piece, err := CompilePiece(name)
			if err != nil {
				t.Fatal(err)
			}
			whole, _ := piece(s)
			part, err := piece(s[from:to])
			if err != nil || !strings.Contains(whole, part) {
				t.Fatalf("%s: %q of %q became %q of %q, %v", name, s[from:to], s, part, whole, err)
			}
			value, err := Apply(s, name)
			if err != nil || !strings.Contains(whole, value) {
				t.Fatalf("%s of %q: %q as a value, %q as a piece", name, s, value, whole)
			}
		}
	})
}
