package entry

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/value"
)

// testdata/formats-text.json of package search are the published vectors of FORMAT.md §3
// and §4. They change only when something is added.
var update = flag.Bool("update", false, "write the vectors anew")

const vectorsFile = "../../testdata/formats-text.json"

type vectors struct {
	About []string      `json:"about"`
	Text  []textVector  `json:"text"`
	Order []orderVector `json:"order"`
}

// A textVector is the keys of one transformed text, in a document or asked for.
type textVector struct {
	Of    string   `json:"of"`
	Text  string   `json:"text_hex"`
	Tag   byte     `json:"tag"`
	Items []string `json:"items_hex"` // what is hashed, in order, each once
	Keys  []string `json:"keys_hex"`
}

type orderVector struct {
	Type  string `json:"type"`
	Value string `json:"value"`
	Key   string `json:"key_hex"`
}

func TestVectors(t *testing.T) {
	v := vectors{About: []string{
		"Keys of entries in segments, format version 1: of words, grams, whole values and deletion variants, and of ordered values.",
		"Texts are transformed already. A document's keys in an index of words are those of its words and of its whole value.",
	}}
	for _, text := range []string{
		"a", "Siobhán O\u2019Donnell, b. 3.14", "don't e.g. l\u00B7l a\u0301'b", "\u0661\u0662.\u0663 漢字\U0001D400", "aaaa",
		strings.Repeat("\u00E9", 65), strings.Repeat("a", 63) + "'b", "a\u1C89b", " - ", "the end. The end",
	} {
		var distinct []string
		for w := range Words(text) {
			if !slices.Contains(distinct, w) {
				distinct = append(distinct, w)
			}
		}
		v.add("words", text, tagWord, distinct, WordKeys(text)[1:])
		v.add("whole", text, tagWhole, []string{text}, [][]byte{Whole(text)})
		v.add("substring, a value", text, tagGram, gramsByHand("\x02"+text+"\x03"), must(Grams(text, true, true)))
		if len(text) > 3 {
			v.add("substring, asked for anywhere", text, tagGram, gramsByHand(text), must(Grams(text, false, false)))
			v.add("substring, asked for in front", text, tagGram, gramsByHand("\x02"+text), must(Grams(text, true, false)))
			v.add("substring, asked for at the end", text, tagGram, gramsByHand(text+"\x03"), must(Grams(text, false, true)))
		}
		v.add("fuzzy", text, tagVariant, variantsByHand(distinct), VariantKeys(text))
	}
	zone := time.FixedZone("", -17762)
	for _, c := range []struct {
		typ    value.Type
		values []any
	}{
		{value.Bool, []any{false, true}},
		{value.Int, []any{int64(math.MinInt64), int64(-1), int64(0), int64(1), int64(math.MaxInt64)}},
		{value.Uint, []any{uint64(0), uint64(1), uint64(math.MaxUint64)}},
		{value.Float32, []any{float32(math.Inf(-1)), float32(-1.5), float32(0), float32(math.SmallestNonzeroFloat32), float32(math.MaxFloat32)}},
		{value.Float64, []any{math.Inf(-1), -1.5, math.Copysign(0, -1), 0.0, math.SmallestNonzeroFloat64, 0.1, math.MaxFloat64, math.Inf(1)}},
		{value.Time, []any{time.Time{}, time.Date(1883, 11, 18, 12, 3, 58, 7, zone), time.Unix(-1, 999999999), time.Unix(0, 0), time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)}},
		{value.UUID, []any{"f81d4fae-7dec-11d0-a765-00a0c91e6bf6"}},
		{value.Decimal, []any{
			"-1e32766", "-12345678901234567890123456789", "-100", "-99.5", "-1.5", "-1", "-0.001", "-1e-32769", "0", "1e-32769", "0.001", "1", "1.05", "1.5", "9", "10", "99.5", "100",
			"12345678901234567890123456", "12345678901234567890123456789", "1e32766",
		}},
		{value.Text, []any{"", "abc", "0123456789abcde漢", "0123456789abcdefg"}},
		{value.Bytes, []any{"\x00\xff"}},
	} {
		for _, in := range c.values {
			name := fmt.Sprint(in)
			if at, ok := in.(time.Time); ok {
				name = at.Format(time.RFC3339Nano)
			}
			if c.typ == value.Bytes || c.typ == value.Text {
				name = fmt.Sprintf("%+q", in)
			}
			v.Order = append(v.Order, orderVector{c.typ.String(), name, hex.EncodeToString(Key(c.typ, orderOf(t, c.typ, in)))})
		}
	}
	for _, c := range v.Text {
		require.Len(t, c.Keys, len(c.Items))
		for i, item := range c.Items {
			b, err := hex.DecodeString(item)
			require.NoError(t, err)
			sum := sha256.Sum256(append([]byte{c.Tag}, b...))
			require.Equal(t, hex.EncodeToString(sum[:16]), c.Keys[i], "%s of %s", c.Of, c.Text)
		}
	}
	want, err := json.MarshalIndent(v, "", " ")
	require.NoError(t, err)
	want = append(want, '\n')
	if *update {
		require.NoError(t, os.WriteFile(vectorsFile, want, 0o644))
	}
	have, err := os.ReadFile(vectorsFile)
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, have), "%s does not reproduce; -update is for additions only", vectorsFile)
}

func (v *vectors) add(of, text string, tag byte, items []string, keys [][]byte) {
	out := textVector{Of: of, Text: hex.EncodeToString([]byte(text)), Tag: tag, Items: []string{}, Keys: []string{}}
	for _, item := range items {
		out.Items = append(out.Items, hex.EncodeToString([]byte(item)))
	}
	for _, k := range keys {
		out.Keys = append(out.Keys, hex.EncodeToString(k))
	}
	v.Text = append(v.Text, out)
}

func gramsByHand(text string) (list []string) {
	r := []rune(text)
	for i := 3; i <= len(r); i++ {
		if g := string(r[i-3 : i]); !slices.Contains(list, g) {
			list = append(list, g)
		}
	}
	return list
}

func variantsByHand(words []string) (list []string) {
	for _, w := range words {
		some := []string{w}
		if r := []rune(w); len(r) >= 4 {
			for i := range r {
				some = append(some, string(r[:i])+string(r[i+1:]))
			}
		}
		for _, s := range some {
			if !slices.Contains(list, s) {
				list = append(list, s)
			}
		}
	}
	return list
}

func must(keys [][]byte, err error) [][]byte {
	if err != nil {
		panic(err)
	}
	return keys
}
