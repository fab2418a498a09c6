package ormhooks_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
)

// declared has Go types that other declared types take too. A field that can be
// sealed and not be opened has lost its data.
type declared struct {
	_           struct{}                      `cell:"table=vault,bind=id"`
	ID          int64                         `db:"id"`
	TextBytes   ormhooks.Sealed[[]byte]       `db:"a" cell:"seal,type=text"`
	DecBytes    ormhooks.Sealed[[]byte]       `db:"b" cell:"seal,type=decimal"`
	DecString   ormhooks.Sealed[colour]       `db:"c" cell:"seal,type=numeric(38,20)"`
	NarrowFloat ormhooks.Sealed[float64]      `db:"d" cell:"seal,type=float32"`
	WideFloat   ormhooks.Sealed[float32]      `db:"e" cell:"seal,type=float64"`
	Varchar     ormhooks.Sealed[colour]       `db:"f" cell:"seal,type=varchar(3)"`
	UUID        ormhooks.Sealed[*libraryUUID] `db:"g" cell:"seal,type=uuid"`
	UUIDText    ormhooks.Sealed[libraryUUID]  `db:"h" cell:"seal,type=text"`
	Tags        ormhooks.Sealed[tags]         `db:"i" cell:"seal,type=bytes"`
}

func TestWhatADeclaredTypeTakesItGivesBack(t *testing.T) {
	d := newDoor(t, declared{})
	row := &declared{ID: 1}
	row.TextBytes.Set([]byte("text"))
	row.DecBytes.Set([]byte("1.50"))
	row.DecString.Set("-0.00000000000000000001")
	row.NarrowFloat.Set(math.MaxFloat32)
	row.WideFloat.Set(0.1)
	row.Varchar.Set("äöü")
	row.UUID.Set(ptr(libraryUUID(someUUID)))
	row.UUIDText.Set(libraryUUID(someUUID))
	row.Tags.Set(tags{canary, "b"})
	d.seal(t, row)
	back := throughTheDriver(t, row)
	d.open(t, back)

	require.Equal(t, []byte("text"), back.TextBytes.Get())
	require.Equal(t, []byte("1.5"), back.DecBytes.Get())
	require.Equal(t, colour("-0.00000000000000000001"), back.DecString.Get())
	require.Equal(t, float64(math.MaxFloat32), back.NarrowFloat.Get())
	require.Equal(t, float32(0.1), back.WideFloat.Get())
	require.Equal(t, colour("äöü"), back.Varchar.Get())
	require.Equal(t, libraryUUID(someUUID), *back.UUID.Get())
	require.Equal(t, libraryUUID(someUUID), back.UUIDText.Get())
	require.Equal(t, tags{canary, "b"}, back.Tags.Get())
}

func TestWhatADeclaredTypeDoesNotTakeIsRefused(t *testing.T) {
	d := newDoor(t, declared{})
	for name, set := range map[string]func(*declared){
		"b": func(r *declared) { r.DecBytes.Set([]byte(canary)) },
		"c": func(r *declared) { r.DecString.Set("1e18") },
		"d": func(r *declared) { r.NarrowFloat.Set(0.1) },
		"f": func(r *declared) { r.Varchar.Set("1234") },
	} {
		row := &declared{ID: 1}
		set(row)
		var column *ormhooks.ColumnError
		require.ErrorAs(t, d.sealErr(t, row), &column, name)
		require.Equal(t, name, column.Column)
	}
}

// limited declares sizes that the server can no longer enforce.
type limited struct {
	_       struct{}                   `cell:"table=vault,bind=id"`
	ID      int64                      `db:"id"`
	Price   ormhooks.Sealed[string]    `db:"price" cell:"seal,type=numeric(10,2)" search:"exact"`
	PriceEq ormhooks.Hidden            `db:"price__eq"`
	At      ormhooks.Sealed[time.Time] `db:"at" cell:"seal,type=timestamp(6)" search:"exact"`
	AtEq    ormhooks.Hidden            `db:"at__eq"`
	Day     ormhooks.Sealed[time.Time] `db:"day" cell:"token,type=timestamp(0)"`
	DayTok  ormhooks.Hidden            `db:"day__tok"`
	Word    ormhooks.Sealed[string]    `db:"word" cell:"seal,type=varchar(5)"`
}

func TestNumericsAreRoundedAsAServerWould(t *testing.T) {
	d := newDoor(t, limited{})
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "12.50": "12.5", "1e3": "1000", "0.005": "0.01", "-0.005": "-0.01", "0.0049": "0",
		"99999999.99": "99999999.99", "-99999999.994": "-99999999.99", ".5": "0.5", "+7": "7",
	} {
		row := &limited{ID: 1}
		row.Price.Set(in)
		d.seal(t, row)
		back := throughTheDriver(t, row)
		d.open(t, back)
		require.Equal(t, want, back.Price.Get(), in)
		term, err := row.PriceEq.Value()
		require.NoError(t, err)
		require.Equal(t, [][]byte{term.([]byte)}, d.match(t, "vault", "price__eq", in), "a look-up is rounded as the value was")
	}
	for _, in := range []string{"", "100000000", "99999999.995", "-99999999.995", "1e99999", "NaN", "12,50", " 1", canary} {
		row := &limited{ID: 1}
		row.Price.Set(in)
		var column *ormhooks.ColumnError
		require.ErrorAs(t, d.sealErr(t, row), &column, in)
		require.Equal(t, "price", column.Column)
		_, err := ormhooks.Match(ctx, d.source, d.Schema, "vault", "price__eq", in)
		harmless(t, err)
	}
}

func TestTimestampsAreRoundedAsAServerWould(t *testing.T) {
	d := newDoor(t, limited{})
	day := time.Date(2024, 12, 31, 23, 59, 59, 0, time.FixedZone("", -3600))
	for nanos, want := range map[int][2]int{0: {0, 0}, 499: {0, 0}, 500: {1000, 0}, 999_999_499: {999_999_000, 1e9}, 999_999_500: {1e9, 1e9}, 5e8: {5e8, 1e9}} {
		at := day.Add(time.Duration(nanos))
		row := &limited{ID: 1}
		row.At.Set(at)
		row.Day.Set(at)
		d.seal(t, row)
		back := throughTheDriver(t, row)
		d.open(t, back)
		requireSame(t, day.Add(time.Duration(want[0])), back.At.Get(), "%d ns", nanos)
		requireSame(t, day.Add(time.Duration(want[1])), back.Day.Get(), "%d ns", nanos)
		term, err := row.AtEq.Value()
		require.NoError(t, err)
		require.Equal(t, [][]byte{term.([]byte)}, d.match(t, "vault", "at__eq", at.UTC()))
	}
}

func TestAVarcharCountsCharacters(t *testing.T) {
	d := newDoor(t, limited{})
	for _, fits := range []string{"", "12345", "日本語日本"} {
		row := &limited{ID: 1}
		row.Word.Set(fits)
		d.seal(t, row)
	}
	for _, long := range []string{"123456", "日本語日本語", "a\xff", canary} {
		row := &limited{ID: 1}
		row.Word.Set(long)
		var column *ormhooks.ColumnError
		require.ErrorAs(t, d.sealErr(t, row), &column)
		require.Equal(t, "word", column.Column)
	}
}

// A cell of one declared type does not open as a value of a type it does not fit.
func TestStoredValuesThatDoNotFitAreRefused(t *testing.T) {
	wide := &vault[int64]{ID: 1}
	d, narrow := newDoor(t, vault[int64]{}), newDoor(t, vault[int8]{})
	for n, fits := range map[int64]bool{127: true, -128: true, 128: false, -129: false, math.MaxInt64: false} {
		wide.Sealed.Set(n)
		d.seal(t, wide)
		value, err := wide.Sealed.Value()
		require.NoError(t, err)
		back := &vault[int8]{ID: 1}
		require.NoError(t, back.Sealed.Scan(value))
		if fits {
			narrow.open(t, back)
			require.EqualValues(t, n, back.Sealed.Get())
			continue
		}
		var cellErr *ormhooks.CellError
		require.ErrorAs(t, narrow.openErr(t, back), &cellErr)
		require.Equal(t, uint32(1001), cellErr.KeyID)
	}
}
