package transform

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/rangetable"
)

// everyAssigned is every code point that Unicode 15.0 assigns, surrogates excepted,
// which no valid text holds.
var everyAssigned = sync.OnceValue(func() (list []rune) {
	rangetable.Visit(assignedTable(), func(r rune) {
		if utf8.ValidRune(r) {
			list = append(list, r)
		}
	})
	return list
})

// foldable are the code points that fold changes; marks those that normalization
// can put in another order. Nothing here may change with Go's tables.
var foldable = sync.OnceValue(func() []rune {
	return slices.DeleteFunc(slices.Clone(everyAssigned()), func(r rune) bool {
		s, err := fold(string(r))
		return err == nil && s == string(r)
	})
})

var marks = sync.OnceValue(func() []rune {
	return slices.DeleteFunc(slices.Clone(everyAssigned()), func(r rune) bool { return norm.NFC.PropertiesString(string(r)).CCC() == 0 })
})

// randomText is at most n code points of every sort, those that need care most often.
func randomText(r *rand.Rand, n int) string {
	var b strings.Builder
	below := func(n int) int { return int(r.Uint64() % uint64(n)) } // IntN may change
	for range below(n + 1) {
		from := [][]rune{everyAssigned(), foldable(), marks(), []rune("aZ09 .@\t\u00A0\u0345\u03B1")}[below(4)]
		b.WriteRune(from[below(len(from))])
	}
	return b.String()
}

func TestTheAssignedTableIsUnicode15(t *testing.T) {
	// 149 186 characters, 65 controls and 137 468 code points for private use.
	require.Len(t, everyAssigned(), 149186+65+137468)
	for r := rune(0); r < utf8.RuneSelf; r++ {
		require.True(t, unicode.Is(assignedTable(), r), "%U", r)
	}
}

// Tables older than the version that fold.v1 is frozen to would call what they do
// not know unfoldable.
func TestTablesAreNewEnough(t *testing.T) {
	for what, v := range map[string]string{"norm": norm.Version, "cases": cases.UnicodeVersion, "unicode": unicode.Version} {
		major, err := strconv.Atoi(strings.Split(v, ".")[0])
		require.NoError(t, err)
		require.GreaterOrEqual(t, major, 15, "%s has Unicode %s", what, v)
	}
}

// The digests hold what every index in the world is built with. If one of them
// changes, the tables under us have changed what a version of a transform does:
// freeze the old tables here; never change a digest.
func TestTransformsOfEveryAssignedCodePoint(t *testing.T) {
	for name, want := range map[Transform]string{
		Fold:   "bad6ca5d08c720dc7411d2371a12ab3e875fcbde8ce1631d1fe88115335cff69",
		Digits: "6909379dbd4d0087808eb9a265f29b5e12d3ec6e01ef2cd5e69f3f546fd971f3",
		Alnum:  "b0d482c46ec5c518925ce03e0492d1e14c8a3027a8b549c71b4dc8497b62da49",
		Space:  "171b283a4c40b551c693f96f90b2b778f73b8443f519567c31cc3b03337c347c",
	} {
		f, err := Compile(name)
		require.NoError(t, err)
		h := sha256.New()
		for _, r := range everyAssigned() {
			out, err := f(string(r))
			if err != nil {
				t.Fatalf("%s of %U: %v", name, r, err)
			}
			if again, err := f(out); err != nil || out != again {
				t.Fatalf("%s of %U is %+q and then %+q, %v", name, r, out, again, err)
			}
			record(h, string(r), out)
		}
		assert.Equal(t, want, hex.EncodeToString(h.Sum(nil)), "%s has changed", name)
	}
}

// The same for texts in which code points meet.
func TestTransformsOfRandomText(t *testing.T) {
	for name, want := range map[Transform]string{
		Fold:     "c272a2e31777c83f441eb0353d96f5d015a1a94ae2b917d6778a98bab10eebc6",
		Digits:   "87dd12dec65886c098f95f94fdd0ecc2630bf61b6b97ffea9eb102c50dca4a9a",
		Alnum:    "c2d5e1d78ac00b24ab86754fa23b04da9e54d8e6c7225e84e7dbfc6517e4f036",
		Space:    "9f2b2e162b306a5af2727d79e22afb2b04d4d32d8cdf1833cf99745439ce8b65",
		Trim:     "720de36e5d0a253ce244904380224292bfc93236dde5afc8488fd81e499e9a7e",
		Email:    "96f1741b1611639d81d312032bda65beed577c36408c3fd3dd0f4c33c5c25291",
		First(3): "2fd8acd538efdf22b3dba8e70ec4cb641f0f13cd63ca1e5c188972551e990685",
		Last(3):  "713cc369f5c589a970aed6a7be3c3e1546167e1ca2b419ee83931987c48dfff6",
	} {
		f, err := Compile(name)
		require.NoError(t, err)
		h := sha256.New()
		r := rand.New(rand.NewPCG(15, 0))
		for range 30000 {
			in := randomText(r, 12)
			if name == Email {
				in += "@" + randomText(r, 12)
			}
			out, err := f(in)
			if err != nil {
				require.ErrorIs(t, err, errEmail, "%s of %+q", name, in)
				record(h, in, "error")
				continue
			}
			require.True(t, utf8.ValidString(out))
			again, err := f(out)
			require.NoError(t, err, "%s of %+q", name, in)
			require.True(t, out == again, "%s of %+q is %+q and then %+q", name, in, out, again)
			record(h, in, out)
		}
		assert.Equal(t, want, hex.EncodeToString(h.Sum(nil)), "%s has changed", name)
	}
}

func record(h hash.Hash, in, out string) {
	for _, s := range []string{in, out} {
		h.Write(binary.AppendUvarint(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
}
