package value

import (
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const canary = "CANARY-1234"

// Valuers of every shape.
type (
	byValue   struct{ v driver.Value }
	byPointer struct{ v driver.Value }
	failing   struct{ text string }
	itself    struct{}
	lists     []string // whose nil is "[]", not NULL
	kind      int      // stored by name
	textUUID  [16]byte // as UUID libraries have it: its Value is text
	oddUUID   [16]byte // as ULID libraries may: its Value is no UUID text
)

func (b byValue) Value() (driver.Value, error)    { return b.v, nil }
func (b *byPointer) Value() (driver.Value, error) { return b.v, nil }
func (f failing) Value() (driver.Value, error)    { return nil, errors.New("cannot store " + f.text) }
func (i *itself) Value() (driver.Value, error)    { return i, nil }
func (l lists) Value() (driver.Value, error)      { return "[" + strings.Join(l, ",") + "]", nil }
func (k kind) Value() (driver.Value, error)       { return fmt.Sprintf("kind-%d", int(k)), nil }
func (oddUUID) Value() (driver.Value, error)      { return "01ARZ3NDEKTSV4RRFFQ69G5FAV", nil }
func (u textUUID) Value() (driver.Value, error) {
	h := hex.EncodeToString(u[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], nil
}

var (
	_ driver.Valuer = byValue{}
	_ driver.Valuer = (*byPointer)(nil)
)

func TestFromAsksValuers(t *testing.T) {
	at := time.Unix(5, 6).UTC()
	for _, c := range []struct {
		typ      Type
		in, want any
	}{
		{Text, byValue{"a"}, "a"},
		{Text, &byValue{"a"}, "a"},
		{Text, ptr(&byValue{[]byte("a")}), "a"},
		{Text, &byPointer{"a"}, "a"},
		{Text, ptr(&byPointer{"a"}), "a"},
		{Text, byValue{byValue{byValue{"a"}}}, "a"},
		{Text, byValue{namedString("a")}, "a"},
		{Text, kind(3), "kind-3"},
		{Text, lists{"a", "b"}, "[a,b]"},
		{Text, lists(nil), "[]"},
		{Text, textUUID(someUUID), someUUIDText},
		{Int, byValue{int64(-1)}, int64(-1)},
		{Bool, byValue{true}, true},
		{Float64, byValue{1.5}, 1.5},
		{Time, byValue{at}, at},
		{Decimal, byValue{"2.50"}, "2.5"},
		{UUID, byValue{someUUIDText}, someUUID},
		{UUID, byValue{someUUID[:]}, someUUID},
		{UUID, textUUID(someUUID), someUUID},
		{UUID, ptr(textUUID(someUUID)), someUUID},
		{UUID, oddUUID(someUUID), someUUID},
		{UUID, ptr(oddUUID(someUUID)), someUUID},
		{UUID, ptr(ptr(oddUUID(someUUID))), someUUID},

		{Text, sql.NullString{String: "a", Valid: true}, "a"},
		{Text, sql.NullString{Valid: true}, ""},
		{Int, sql.NullInt64{Int64: math.MinInt64, Valid: true}, int64(math.MinInt64)},
		{Int, sql.NullInt32{Int32: -2, Valid: true}, int64(-2)},
		{Int, sql.NullInt16{Int16: -2, Valid: true}, int64(-2)},
		{Int, sql.NullByte{Byte: 255, Valid: true}, int64(255)},
		{Uint, &sql.NullInt64{Int64: 2, Valid: true}, uint64(2)},
		{Float64, sql.NullFloat64{Float64: 0.1, Valid: true}, 0.1},
		{Bool, sql.NullBool{Bool: true, Valid: true}, true},
		{Time, sql.NullTime{Time: at, Valid: true}, at},
		{Text, sql.Null[string]{V: "a", Valid: true}, "a"},
		{Text, sql.Null[namedString]{V: "a", Valid: true}, "a"},
		{Text, &sql.Null[*string]{V: ptr("a"), Valid: true}, "a"},
		{Text, sql.Null[byValue]{V: byValue{"a"}, Valid: true}, "a"},
		{Bytes, sql.Null[[]byte]{V: []byte{1}, Valid: true}, []byte{1}},
		{Int, sql.Null[int8]{V: -2, Valid: true}, int64(-2)},
		{Uint, sql.Null[uint64]{V: math.MaxUint64, Valid: true}, uint64(math.MaxUint64)},
		{Float32, sql.Null[float32]{V: 0.1, Valid: true}, float32(0.1)},
		{Time, sql.Null[time.Time]{V: at, Valid: true}, at},
		{UUID, sql.Null[[16]byte]{V: someUUID, Valid: true}, someUUID},
		{UUID, sql.Null[textUUID]{V: textUUID(someUUID), Valid: true}, someUUID},
		{UUID, &sql.Null[oddUUID]{V: oddUUID(someUUID), Valid: true}, someUUID},
		{Text, sql.Null[any]{V: "a", Valid: true}, "a"},
	} {
		out, null, err := From(c.typ, c.in)
		require.NoError(t, err, "%v of %T", c.typ, c.in)
		require.False(t, null, "%v of %T", c.typ, c.in)
		require.Equal(t, c.want, out, "%v of %T", c.typ, c.in)
	}
}

func TestValuersMayYieldNull(t *testing.T) {
	for _, typ := range allTypes {
		for _, in := range []any{
			byValue{nil}, &byValue{nil}, (*byValue)(nil), (*byPointer)(nil), &byPointer{nil},
			byValue{[]byte(nil)}, byValue{(*string)(nil)}, (*textUUID)(nil), ptr((*oddUUID)(nil)), (*lists)(nil),
			sql.NullString{String: "a"}, sql.NullInt64{Int64: 1}, sql.NullInt32{}, sql.NullInt16{}, sql.NullByte{},
			sql.NullFloat64{}, sql.NullBool{}, sql.NullTime{}, &sql.NullString{}, (*sql.NullString)(nil),
			sql.Null[string]{V: "a"}, sql.Null[[16]byte]{V: someUUID}, sql.Null[*string]{Valid: true}, sql.Null[[]byte]{Valid: true}, sql.Null[any]{Valid: true},
		} {
			out, null, err := From(typ, in)
			require.NoError(t, err, "%v of %T", typ, in)
			require.True(t, null, "%v of %T", typ, in)
			require.Nil(t, out)
		}
	}
}

func TestValuersThatMisbehave(t *testing.T) {
	_, null, err := From(Text, &itself{})
	require.False(t, null, "an error is not NULL")
	require.EqualError(t, err, "a Go *value.itself resolves to no plain value")
	_, _, err = From(Text, failing{canary})
	require.EqualError(t, err, "the Value method of a Go value.failing returned an error")
	_, _, err = From(Text, ptr(ptr(failing{canary})))
	require.EqualError(t, err, "the Value method of a Go *value.failing returned an error")
	_, _, err = From(Text, byPointer{"a"}) // database/sql cannot ask it either
	require.EqualError(t, err, "a Go value.byPointer is no text")
}

// Whatever From, FromJSON and the decimals refuse, they do not say what it was.
func TestNoErrorHoldsTheValue(t *testing.T) {
	inputs := []any{
		canary, []byte(canary), namedString(canary), ptr(canary), byValue{canary}, failing{canary}, &failing{canary},
		sql.NullString{String: canary, Valid: true}, []string{canary}, map[string]string{canary: canary},
		struct{ S string }{canary}, errors.New(canary), failing{canary}, unmarshallable{canary},
		int64(-987654321), uint64(math.MaxUint64 - 987654321), 0.987654321,
	}
	refused := 0
	for _, typ := range allTypes {
		for _, in := range inputs {
			if _, _, err := From(typ, in); err != nil {
				refused++
				requireNoCanary(t, err)
			}
		}
	}
	require.Greater(t, refused, 100)
	_, err := FromJSON(unmarshallable{canary})
	requireNoCanary(t, err)
	_, err = CanonicalDecimal(canary)
	requireNoCanary(t, err)
	_, err = RoundDecimal("98765432198765.4321", 5, 2)
	requireNoCanary(t, err)
	for _, typ := range allTypes {
		if _, err := Decode(typ, []byte(canary)); err != nil {
			requireNoCanary(t, err)
		}
	}
	_, err = Limit{Kind: "varchar", A: 3}.Apply(canary)
	requireNoCanary(t, err)
}

type unmarshallable struct{ s string }

func (u unmarshallable) MarshalJSON() ([]byte, error) { return nil, errors.New(u.s) }

func requireNoCanary(t *testing.T, err error) {
	t.Helper()
	require.Error(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%q"} {
		text := fmt.Sprintf(verb, err)
		require.NotContains(t, text, canary)
		require.NotContains(t, text, hex.EncodeToString([]byte(canary)))
		require.NotContains(t, text, "987654321")
	}
}

func TestFromJSON(t *testing.T) {
	b, err := FromJSON(map[string]any{"b": []int{1}, "a": nil})
	require.NoError(t, err)
	require.Equal(t, `{"a":null,"b":[1]}`, string(b))
	_, err = FromJSON(func() {})
	require.EqualError(t, err, "a Go func() cannot be marshalled to JSON")
}
