package search_test

import (
	"math"
	"strings"
	"time"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
)

type typedValue struct {
	typ  search.Type
	name string
	in   any
	by   []search.Transform // in published terms
}

var publishedValues = []typedValue{
	{typ: search.Text, name: "empty", in: ""},
	{typ: search.Text, name: "Zoë, as it is", in: "Zoë"},
	{typ: search.Bytes, name: "empty", in: []byte{}},
	{typ: search.Bytes, name: "00 ff", in: []byte{0, 0xff}},
	{typ: search.Bool, name: "false", in: false},
	{typ: search.Bool, name: "true", in: true},
	{typ: search.Int, name: "0", in: 0},
	{typ: search.Int, name: "1", in: 1},
	{typ: search.Int, name: "-1", in: -1},
	{typ: search.Int, name: "-2^63", in: int64(math.MinInt64)},
	{typ: search.Int, name: "2^63-1", in: int64(math.MaxInt64)},
	{typ: search.Uint, name: "0", in: 0},
	{typ: search.Uint, name: "2^63", in: uint64(1 << 63)},
	{typ: search.Uint, name: "2^64-1", in: uint64(math.MaxUint64)},
	{typ: search.Float32, name: "1.5", in: float32(1.5)},
	{typ: search.Float32, name: "-0.0", in: float32(math.Copysign(0, -1))},
	{typ: search.Float32, name: "least above 0", in: float32(math.SmallestNonzeroFloat32)},
	{typ: search.Float32, name: "greatest", in: float32(math.MaxFloat32)},
	{typ: search.Float32, name: "-Inf", in: float32(math.Inf(-1))},
	{typ: search.Float32, name: "NaN of bits ffc12345", in: math.Float32frombits(0xffc12345)},
	{typ: search.Float64, name: "0.1", in: 0.1},
	{typ: search.Float64, name: "0.0", in: 0.0},
	{typ: search.Float64, name: "-0.0", in: math.Copysign(0, -1)},
	{typ: search.Float64, name: "least above 0", in: math.SmallestNonzeroFloat64},
	{typ: search.Float64, name: "greatest", in: math.MaxFloat64},
	{typ: search.Float64, name: "+Inf", in: math.Inf(1)},
	{typ: search.Float64, name: "NaN of bits fff8000000000001", in: math.Float64frombits(0xfff8000000000001)},
	{typ: search.Time, name: "1970-01-01T00:00:00Z", in: time.Unix(0, 0)},
	{typ: search.Time, name: "1969-12-31T23:59:59.999999999Z", in: time.Unix(-1, 999999999)},
	{typ: search.Time, name: "1883-11-18T12:03:58.000000007-04:56:02", in: time.Date(1883, 11, 18, 12, 3, 58, 7, time.FixedZone("", -17762))},
	{typ: search.Time, name: "2024-02-29T23:59:59.123456789+05:45", in: time.Date(2024, 2, 29, 23, 59, 59, 123456789, time.FixedZone("", 20700))},
	{typ: search.Time, name: "2024-02-29T18:14:59.123456789Z, the same", in: time.Date(2024, 2, 29, 18, 14, 59, 123456789, time.UTC)},
	{typ: search.Time, name: "0001-01-01T00:00:00Z", in: time.Time{}},
	{typ: search.Time, name: "-4713-11-24T12:00:00Z", in: time.Date(-4713, 11, 24, 12, 0, 0, 0, time.UTC)},
	{typ: search.Time, name: "9999-12-31T23:59:59.999999999Z", in: time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)},
	{typ: search.UUID, name: "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", in: "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"},
	{typ: search.UUID, name: "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", in: "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6"},
	{typ: search.UUID, name: "00000000-0000-0000-0000-000000000000", in: [16]byte{}},
	{typ: search.Decimal, name: "0", in: "0"},
	{typ: search.Decimal, name: "-0.00", in: "-0.00"},
	{typ: search.Decimal, name: "+1.50", in: "+1.50"},
	{typ: search.Decimal, name: "007", in: "007"},
	{typ: search.Decimal, name: "-.5", in: "-.5"},
	{typ: search.Decimal, name: "5.", in: "5."},
	{typ: search.Decimal, name: "1.25e3", in: "1.25e3"},
	{typ: search.Decimal, name: "-1250E-6", in: "-1250E-6"},
	{typ: search.Decimal, name: "12345678901234567890.123456789", in: "12345678901234567890.123456789"},
	{typ: 10, name: `{"a": 1}`, in: `{"a": 1}`}, // JSON, which has no terms
}

type transformCase struct {
	by []search.Transform
	in string
}

func by(list ...search.Transform) []search.Transform { return list }

var publishedTransforms = []transformCase{
	{by(search.Trim), " \t\u00A0\u3000a b\u2028\u0085 "},
	{by(search.Trim), "\u200Ba\uFEFF"},
	{by(search.Trim), " "},
	{by(search.Space), " a \t b\u00A0\u00A0c "},
	{by(search.Fold), "Siobhan@Example.COM"},
	{by(search.Fold), "Stra\u00DFe STRA\u1E9EE"},
	{by(search.Fold), "\u0130 \u0131 \u017F"},
	{by(search.Fold), "\uFB01 \uFB05 \uFB13"},
	{by(search.Fold), "\uFF21\uFF22\u3000\uFF11"},
	{by(search.Fold), "\u03A3\u0399\u03A3\u03A5\u03A6\u039F\u03A3 \u03C2"},
	{by(search.Fold), "\u13A0 \uAB70 \u13F0 \u13F8"},
	{by(search.Fold), "\u0345 \u1FB3 \u1FBC \u03B1\u0345\u0301"},
	{by(search.Fold), "q\u0307\u0323 q\u0323\u0307"},
	{by(search.Fold), "E\u0301 \u00C9"},
	{by(search.Fold), "\u1E96 \u01F0 \u0390 \u1FD3"},
	{by(search.Fold), "\u00A8 \u037A \uFDFA"},
	{by(search.Fold), "\U0001D400 \U00010400 \u24B6 \u338F"},
	{by(search.Fold), "\u00AD\u200B\uFE0F\uE000"},
	{by(search.Fold), "a" + strings.Repeat("\u0301", 31)},
	{by(search.Fold), "\u1C89"},
	{by(search.Fold), "\uA7CB"},
	{by(search.Fold), "\uFFFE"},
	{by(search.Fold), "\xff"},
	{by(search.Email), " Siobhan+Tag@Example.COM. "},
	{by(search.Email), "\uFF21\uFF20B\u00FCcher.example.."},
	{by(search.Email), "\u037Aa@b. ."},
	{by(search.Email), "example.com"},
	{by(search.Email), "a@."},
	{by(search.Digits), "+353 (0)1 234-56.78"},
	{by(search.Digits), "\u0661\u06F2\u0969\uFF14\U0001D7DB"},
	{by(search.Digits), "\u00BD\u00B2\u2460\u4E09"},
	{by(search.Alnum), "DE89 3704-0044 \u0661"},
	{by(search.Alnum), "Stra\u00DFe e\u0301 \u00E9 \u2160 \u1C89"},
	{by(search.First(2)), "e\u0301x"},
	{by(search.First(2)), "\xff\xfe\xfd"},
	{by(search.Last(4)), "1234567"},
	{by(search.Last(4)), "\u6F22\u5B57"},
	{by(search.Reverse), "abc"},
	{by(search.Reverse), "e\u0301\U0001D400\u00DF"},
	{by(search.Reverse), "\xa9\xc3"},
	{by(search.Fold, search.Reverse), "E\u0301a"},
	{by(search.Reverse, search.Fold), "E\u0301a"},
	{by(search.Trim, search.Fold), " \u00C4 "},
	{by(search.Trim, search.Fold), "\u037Aa"},
	{by(search.Digits, search.Last(4)), "123-45-6789"},
	{by(search.Last(4), search.Digits), "12-34-56"},
	{by(search.Fold, search.First(2)), "\uFB03x"},
	{by(search.First(2), search.Fold), "\uFB03x"},
}

type termCase struct {
	path   []keys.Label
	values []typedValue
	unique bool
	bits   int
}

var (
	tenant   = keys.Scope("tenant", "7")
	patients = keys.Table("patients")
)

func text(s string, list ...search.Transform) typedValue {
	return typedValue{typ: search.Text, name: s, in: s, by: list}
}

func onColumn(v typedValue, bits int) termCase {
	return termCase{path: []keys.Label{patients, search.Exact("c", v.by...)}, values: []typedValue{v}, bits: bits}
}

var publishedTerms = func() (list []termCase) {
	for _, bits := range []int{1, 7, 8, 9, 12, 15, 16, 17, 31, 32, 33, 63, 64, 65, 128, 255, 256} {
		list = append(list, onColumn(text("user@example.com"), bits))
	}
	for _, v := range publishedValues {
		if v.typ != 10 {
			list = append(list, onColumn(v, 64))
		}
	}
	for _, c := range publishedTransforms {
		if out, err := search.Apply(c.in, c.by...); err == nil && out != "" {
			list = append(list, onColumn(text(c.in, c.by...), 64))
		}
	}
	name := func(c string, t ...search.Transform) search.Column { return search.Column{Name: c, Transforms: t} }
	label := search.ExactTuple(name("name", search.Space, search.Fold), name("city", search.Fold), name("born"))
	born := typedValue{typ: search.Int, name: "1961", in: 1961}
	long := text(strings.Repeat("A", 200), search.Fold)
	plain := search.ExactTuple(name("a"), name("b"))
	unique := search.Exact("email", search.Email)
	return append(list,
		termCase{path: []keys.Label{patients, label}, values: []typedValue{text(" Zo\u00EB  W ", search.Space, search.Fold), text("C\u00D3RK", search.Fold), born}, bits: 64},
		termCase{path: []keys.Label{tenant, patients, label}, values: []typedValue{text("W", search.Space, search.Fold), long, born}, bits: 20},
		termCase{path: []keys.Label{patients, plain}, values: []typedValue{text("ab"), text("c")}, bits: 64},
		termCase{path: []keys.Label{patients, plain}, values: []typedValue{text("a"), text("bc")}, bits: 64},
		termCase{path: []keys.Label{patients, plain}, values: []typedValue{text(""), text("")}, bits: 64},
		termCase{path: []keys.Label{patients, unique}, values: []typedValue{text("A@B.", search.Email)}, unique: true, bits: 256},
		termCase{path: []keys.Label{tenant, patients, unique}, values: []typedValue{text("A@B.", search.Email)}, unique: true, bits: 256},
		termCase{path: []keys.Label{tenant, patients, plain}, values: []typedValue{text("ab"), text("c")}, unique: true, bits: 256},
	)
}()
