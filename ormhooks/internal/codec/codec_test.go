package codec_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

var ctx = context.Background()

// table has a column for each thing a column can be.
func table(t testing.TB) *schema.Table {
	t.Helper()
	s, err := schema.New(schema.Table{
		Name: "things", Logical: "t", Scope: schema.Scope{Kind: "tenant"}, Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"},
			{Name: "sealed", Mode: schema.ModeSeal, Type: "text"},
			{Name: "padded", Mode: schema.ModeSeal, Type: "bytes", Pad: 32},
			{Name: "armoured", Mode: schema.ModeSeal, Type: "bytes", Text: true},
			{Name: "token", Mode: schema.ModeToken, Type: "bytes"},
			{Name: "bytes", Mode: schema.ModeImprint, Type: "bytes"},
			{Name: "digits", Mode: schema.ModeImprint, Type: "text", Alphabet: cell.Digits, KeepOthers: true},
			{Name: "doc", Mode: schema.ModeSeal, Type: "json"},
			{Name: "price", Mode: schema.ModeSeal, Type: "numeric(6,2)"},
			{Name: "at", Mode: schema.ModeSeal, Type: "timestamp(0)"},
			{Name: "medical", Mode: schema.ModeSeal, Type: "text", Compartment: "medical"},
		},
		Indexes: []*schema.Index{
			{Kind: "exact", Columns: []search.Column{{Name: "sealed"}}},
			{Kind: "exact", Name: "global", Unscoped: true, Columns: []search.Column{{Name: "sealed"}}},
		},
	})
	require.NoError(t, err)
	return s.Table("things")
}

func row(t testing.TB) *cell.Row {
	t.Helper()
	r, err := codec.NewKeys(ctx, celltest.Ring(t)).Row(table(t), nil, "default", cell.RowID(cell.BindInt("id", 1)))
	require.NoError(t, err)
	return r
}

// encoded is Encode of a value, "NULL" or "error".
func encoded(c *schema.Column, v any) string {
	b, null, err := codec.Encode(c, reflect.ValueOf(v))
	switch {
	case err != nil:
		return "error"
	case null:
		return "NULL"
	}
	return string(b)
}

type (
	byPointer struct{ s string }
	word      string
)

func (p *byPointer) Value() (driver.Value, error) { return "<" + p.s + ">", nil }
func (p *byPointer) MarshalJSON() ([]byte, error) { return []byte(`"` + p.s + `"`), nil }
func (w word) Value() (driver.Value, error)       { return strings.ToUpper(string(w)), nil }

func ptr[T any](v T) *T { return &v }

func TestEncode(t *testing.T) {
	in := table(t)
	text, doc, price, at := in.Column("sealed"), in.Column("doc"), in.Column("price"), in.Column("at")
	for i, c := range []struct {
		column *schema.Column
		v      any
		want   string
	}{
		{text, "a", "a"}, {text, "", ""}, {text, ptr("a"), "a"}, {text, []byte("a"), "a"}, {text, (*string)(nil), "NULL"}, {text, sql.NullString{}, "NULL"}, {text, 1, "error"},
		{text, word("a"), "A"}, {text, ptr(word("a")), "A"}, {text, sql.Null[word]{V: "a", Valid: true}, "A"},
		{text, byPointer{"a"}, "<a>"}, {text, &byPointer{"a"}, "<a>"}, {text, ptr(&byPointer{"a"}), "<a>"}, {text, (*byPointer)(nil), "NULL"},
		{text, sql.Null[byPointer]{V: byPointer{"a"}, Valid: true}, "<a>"}, {text, &sql.Null[byPointer]{V: byPointer{"a"}, Valid: true}, "<a>"}, {text, sql.Null[byPointer]{V: byPointer{"a"}}, "NULL"},
		{doc, map[string]int{"a": 1}, `{"a":1}`}, {doc, []int(nil), "null"}, {doc, map[string]int(nil), "null"}, {doc, (*[]int)(nil), "NULL"}, {doc, ptr((*[]int)(nil)), "NULL"},
		{doc, sql.Null[[]int]{}, "NULL"}, {doc, sql.Null[[]int]{Valid: true}, "null"}, {doc, sql.Null[[]int]{V: []int{1}, Valid: true}, "[1]"}, {doc, sql.NullString{String: "a", Valid: true}, `"a"`},
		{doc, *big.NewInt(5), "5"}, {doc, byPointer{"a"}, `"a"`}, {doc, []byPointer{{"a"}}, `["a"]`}, {doc, func() {}, "error"},
		{price, "1.005", "1.01"}, {price, "10000", "error"}, {price, 7, "7"}, {price, nil, "NULL"}, {price, 1.5, "error"},
		{at, time.Unix(1, 6e8), "\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00"},
	} {
		require.Equal(t, c.want, encoded(c.column, c.v), "%d: %s %T", i, c.column.Name, c.v)
	}
}

func TestEncodeRefusesMoreThanACellHolds(t *testing.T) {
	c := *table(t).Column("padded")
	require.Len(t, encoded(&c, make([]byte, 100)), 100)
	c.Pad = cell.MaxPlaintext - 99
	require.Equal(t, "error", encoded(&c, make([]byte, 100)))
	require.Len(t, encoded(&c, make([]byte, 99)), 99)
}

func TestLimitedIsWhatAServerWouldHaveStored(t *testing.T) {
	for _, same := range []any{"1.005", " 1.01"[1:], []byte("1.01"), ptr("1.0099"), sql.NullString{String: "1.01", Valid: true}} {
		v, err := codec.Limited(table(t).Column("price"), reflect.ValueOf(same))
		require.NoError(t, err)
		require.Equal(t, "1.01", v)
	}
	for _, null := range []any{nil, (*string)(nil), sql.NullString{}} {
		v, err := codec.Limited(table(t).Column("price"), reflect.ValueOf(null))
		require.NoError(t, err)
		require.Nil(t, v)
	}
}

func TestEveryModeOpensWhatItSealed(t *testing.T) {
	r, value := row(t), []byte("0123 4567 89ab cdef")
	for name, hidden := range map[string]any{"sealed": nil, "padded": nil, "armoured": nil, "token": []byte{}, "bytes": int64(0), "digits": int64(0)} {
		c := table(t).Column(name)
		if name == "digits" {
			value = []byte("0123 4567")
		}
		s, err := codec.Seal(c, r, value)
		require.NoError(t, err)
		require.IsType(t, hidden, s.Hidden, name)
		require.NotContains(t, string(bytesOf(s.Value)), "0123 4567", name)
		plaintext, err := codec.Open(c, r, s, nil)
		require.NoError(t, err)
		require.Equal(t, value, plaintext)
		id, err := codec.KeyID(c, s)
		require.NoError(t, err)
		require.Equal(t, uint32(1001), id)

		for _, delivered := range []any{string(bytesOf(s.Value)), bytesOf(s.Value)} { // text or bytes, as the driver likes
			plaintext, err = codec.Open(c, r, codec.Stored{Value: delivered, Hidden: s.Hidden}, []byte("before")[:0])
			require.NoError(t, err, "%s as %T", name, delivered)
			require.Equal(t, value, plaintext)
		}
		value = []byte("0123 4567 89ab cdef")
	}
}

func TestAColumnThatHoldsTextIsGivenText(t *testing.T) {
	for name, want := range map[string]any{"sealed": []byte{}, "padded": []byte{}, "armoured": "", "token": []byte{}, "bytes": []byte{}, "digits": ""} {
		s, err := codec.Seal(table(t).Column(name), row(t), []byte("0123456789012345"))
		require.NoError(t, err)
		require.IsType(t, want, s.Value, name)
	}
}

func TestAPadHidesLengths(t *testing.T) {
	c := table(t).Column("padded")
	for n, want := range map[int]int{0: 32, 1: 32, 31: 32, 32: 64, 63: 64, 64: 96} {
		s, err := codec.Seal(c, row(t), make([]byte, n))
		require.NoError(t, err)
		require.Len(t, s.Value, want+cell.Overhead, "%d bytes", n)
	}
}

func bytesOf(v any) []byte {
	if s, ok := v.(string); ok {
		return []byte(s)
	}
	return v.([]byte)
}

func TestWhatIsNoStoredValueDoesNotOpen(t *testing.T) {
	r := row(t)
	for _, name := range []string{"sealed", "padded", "armoured", "token"} {
		c := table(t).Column(name)
		for _, v := range []any{nil, []byte{}, "", int64(1), []byte("text"), "text", strings.Repeat("A", 200), []byte(nil)} {
			s := codec.Stored{Value: v, Hidden: []byte{}}
			_, err := codec.Open(c, r, s, nil)
			require.ErrorIs(t, err, cell.ErrDecrypt, "%s %T", name, v)
			id, err := codec.KeyID(c, s)
			require.Zero(t, id)
			require.ErrorIs(t, err, cell.ErrDecrypt, "%s %T", name, v)
		}
	}
	for _, kid := range []int64{0, -1, 1 << 32} {
		_, err := codec.Open(table(t).Column("digits"), r, codec.Stored{Value: "012345", Hidden: kid}, nil)
		require.ErrorIs(t, err, cell.ErrDecrypt)
		_, err = codec.KeyID(table(t).Column("digits"), codec.Stored{Value: "012345", Hidden: kid})
		require.ErrorIs(t, err, cell.ErrDecrypt)
	}
}

func TestATextFormHasOneSpelling(t *testing.T) {
	r, c := row(t), table(t).Column("armoured")
	s, err := codec.Seal(c, r, []byte("x"))
	require.NoError(t, err)
	text := s.Value.(string)
	for _, other := range []string{text + "=", text + "\n", " " + text, text[:20] + "\n" + text[20:], strings.ToLower(text), text[:len(text)-1]} {
		_, err := codec.Open(c, r, codec.Stored{Value: other}, nil)
		require.ErrorIs(t, err, cell.ErrDecrypt)
	}
	bare := table(t).Column("sealed")
	_, err = codec.Open(bare, r, codec.Stored{Value: text}, nil)
	require.ErrorIs(t, err, cell.ErrDecrypt, "a column of bytes holds no text form")
}

func TestAHiddenColumnThatWasNotReadIsAskedFor(t *testing.T) {
	for name, hidden := range map[string]string{"token": "token__tok", "bytes": "bytes__kid", "digits": "digits__kid"} {
		c := table(t).Column(name)
		_, err := codec.Open(c, row(t), codec.Stored{Value: []byte("0123456789012345")}, nil)
		require.ErrorContains(t, err, "select "+hidden)
		require.False(t, errors.Is(err, cell.ErrDecrypt), "that is no attack")
		_, err = codec.KeyID(c, codec.Stored{Value: []byte("0123456789012345")})
		require.ErrorContains(t, err, "select "+hidden)
	}
}

func TestWhatCannotBeImprintedIsAnError(t *testing.T) {
	for name, v := range map[string]string{"bytes": "short", "digits": "12345"} {
		_, err := codec.Seal(table(t).Column(name), row(t), []byte(v))
		var imprint *cell.ImprintError
		require.ErrorAs(t, err, &imprint)
		require.Equal(t, "t."+name, imprint.Column, "by its logical names")
	}
}

func TestDecodeIsTheInverseOfEncode(t *testing.T) {
	r, in := row(t), table(t)
	var scratch codec.Scratch
	var all []any
	for _, c := range []struct{ name, plaintext string }{{"price", "1.5"}, {"padded", ""}, {"padded", "bytes"}, {"doc", "{}"}, {"sealed", ""}, {"sealed", "text"}, {"token", "half"}, {"at", strings.Repeat("\x00", 12)}} {
		s, err := codec.Seal(in.Column(c.name), r, []byte(c.plaintext))
		require.NoError(t, err)
		v, err := scratch.Decode(in.Column(c.name), r, s)
		require.NoError(t, err)
		all = append(all, v)
	}
	require.Equal(t, []any{"1.5", []byte{}, []byte("bytes"), []byte("{}"), "", "text", []byte("half"), time.Unix(0, 0).UTC()}, all, "none overwrites the one before")
	s, err := codec.Seal(in.Column("at"), r, []byte("short"))
	require.NoError(t, err)
	_, err = scratch.Decode(in.Column("at"), r, s)
	require.Error(t, err)
}
