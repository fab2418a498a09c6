package ormhooks_test

import (
	"database/sql"
	"database/sql/driver"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
)

// imprints keep the length and form of what they hide.
type imprints struct {
	_         struct{}                        `cell:"table=imprints,bind=id"`
	ID        int64                           `db:"id"`
	Bytes     ormhooks.Sealed[[]byte]         `db:"bytes" cell:"imprint"`
	BytesKid  ormhooks.Hidden                 `db:"bytes__kid"`
	Binary    ormhooks.Sealed[string]         `db:"bin" cell:"imprint"`
	BinaryKid ormhooks.Hidden                 `db:"bin__kid"`
	Digits    ormhooks.Sealed[string]         `db:"digits" cell:"imprint,alphabet=digits"`
	DigitsKid ormhooks.Hidden                 `db:"digits__kid"`
	Alnum     ormhooks.Sealed[colour]         `db:"alnum" cell:"imprint,alphabet=alnum,keep"`
	AlnumKid  ormhooks.Hidden                 `db:"alnum__kid"`
	Hex       ormhooks.Sealed[sql.Null[blob]] `db:"hex" cell:"imprint,alphabet=hex(0123456789abcdef)"`
	HexKid    ormhooks.Hidden                 `db:"hex__kid"`
	Greek     ormhooks.Sealed[*string]        `db:"greek" cell:"imprint,alphabet=greek(αβγδεζηθικ),keep,type=varchar(20)"`
	GreekKid  ormhooks.Hidden                 `db:"greek__kid"`
	Custom    ormhooks.Sealed[secretWord]     `db:"custom" cell:"imprint,alphabet=lower(abcdefghijklmnopqrstuvwxyz)"`
	CustomKid ormhooks.Hidden                 `db:"custom__kid"`
}

func imprinted(id int64) *imprints {
	r := &imprints{ID: id}
	r.Bytes.Set([]byte("\x00sixteen bytes or\xff more"))
	r.Binary.Set("exactly 16 bytes")
	r.Digits.Set("000000")
	r.Alnum.Set("DE89 3704-0044.0532 0130 00 ü")
	r.Hex.Set(sql.Null[blob]{V: blob("deadbeef00"), Valid: true})
	r.Greek.Set(ptr("αβγ-δεζ κκκ a"))
	r.Custom.Set("confidential")
	return r
}

func TestImprintsComeBackFromEveryDatabase(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		createTable(t, db, "imprints", imprints{}, "UNIQUE (id)")
		d := newDoor(t, imprints{})
		row, null := imprinted(1), imprinted(2)
		null.Bytes.Set(nil)
		null.Hex.Set(sql.Null[blob]{})
		null.Greek.Set(nil)
		d.seal(t, &[]*imprints{row, null})
		insert(t, db, "imprints", row)
		insert(t, db, "imprints", null)
		for i, back := range readAll[imprints](t, db, "imprints") {
			want := []*imprints{row, null}[i]
			d.open(t, back)
			require.Equal(t, want.Bytes.Get(), back.Bytes.Get())
			require.Equal(t, want.Binary.Get(), back.Binary.Get())
			require.Equal(t, want.Digits.Get(), back.Digits.Get())
			require.Equal(t, want.Alnum.Get(), back.Alnum.Get())
			require.Equal(t, want.Hex.Get(), back.Hex.Get())
			require.Equal(t, want.Greek.Get(), back.Greek.Get())
			require.Equal(t, want.Custom.Get(), back.Custom.Get())
		}
		var digits, alnum, greek, hex, binary string
		db.Scan(t, "SELECT digits, alnum, greek, hex, bin FROM imprints WHERE id = ?", []any{1}, &digits, &alnum, &greek, &hex, &binary)
		require.Regexp(t, `^[0-9]{6}$`, digits)
		require.Regexp(t, `^[0-9A-Za-z]{4} [0-9A-Za-z]{4}-[0-9A-Za-z]{4}\.[0-9A-Za-z]{4} [0-9A-Za-z]{4} [0-9A-Za-z]{2} ü$`, alnum)
		require.Regexp(t, `^[α-κ]{3}-[α-κ]{3} [α-κ]{3} a$`, greek)
		require.Regexp(t, `^[0-9a-f]{10}$`, hex)
		require.Len(t, binary, 16)
	})
}

func TestEqualImprintsShowWithinTheirRowAndColumnOnly(t *testing.T) {
	d := newDoor(t, imprints{})
	rows := []*imprints{imprinted(1), imprinted(1), imprinted(2)}
	for _, r := range rows {
		r.Bytes.Set([]byte(r.Binary.Get()))
	}
	d.seal(t, &rows)
	value := func(v driver.Valuer) any {
		stored, err := v.Value()
		require.NoError(t, err)
		return stored
	}
	require.Equal(t, value(rows[0].Binary), value(rows[1].Binary), "written twice")
	require.NotEqual(t, value(rows[0].Binary), value(rows[2].Binary), "in another row")
	require.NotEqual(t, value(rows[0].Binary), value(rows[0].Bytes), "in another column")
	require.NotEqual(t, value(rows[0].Digits), value(rows[2].Digits))
}

func TestWhatCannotBeImprintedIsRefused(t *testing.T) {
	d := newDoor(t, imprints{})
	for name, c := range map[string]struct {
		set    func(*imprints)
		column string
	}{
		"15 bytes":            {func(r *imprints) { r.Bytes.Set([]byte("fifteen bytes.!")) }, "bytes"},
		"no bytes":            {func(r *imprints) { r.Binary.Set("") }, "bin"},
		"5 digits":            {func(r *imprints) { r.Digits.Set("12345") }, "digits"},
		"513 digits":          {func(r *imprints) { r.Digits.Set(strings.Repeat("1", 513)) }, "digits"},
		"empty":               {func(r *imprints) { r.Digits.Set("") }, "digits"},
		"a letter":            {func(r *imprints) { r.Digits.Set("123456" + canary) }, "digits"},
		"upper case hex":      {func(r *imprints) { r.Hex.Set(sql.Null[blob]{V: blob("DEADBEEF"), Valid: true}) }, "hex"},
		"others alone":        {func(r *imprints) { r.Alnum.Set(" - - - - ") }, "alnum"},
		"too few beside them": {func(r *imprints) { r.Greek.Set(ptr("abc αβγδε")) }, "greek"},
		"no UTF-8":            {func(r *imprints) { r.Greek.Set(ptr("αβγδεζ\xff")) }, "greek"},
		"longer than varchar": {func(r *imprints) { r.Greek.Set(ptr(strings.Repeat("α", 21))) }, "greek"},
	} {
		r := imprinted(1)
		c.set(r)
		var column *ormhooks.ColumnError
		require.ErrorAs(t, d.sealErr(t, r), &column, name)
		require.Equal(t, c.column, column.Column, name)
		if !utf8.ValidString(name) || c.column == "greek" && name != "too few beside them" {
			continue // the declared type refuses it first
		}
		var problem *cell.ImprintError
		require.ErrorAs(t, column, &problem, name)
		require.Equal(t, "imprints."+c.column, problem.Column)
	}
}
