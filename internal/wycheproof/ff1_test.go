package wycheproof

import (
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/c2sp/wycheproof"
	"github.com/cellseal/cellseal/internal/ff1"
)

// FF1 comes in two kinds of files: "radix" ones with lists of numerals, and
// "base" ones with strings over an alphabet.
type ff1Group struct {
	Radix    int
	Alphabet string
	Tests    []ff1Case
}

type ff1Case struct {
	TcID       int
	Comment    string
	Flags      []string
	Key, Tweak hexBytes
	Msg, Ct    json.RawMessage
	Result     string
}

// How a case can end. Only noUint16 is no run of our code: numerals below 0 or
// above 65535 cannot be passed to it.
const (
	bothWays   = "valid, right both ways"
	tooSmall   = "valid in the edition of 2016, refused: radix^length below 10^6"
	badKey     = "invalid, refused: key size"
	badLength  = "invalid, refused: message length"
	badNumeral = "invalid, refused: numeral not below the radix"
	noUint16   = "invalid, skipped: numeral that no uint16 holds"
	wrong      = "wrong"
)

func TestFF1(t *testing.T) {
	names, err := fs.Glob(wycheproof.TestVectors, "aes_ff1_*_test.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != 22 {
		t.Errorf("%d files, want 22: %v", len(names), names)
	}

	outcomes := map[string]int{}
	for _, name := range names {
		f, seen := load[ff1Group](t, name), 0
		for _, g := range f.TestGroups {
			for _, c := range g.Tests {
				seen++
				outcome := runFF1(t, g, c)
				outcomes[outcome]++
				if outcome == wrong {
					t.Errorf("%s: case %d (%s; %v; %s) went wrong", name, c.TcID, c.Comment, c.Flags, c.Result)
				}
			}
		}
		if seen != f.NumberOfTests {
			t.Errorf("%s: %d cases, but it announces %d", name, seen, f.NumberOfTests)
		}
	}

	for _, outcome := range slices.Sorted(maps.Keys(outcomes)) {
		t.Logf("%6d %s", outcomes[outcome], outcome)
	}
	want := map[string]int{
		bothWays:   49_102,
		tooSmall:   138,
		badKey:     110,
		badLength:  132,
		badNumeral: 5_577,
		noUint16:   2_187,
	}
	if !maps.Equal(outcomes, want) {
		t.Errorf("outcomes\n%v, want\n%v", outcomes, want)
	}
}

func runFF1(t *testing.T, g ff1Group, c ff1Case) string {
	message, fits := g.numerals(t, c.Msg)
	if !fits {
		if c.Result != "invalid" {
			return wrong
		}
		return noUint16
	}
	cipher, err := ff1.New(c.Key, g.Radix)
	if err != nil {
		return expect(c.Result == "invalid" && slices.Contains(c.Flags, "InvalidKeySize"), badKey)
	}

	encrypted, encryptErr := cipher.Encrypt(c.Tweak, message)
	if c.Result == "valid" && len(message) >= cipher.MinLen() {
		ciphertext, fits := g.numerals(t, c.Ct)
		decrypted, decryptErr := cipher.Decrypt(c.Tweak, ciphertext)
		return expect(fits && encryptErr == nil && decryptErr == nil &&
			slices.Equal(encrypted, ciphertext) && slices.Equal(decrypted, message), bothWays)
	}

	// What must not be encrypted must not be decrypted either.
	_, decryptErr := cipher.Decrypt(c.Tweak, message)
	refused := encryptErr != nil && decryptErr != nil && encrypted == nil
	switch {
	case c.Result == "valid":
		return expect(refused && slices.Contains(c.Flags, "SmallMessageSize"), tooSmall)
	case slices.Contains(c.Flags, "InvalidMessageSize"):
		return expect(refused && len(message) < cipher.MinLen(), badLength)
	case slices.Contains(c.Flags, "InvalidPlaintext"):
		return expect(refused, badNumeral)
	}
	return wrong
}

func expect(ok bool, outcome string) string {
	if ok {
		return outcome
	}
	return wrong
}

// numerals reads a message and tells whether our API can express it. A character
// outside the alphabet becomes the largest uint16: such files have small radices,
// so it is for FF1 to refuse it.
func (g ff1Group) numerals(t *testing.T, raw json.RawMessage) ([]uint16, bool) {
	t.Helper()
	if g.Alphabet == "" {
		var list []int64
		if err := json.Unmarshal(raw, &list); err != nil {
			t.Fatal(err)
		}
		x := make([]uint16, len(list))
		for i, numeral := range list {
			x[i] = uint16(numeral)
			if int64(x[i]) != numeral {
				return nil, false
			}
		}
		return x, true
	}

	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	if g.Radix > 256 || len(g.Alphabet) != g.Radix {
		t.Fatalf("alphabet of %d characters for radix %d", len(g.Alphabet), g.Radix)
	}
	x := make([]uint16, len(s))
	for i := range len(s) {
		x[i] = uint16(strings.IndexByte(g.Alphabet, s[i])) // -1 wraps to 65535
	}
	return x, true
}
