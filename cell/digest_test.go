package cell

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
)

// 10 000 random cases of each mode, folded into one digest. For cells the
// independent writer draws the nonces: its bytes go into the digest, the package
// opens them, and the package's own cell must be what the independent writer
// makes of that cell's nonce and salt. So a digest that changed means that the
// format did, and cells stored in databases no longer open.

const accumulated = 10_000

// A randomCase is a place in the tree with a value for it.
type randomCase struct {
	root      rootKey
	path      []keys.Label
	id        []byte // of the row; empty: unbound
	column    string
	plaintext []byte
}

func (c randomCase) row(t testing.TB, ring *keys.Ring) *Row {
	d := derive(t, ring, c.path...)
	if len(c.id) == 0 {
		return NewUnbound(d)
	}
	return NewRow(d, c.id)
}

// randomPath is a path with or without a scope. Few names suffice: every one of
// them leads to keys of its own.
func (d draw) randomPath() []keys.Label {
	path := []keys.Label{
		keys.Table(oneOf(d, []string{"patients", "users", "T_9"})),
		keys.Compartment(oneOf(d, []string{keys.DefaultCompartment, "medical"})),
	}
	if d.chance(40) {
		return slices.Insert(path, 0, keys.Scope("tenant", oneOf(d, []string{"acme", "7", "Größe/1"})))
	}
	return path
}

func (d draw) randomRow() []byte {
	bindings := []Binding{
		BindInt("id", int64(d.Uint64())),
		BindUint("number", d.Uint64()>>d.IntN(64)),
		BindUUID("uuid", [16]byte(d.bytes(16))),
		BindText("name", string(d.bytes(d.IntN(200)))),
		BindBytes("raw", d.bytes(d.IntN(20))),
	}
	d.Shuffle(len(bindings), func(i, j int) { bindings[i], bindings[j] = bindings[j], bindings[i] })
	return RowID(bindings[:1+d.IntN(3)]...)
}

func (d draw) randomCase(minSize int) randomCase {
	c := randomCase{
		root:   oneOf(d, []rootKey{firstKey, secondKey}),
		path:   d.randomPath(),
		column: oneOf(d, []string{"patients.email", "users.ssn", "x", string(d.bytes(1 + d.IntN(200)))}),
	}
	if d.chance(70) {
		c.id = d.randomRow()
	}
	size := d.IntN(70)
	if d.chance(5) {
		size = d.IntN(1000)
	}
	c.plaintext = d.bytes(max(size, minSize))
	return c
}

// reference returns the case as the independent writer takes it.
func (c randomCase) reference(t testing.TB, d draw, bucket int) refCell {
	return refCell{
		node: refNode(t, c.root, c.path...), keyID: c.root.id, row: c.id, column: c.column,
		plaintext: c.plaintext, bucket: bucket, nonce: d.bytes(12), salt: d.bytes(16),
	}
}

// rings holds a ring for each key as the primary; both hold both.
func rings(t testing.TB) map[uint32]*keys.Ring {
	return map[uint32]*keys.Ring{
		firstKey.id:  ringOf(t, firstKey, secondKey),
		secondKey.id: ringOf(t, secondKey, firstKey),
	}
}

func requireDigest(t *testing.T, want string, sum hash.Hash) {
	t.Helper()
	require.Equal(t, want, hex.EncodeToString(sum.Sum(nil)), "the format changed: stored cells would no longer open")
}

func TestAccumulatedSeal(t *testing.T) {
	d, rings, sum := newDraw("seal"), rings(t), sha256.New()
	seen := map[byte]int{}
	for i := range accumulated {
		c := d.randomCase(0)
		ref := c.reference(t, d, oneOf(d, []int{0, 0, 2, 16, 61, 256}))
		sealed := ref.seal()
		sum.Write(sealed)
		seen[sealed[0]]++

		// The primary must not matter to a reader, so either ring opens.
		reader := c.row(t, rings[oneOf(d, []uint32{firstKey.id, secondKey.id})])
		plaintext, err := reader.Open(c.column, sealed)
		if err != nil || !bytes.Equal(c.plaintext, plaintext) {
			t.Fatalf("case %d, format %#x: the package reads %d bytes, %v", i, sealed[0], len(plaintext), err)
		}

		writer := c.row(t, rings[c.root.id])
		own := kind{bucket: ref.bucket}.seal(writer, c.column, c.plaintext)
		if again := ref.rewrite(own).seal(); !bytes.Equal(own, again) {
			t.Fatalf("case %d: the package writes\n%x, want\n%x", i, own, again)
		}
	}
	require.Len(t, seen, 4, "formats")
	requireDigest(t, "f555f86392b5b8d9cc924270ce7cb75df955f4f9b60066ac9a1270aeab231584", sum)
}

// rewrite returns the cell with the nonce and salt of sealed.
func (c refCell) rewrite(sealed []byte) refCell {
	rest := sealed[9:]
	if len(c.row) == 0 {
		c.salt, rest = rest[:16], rest[16:]
	}
	c.nonce = rest[32:44]
	return c
}

func TestAccumulatedToken(t *testing.T) {
	d, rings, sum := newDraw("token"), rings(t), sha256.New()
	for i := range accumulated {
		c := d.randomCase(0)
		ref := c.reference(t, d, 0)
		ciphertext, token := ref.cut()
		sum.Write(ciphertext)
		sum.Write(token)

		reader := c.row(t, rings[oneOf(d, []uint32{firstKey.id, secondKey.id})])
		plaintext, err := reader.OpenProtected(c.column, ciphertext, token)
		if err != nil || !bytes.Equal(c.plaintext, plaintext) {
			t.Fatalf("case %d: the package reads %d bytes, %v", i, len(plaintext), err)
		}

		ownCiphertext, ownToken := c.row(t, rings[c.root.id]).Protect(c.column, c.plaintext)
		ciphertext, token = ref.rewrite(ownToken).cut()
		if !bytes.Equal(ownCiphertext, ciphertext) || !bytes.Equal(ownToken, token) {
			t.Fatalf("case %d: the package writes\n%x %x, want\n%x %x", i, ownCiphertext, ownToken, ciphertext, token)
		}
	}
	requireDigest(t, "6a4563e232882fdefab5288973863cf2f3a48fb131dc27fc71daf37760927a51", sum)
}

func TestAccumulatedImprintOfBytes(t *testing.T) {
	d, rings, sum := newDraw("HCTR2"), rings(t), sha256.New()
	for i := range accumulated {
		c := d.randomCase(16)
		imprinted := c.imprint(t, d, rings, i, nil)
		ref := refImprint{refNode(t, c.root, c.path...), c.root.id, c.id, c.column}
		if want := ref.bytes(t, c.plaintext); !bytes.Equal(want, imprinted) {
			t.Fatalf("case %d: the package writes\n%x, want\n%x", i, imprinted, want)
		}
		sum.Write(imprinted)
	}
	requireDigest(t, "b66bc60b57a4214a4cb749150c7777e689feb74d3f0e4f63afeba63e8558b0f8", sum)
}

func TestAccumulatedImprintOfText(t *testing.T) {
	greek, err := NewAlphabet("greek", "αβγδεζηθικλμνξοπρστυφχψω")
	require.NoError(t, err)
	d, rings, sum := newDraw("FF1"), rings(t), sha256.New()
	for i := range accumulated {
		c := d.randomCase(0)
		a := oneOf(d, []*Alphabet{Digits, Alnum, greek})
		c.plaintext = []byte(d.text(a, 6+d.IntN(30)))
		imprinted := c.imprint(t, d, rings, i, &ImprintOptions{Alphabet: a, KeepOthers: true})
		ref := refImprint{refNode(t, c.root, c.path...), c.root.id, c.id, c.column}
		if want := ref.text(t, a.Name(), a.Chars(), string(c.plaintext)); want != string(imprinted) {
			t.Fatalf("case %d: the package writes %q, want %q", i, imprinted, want)
		}
		sum.Write(imprinted)
	}
	requireDigest(t, "1dd589dbe101dbc5dfd4422525356c11bb35c5c81311859a2054ff4072858497", sum)
}

// text draws n characters of the alphabet, with some others between them.
func (d draw) text(a *Alphabet, n int) string {
	var out []rune
	for range n {
		if d.chance(10) {
			out = append(out, oneOf(d, []rune("- /…")))
		}
		out = append(out, oneOf(d, []rune(a.Chars())))
	}
	return string(out)
}

// imprint imprints the case, as the primary or pinned to its key, and checks
// that the value comes back.
func (c randomCase) imprint(t *testing.T, d draw, rings map[uint32]*keys.Ring, i int, o *ImprintOptions) []byte {
	pinned := ImprintOptions{KeyID: c.root.id}
	if o != nil {
		pinned.Alphabet, pinned.KeepOthers = o.Alphabet, o.KeepOthers
	}
	write := o
	if d.chance(50) {
		write = &pinned
	}
	imprinted, err := c.row(t, rings[c.root.id]).Imprint(c.column, c.plaintext, write)
	if err != nil {
		t.Fatalf("case %d: %v", i, err)
	}
	reader := c.row(t, rings[oneOf(d, []uint32{firstKey.id, secondKey.id})])
	plaintext, err := reader.Reveal(c.column, imprinted, &pinned)
	if err != nil || !bytes.Equal(c.plaintext, plaintext) {
		t.Fatalf("case %d: reveals as %d bytes, %v", i, len(plaintext), err)
	}
	return imprinted
}
