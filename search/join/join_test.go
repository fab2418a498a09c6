package join_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/searchtest"
	"github.com/cellseal/cellseal/search/join"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

func group(t testing.TB, from keys.Source, label keys.Label, o join.Options) *join.Index {
	o.AcceptEquality = true
	return join.NewIndex(searchtest.Derive(t, from, join.Table, label), o)
}

func emails(t testing.TB, from keys.Source) *join.Index {
	return group(t, from, join.Label("email", search.Email), join.Options{})
}

func token(t testing.TB, x *join.Index, v any) []byte {
	b, err := x.Token(v)
	require.NoError(t, err)
	return b
}

type vector struct {
	Path  []keys.Label   `json:"path"`
	KeyID uint32         `json:"key_id"`
	Type  string         `json:"type"`
	Value string         `json:"value"`
	Input searchtest.Hex `json:"input_hex"`
	Token searchtest.Hex `json:"token_hex"`
}

// cases have their normalized bytes written out.
var cases = []struct {
	path  []keys.Label
	typ   search.Type
	value any
	name  string
	input string
}{
	{[]keys.Label{join.Table, join.Label("email", search.Email)}, search.Text, " Siobhan@Example.COM.", "", "siobhan@example.com"},
	{[]keys.Label{keys.Scope("tenant", "7"), join.Table, join.Label("email", search.Email)}, search.Text, "siobhan@example.com", "", "siobhan@example.com"},
	{[]keys.Label{join.Table, join.Label("patient")}, search.Int, -2, "-2", "\xff\xff\xff\xff\xff\xff\xff\xfe"},
	{[]keys.Label{join.Table, join.Label("name")}, search.Text, "Zoë", "", "Zo\xc3\xab"},
	{[]keys.Label{join.Table, join.Label("phone", search.Digits, search.Last(4))}, search.Text, "+353 1 234-56.78", "", "5678"},
}

func byHand(t *testing.T) (list []vector) {
	for _, key := range []uint32{searchtest.PrimaryKey, searchtest.OtherKey} {
		for _, c := range cases {
			if c.name == "" {
				c.name = c.value.(string)
			}
			token := searchtest.HMAC(searchtest.NodeByHand(t, key, c.path...), "\x38", c.input)[:16]
			list = append(list, vector{c.path, key, c.typ.String(), c.name, []byte(c.input), token})
		}
	}
	return list
}

func TestPublishedVectors(t *testing.T) {
	list := searchtest.Published(t, *update, "Join tokens of Cellseal, search/FORMAT.md §7.", byHand(t))
	require.Len(t, list, 2*len(cases))
	for i, v := range list {
		c := cases[i%len(cases)]
		d := searchtest.Derive(t, searchtest.FixedRing(t), v.Path...)
		x := join.NewIndex(d, join.Options{Type: c.typ, PinnedKey: v.KeyID, AcceptEquality: true})
		require.Equal(t, []byte(v.Token), token(t, x, c.value), "%s", v.Value)
		found, err := x.Match(c.value)
		require.NoError(t, err)
		require.Equal(t, []byte(v.Token), found)
	}
}

func TestEqualValuesHaveEqualTokensWhateverTheColumn(t *testing.T) {
	ring := searchtest.NewRing(t)
	patients, invoices := emails(t, ring), emails(t, ring)
	require.Equal(t, token(t, patients, "a@b"), token(t, invoices, " A@B."))
	require.NotEqual(t, token(t, patients, "a@b"), token(t, invoices, "a@c"))
	other := group(t, ring, join.Label("payer", search.Email), join.Options{})
	require.NotEqual(t, token(t, patients, "a@b"), token(t, other, "a@b"), "groups share nothing")
	require.Len(t, token(t, other, "a@b"), join.TokenSize)
}

func TestNullAloneHasNoToken(t *testing.T) {
	x := emails(t, searchtest.NewRing(t))
	blank := token(t, x, "  ")
	require.Len(t, blank, join.TokenSize)
	require.Equal(t, blank, token(t, x, ""))
	found, err := x.Match("\t")
	require.NoError(t, err)
	require.Equal(t, blank, found)
	for _, v := range []any{nil, (*string)(nil)} {
		require.Nil(t, token(t, x, v))
		_, err := x.Match(v)
		require.ErrorAs(t, err, new(*search.ValueError))
		held, err := x.Holds(nil, v)
		require.NoError(t, err)
		require.False(t, held)
	}
	held, err := x.Holds(token(t, x, "a@b"), "A@b")
	require.NoError(t, err)
	require.True(t, held)
	held, err = x.Holds(token(t, x, "a@b"), "a@c")
	require.NoError(t, err)
	require.False(t, held)
}

// Tokens of two keys do not meet, so a group stays under one.
func TestAGroupPinsItsKey(t *testing.T) {
	ring := searchtest.NewRing(t)
	before := token(t, emails(t, ring), "a@b")
	old := ring.IndexKeys().Primary()
	ring = searchtest.Rotated(t, ring)
	_, err := emails(t, ring).Token("a@b")
	var pin *search.PinError
	require.ErrorAs(t, err, &pin)
	require.Equal(t, 2, pin.Known)
	_, err = emails(t, ring).Match("a@b")
	require.ErrorAs(t, err, &pin)

	pinned := group(t, ring, join.Label("email", search.Email), join.Options{PinnedKey: old})
	require.Equal(t, before, token(t, pinned, "a@b"))
	next := group(t, ring, join.Label("email", search.Email), join.Options{PinnedKey: ring.IndexKeys().Primary()})
	require.NotEqual(t, before, token(t, next, "a@b"))
	for _, of := range [][]byte{before, token(t, next, "a@b")} {
		for _, x := range []*join.Index{emails(t, ring), pinned, next} { // whoever opens a row need not know the pin
			held, err := x.Holds(of, "A@b")
			require.NoError(t, err)
			require.True(t, held)
			held, err = x.Holds(of, "a@c")
			require.NoError(t, err)
			require.False(t, held)
		}
	}
	_, err = group(t, ring, join.Label("email", search.Email), join.Options{PinnedKey: 7}).Token("a@b")
	var unknown *keys.UnknownKeyError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, uint32(7), unknown.ID)
}

func TestMisusePanics(t *testing.T) {
	ring := searchtest.NewRing(t)
	accept := join.Options{AcceptEquality: true}
	below := func(path ...keys.Label) *keys.Derived { return searchtest.Derive(t, ring, path...) }
	for want, f := range map[string]func(){
		"accept it (AcceptEquality)": func() { join.NewIndex(below(join.Table, join.Label("a")), join.Options{}) },
		"want the Derived of a join": func() { join.NewIndex(below(join.Table), accept) },
		"and not below a table":      func() { join.NewIndex(below(keys.Table("t"), join.Label("a")), accept) },
		"want an index of kind join": func() { join.NewIndex(below(join.Table, search.Exact("a")), accept) },
		"a join group has one name":  func() { join.NewIndex(below(join.Table, join.Label("a+b")), accept) },
		"transforms are for text": func() {
			join.NewIndex(below(join.Table, join.Label("a", search.Fold)), join.Options{Type: search.Int, AcceptEquality: true})
		},
		"zero Index":                   func() { _, _ = new(join.Index).Token("a") },
		"want 1 or more terms a chunk": func() { join.Semi(new(search.Index), nil, 0) },
	} {
		said := searchtest.Panics(t, f)
		require.Contains(t, said, want)
		require.True(t, strings.HasPrefix(said, "cellseal/join: "), said)
	}
}

func TestPrintsRedacted(t *testing.T) {
	x := emails(t, searchtest.NewRing(t))
	searchtest.Redacted(t, "join.Index(redacted)", x)
	searchtest.Redacted(t, "join.Index(redacted)", *x)
	_, err := x.Token("CANARY")
	require.ErrorAs(t, err, new(*search.ValueError))
	require.NotContains(t, err.Error(), "CANARY")
}

// The table in doc.go is what Leakage returns.
func TestTheDocumentedLeakage(t *testing.T) {
	source, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	text := strings.Join(strings.Fields(strings.ReplaceAll(string(source), "//", "")), " ")
	l := emails(t, searchtest.NewRing(t)).Leakage()
	require.Contains(t, text, l.Kind+" at rest "+l.AtRest+" on a query "+l.OnQuery+" over time "+l.OverTime+" for "+l.For)
}

func BenchmarkToken(b *testing.B) {
	ring := searchtest.NewRing(b)
	x := emails(b, ring)
	var v any = "Siobhan.ODonnell@example.com"
	b.Run("join", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = x.Token(v)
		}
	})
	exact := search.NewIndex(searchtest.Derive(b, ring, keys.Table("patients"), search.Exact("email", search.Email)), search.Options{})
	b.Run("exact", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = exact.Term(v)
		}
	})
}
