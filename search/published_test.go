package search_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
)

// testdata/published.json are the vectors this package publishes, for whoever
// writes another implementation. They change only when something is added.
var update = flag.Bool("update", false, "write testdata/published.json anew")

const publishedFile = "testdata/published.json"

type published struct {
	About      []string             `json:"about"`
	Values     []publishedValue     `json:"values"`
	Transforms []publishedTransform `json:"transforms"`
	Terms      []publishedTerm      `json:"terms"`
}

// A publishedValue is FORMAT.md §8.
type publishedValue struct {
	Type  string    `json:"type"`
	Value string    `json:"value"`
	Cell  hexBytes  `json:"cell_hex"`
	Term  *hexBytes `json:"term_hex,omitempty"` // where it is not the cell's
}

type publishedTransform struct {
	Transforms []search.Transform `json:"transforms"`
	In         hexBytes           `json:"in_hex"`
	Out        *hexBytes          `json:"out_hex,omitempty"`
	Error      string             `json:"error,omitempty"`
	Comment    string             `json:"comment"`
}

// A publishedTerm is FORMAT.md §7, from the values to the term.
type publishedTerm struct {
	Path   []keys.Label `json:"path"`
	Types  []string     `json:"types"`
	Values []string     `json:"values"`
	Input  hexBytes     `json:"input_hex"` // what the HMAC is taken of
	KeyID  uint32       `json:"key_id"`
	Unique bool         `json:"unique"`
	Bits   int          `json:"bits"`
	Term   hexBytes     `json:"term_hex"`
}

func TestPublishedVectors(t *testing.T) {
	want := lines(t, publish(t))
	if *update {
		require.NoError(t, os.WriteFile(publishedFile, want, 0o644))
	}
	have, err := os.ReadFile(publishedFile)
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, have), "%s does not reproduce; -update is for additions only", publishedFile)
}

// lines is JSON with one vector a line.
func lines(t *testing.T, p published) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	section := func(name, end string, n int, item func(int) any) {
		fmt.Fprintf(&b, "\n%q: [", name)
		for i := range n {
			line, err := json.Marshal(item(i))
			require.NoError(t, err)
			b.WriteString(map[bool]string{true: "\n", false: ",\n"}[i == 0])
			b.Write(line)
		}
		b.WriteString("\n]" + end)
	}
	section("about", ",", len(p.About), func(i int) any { return p.About[i] })
	section("values", ",", len(p.Values), func(i int) any { return p.Values[i] })
	section("transforms", ",", len(p.Transforms), func(i int) any { return p.Transforms[i] })
	section("terms", "", len(p.Terms), func(i int) any { return p.Terms[i] })
	b.WriteString("\n}\n")
	return b.Bytes()
}

func publish(t *testing.T) published {
	p := published{About: []string{
		"Values, transforms and terms of Cellseal's exact index, format version 1.",
		"The terms are under the index keyset of terms.json. Texts as Go quotes them in ASCII.",
	}}
	for _, v := range publishedValues {
		in, null, err := value.From(v.typ, v.in)
		require.NoError(t, err)
		require.False(t, null)
		out := publishedValue{Type: v.typ.String(), Value: v.name, Cell: value.Encode(v.typ, in)}
		if b := value.EncodeTerm(v.typ, in); !bytes.Equal(b, out.Cell) {
			out.Term = (*hexBytes)(&b)
		}
		p.Values = append(p.Values, out)
	}
	for _, c := range publishedTransforms {
		out := publishedTransform{Transforms: c.by, In: hexBytes(c.in), Comment: fmt.Sprintf("%+q", c.in)}
		got, err := search.Apply(c.in, c.by...)
		if err != nil {
			out.Error = err.Error()
		} else {
			b := hexBytes(got)
			out.Out = &b
		}
		p.Transforms = append(p.Transforms, out)
	}
	ring := fixedRing(t)
	for _, c := range publishedTerms {
		p.Terms = append(p.Terms, c.publish(t, ring)...)
	}
	return p
}

// publish gives the term of each key and, of unique indexes, the one of each pinned key.
func (c termCase) publish(t *testing.T, ring *keys.Ring) (list []publishedTerm) {
	d := derive(t, ring, c.path...)
	out := publishedTerm{Path: c.path, Bits: c.bits, Unique: c.unique}
	var types []search.Type
	var values []any
	for _, v := range c.values {
		plain, null, err := value.From(v.typ, v.in)
		require.NoError(t, err)
		require.False(t, null)
		b := value.EncodeTerm(v.typ, plain)
		if len(v.by) > 0 {
			s, err := search.Apply(string(b), v.by...)
			require.NoError(t, err)
			b = []byte(s)
		}
		if len(c.values) > 1 {
			out.Input = binary.AppendUvarint(out.Input, uint64(len(b)))
		}
		out.Input = append(out.Input, b...)
		out.Types = append(out.Types, v.typ.String())
		out.Values = append(out.Values, strings.Trim(fmt.Sprintf("%+q", v.name), `"`))
		types, values = append(types, v.typ), append(values, v.in)
	}
	for i, id := range []uint32{primaryKey, otherKey} {
		o := search.Options{Types: types, Unique: c.unique, Bits: c.bits, AcceptFrequencyLeak: !c.unique}
		if c.unique {
			o.PinnedKey, i = id, 0
		}
		out.KeyID, out.Term = id, match(t, search.NewIndex(d, o), values...)[i]
		list = append(list, out)
	}
	return list
}
