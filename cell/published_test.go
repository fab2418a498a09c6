package cell

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

// testdata/published.json holds worked examples for whoever writes another
// implementation. The independent writer made them, so that what the package
// itself gets wrong cannot slip into the file.
//
//	go test ./cell -run TestPublishedIsCurrent -update

var update = flag.Bool("update", false, "rewrite testdata/published.json")

const publishedFile = "testdata/published.json"

type published struct {
	About    string             `json:"about"`
	RootKeys []publishedKey     `json:"root_keys"`
	Nodes    []publishedNode    `json:"nodes"`
	Rows     []publishedRow     `json:"rows"`
	Cells    []publishedCell    `json:"cells"`
	Tokens   []publishedToken   `json:"tokens"`
	Imprints []publishedImprint `json:"imprints"`
}

type publishedKey struct {
	Ring   string   `json:"ring"`
	ID     uint32   `json:"key_id"`
	Secret hexBytes `json:"secret_hex"` // of the HkdfPrfKey
}

type publishedNode struct {
	Name  string       `json:"name"`
	Ring  string       `json:"ring"`
	KeyID uint32       `json:"key_id"`
	Path  []keys.Label `json:"path"`
	Node  hexBytes     `json:"node_hex"`
}

type publishedRow struct {
	Name    string             `json:"name"`
	Columns []publishedBinding `json:"columns"` // as declared, not yet in order
	Row     hexBytes           `json:"row_hex"`
}

type publishedBinding struct {
	Column string `json:"column"`
	Type   string `json:"type"`  // int, uint, uuid, text or bytes
	Value  string `json:"value"` // decimal; text as it is; the others in hex
}

// A place is what every example has in common.
type place struct {
	Name   string       `json:"name"`
	KeyID  uint32       `json:"key_id"`
	Path   []keys.Label `json:"path"`
	Row    hexBytes     `json:"row_hex"` // empty: unbound
	Column string       `json:"column"`
}

type publishedCell struct {
	place
	Plaintext string   `json:"plaintext"`
	Bucket    int      `json:"bucket"` // 0: not padded
	RowKey    hexBytes `json:"k_row_hex"`
	Cell      hexBytes `json:"cell_hex"`
	Text      string   `json:"cell_text"`
}

type publishedToken struct {
	place
	Plaintext  string   `json:"plaintext"`
	RowKey     hexBytes `json:"k_row_hex"`
	Ciphertext hexBytes `json:"ciphertext_hex"`
	Token      hexBytes `json:"token_hex"`
}

type publishedImprint struct {
	place
	Mode      string   `json:"mode"`               // HCTR2 or FF1
	Alphabet  string   `json:"alphabet,omitempty"` // its name
	Chars     string   `json:"alphabet_chars,omitempty"`
	Keep      bool     `json:"others_kept,omitempty"`
	Key       hexBytes `json:"key_hex"` // K_imp or K_fpe
	Tweak     hexBytes `json:"tweak_hex"`
	Plaintext string   `json:"plaintext"`
	Imprint   hexBytes `json:"imprint_hex"`
	Text      string   `json:"imprint,omitempty"` // the same of FF1, as text
}

func readPublished(t *testing.T) (p published, ring *keys.Ring) {
	data, err := os.ReadFile(publishedFile)
	require.NoError(t, err)
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&p))

	byRing := map[string][]rootKey{}
	for _, k := range p.RootKeys {
		byRing[k.Ring] = append(byRing[k.Ring], rootKey{k.ID, string(k.Secret)})
	}
	ring, err = keys.NewRingFromHandles(
		readKeyset(t, tinkJSON(byRing[tree.Cells])), readKeyset(t, tinkJSON(byRing[tree.Index])))
	require.NoError(t, err)
	return p, ring
}

func (p place) open(t *testing.T, ring *keys.Ring) *Row {
	d := derive(t, ring, p.Path...)
	if len(p.Row) == 0 {
		return NewUnbound(d)
	}
	return NewRow(d, p.Row)
}

func TestPublishedNodes(t *testing.T) {
	p, ring := readPublished(t)
	require.Len(t, p.Nodes, 8)
	for _, n := range p.Nodes {
		t.Run(n.Name, func(t *testing.T) {
			walk := ring.Cells
			if n.Ring == tree.Index {
				walk = ring.Index
			}
			d, err := walk(t.Context(), n.Path...)
			require.NoError(t, err)
			found := false
			for _, node := range tree.Nodes(d.Tree()) {
				if node.ID == n.KeyID {
					found = true
					require.Equal(t, []byte(n.Node), tree.Secret(node)[:])
				}
			}
			require.True(t, found, "key id")
		})
	}
}

func TestPublishedRows(t *testing.T) {
	p, _ := readPublished(t)
	require.Len(t, p.Rows, 10)
	for _, r := range p.Rows {
		t.Run(r.Name, func(t *testing.T) {
			var bindings []Binding
			for _, c := range r.Columns {
				bindings = append(bindings, c.binding(t))
			}
			require.Equal(t, []byte(r.Row), RowID(bindings...))
		})
	}
}

func (b publishedBinding) binding(t *testing.T) Binding {
	raw := func() []byte {
		var h hexBytes
		require.NoError(t, h.UnmarshalText([]byte(b.Value)))
		return h
	}
	switch b.Type {
	case "int":
		v, err := strconv.ParseInt(b.Value, 10, 64)
		require.NoError(t, err)
		return BindInt(b.Column, v)
	case "uint":
		v, err := strconv.ParseUint(b.Value, 10, 64)
		require.NoError(t, err)
		return BindUint(b.Column, v)
	case "uuid":
		return BindUUID(b.Column, [16]byte(raw()))
	case "text":
		return BindText(b.Column, b.Value)
	case "bytes":
		return BindBytes(b.Column, raw())
	}
	panic("unknown type " + b.Type)
}

func TestPublishedCells(t *testing.T) {
	p, ring := readPublished(t)
	require.Len(t, p.Cells, 12)
	formats := map[byte]int{}
	for _, c := range p.Cells {
		t.Run(c.Name, func(t *testing.T) {
			row := c.open(t, ring)
			plaintext, err := row.Open(c.Column, c.Cell)
			require.NoError(t, err)
			require.Equal(t, c.Plaintext, string(plaintext))
			requireKey(t, c.RowKey, row, c.Cell)

			require.Equal(t, c.Text, Text(c.Cell))
			parsed, err := ParseText(c.Text)
			require.NoError(t, err)
			require.Equal(t, []byte(c.Cell), parsed)

			size := len(c.Plaintext)
			if c.Bucket > 0 {
				size = PaddedSize(size, c.Bucket)
			}
			overhead := Overhead
			if len(c.Row) == 0 {
				overhead = OverheadUnbound
			}
			require.Len(t, c.Cell, size+overhead)
		})
		formats[c.Cell[0]]++
	}
	require.Len(t, formats, 4)
}

func TestPublishedTokens(t *testing.T) {
	p, ring := readPublished(t)
	require.Len(t, p.Tokens, 4)
	for _, c := range p.Tokens {
		t.Run(c.Name, func(t *testing.T) {
			row := c.open(t, ring)
			plaintext, err := row.OpenProtected(c.Column, c.Ciphertext, c.Token)
			require.NoError(t, err)
			require.Equal(t, c.Plaintext, string(plaintext))
			requireKey(t, c.RowKey, row, c.Token)
		})
	}
}

func TestPublishedImprints(t *testing.T) {
	p, ring := readPublished(t)
	require.Len(t, p.Imprints, 12)
	for _, c := range p.Imprints {
		t.Run(c.Name, func(t *testing.T) {
			o := &ImprintOptions{KeyID: c.KeyID, KeepOthers: c.Keep}
			switch {
			case c.Alphabet == Digits.Name():
				o.Alphabet = Digits
			case c.Alphabet == Alnum.Name():
				o.Alphabet = Alnum
			case c.Mode == "FF1":
				var err error
				o.Alphabet, err = NewAlphabet(c.Alphabet, c.Chars)
				require.NoError(t, err)
			}
			if c.Mode == "FF1" {
				require.Equal(t, c.Chars, o.Alphabet.Chars())
				require.Equal(t, c.Text, string(c.Imprint))
			}

			row := c.open(t, ring)
			imprinted, err := row.Imprint(c.Column, []byte(c.Plaintext), o)
			require.NoError(t, err)
			require.Equal(t, []byte(c.Imprint), imprinted)
			revealed, err := row.Reveal(c.Column, imprinted, o)
			require.NoError(t, err)
			require.Equal(t, c.Plaintext, string(revealed))
		})
	}
}

func TestPublishedIsCurrent(t *testing.T) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	require.NoError(t, e.Encode(publish(t)))
	if *update {
		require.NoError(t, os.WriteFile(publishedFile, b.Bytes(), 0o644))
	}
	have, err := os.ReadFile(publishedFile)
	require.NoError(t, err)
	require.Equal(t, b.String(), string(have), "run this test with -update, but never change an example that was released")
}
