package ormhooks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
)

// What somebody who can write the database, and holds no key, may try: every cell
// that does not stand where it was sealed is found out, and the error says where.

type recordFields struct {
	Clinic  int64                   `db:"clinic"`
	Note    ormhooks.Sealed[string] `db:"note" cell:"seal"`
	Other   ormhooks.Sealed[string] `db:"other" cell:"seal"`
	Padded  ormhooks.Sealed[string] `db:"padded" cell:"seal,pad=64"`
	Medical ormhooks.Sealed[string] `db:"medical" cell:"seal,compartment=medical"`
	Plain   ormhooks.Sealed[string] `db:"armoured" cell:"seal,text"`
	SSN     ormhooks.Sealed[string] `db:"ssn" cell:"token"`
	SSNTok  ormhooks.Hidden         `db:"ssn__tok"`
	Tax     ormhooks.Sealed[string] `db:"tax" cell:"token"`
	TaxTok  ormhooks.Hidden         `db:"tax__tok"`
	Keyed   ormhooks.Sealed[string] `db:"keyed" cell:"seal,compartment=keyed,bind=row_key"`
	RowKey  ormhooks.Hidden         `db:"cellseal_row"`
	Free    ormhooks.Sealed[string] `db:"free" cell:"seal,compartment=free,bind=column"`
}

type record struct {
	_  struct{} `cell:"table=records,bind=id,scope=clinic(clinic)"`
	ID int64    `db:"id"`
	recordFields
}

type archived struct {
	_  struct{} `cell:"table=archive,bind=id,scope=clinic(clinic)"`
	ID int64    `db:"id"`
	recordFields
}

func fillIn(f *recordFields, clinic int64, text string) {
	f.Clinic = clinic
	for _, s := range fieldsOf[string](f) {
		s.Set(text + " " + canary)
	}
}

// from is the value of a column of row id, for an UPDATE of the same table, which MySQL
// wants wrapped.
func from(table, column, id string) string {
	return "(SELECT " + column + " FROM (SELECT * FROM " + table + ") x WHERE id = " + id + ")"
}

func TestACellOpensOnlyWhereItWasSealed(t *testing.T) {
	attacks := []struct {
		name   string
		change string // of records, row 1
		column string // that is found out
		key    uint32 // that the error names
	}{
		{"another row's cell", "note = " + from("records", "note", "2"), "note", 1001},
		{"another row's padded cell", "padded = " + from("records", "padded", "2"), "padded", 1001},
		{"another row's text cell", "armoured = " + from("records", "armoured", "2"), "armoured", 1001},
		{"another column's cell", "note = other", "note", 1001},
		{"another column's unpadded cell", "padded = note", "padded", 1001},
		{"another row's cell of a compartment", "medical = " + from("records", "medical", "2"), "medical", 1001},
		{"another compartment's cell", "medical = note", "medical", 1001},
		{"a cell of a column that knows no rows", "note = free", "note", 1001},
		{"a bound cell where rows do not count", "free = note", "free", 1001},
		{"another tenant's cell", "note = " + from("records", "note", "3"), "note", 1001},
		{"another tenant's unbound cell", "free = " + from("records", "free", "3"), "free", 1001},
		{"another tenant's name", "clinic = 20", "note", 1001},
		{"another table's cell", "note = (SELECT note FROM archive WHERE id = 1)", "note", 1001},
		{"another table's unbound cell", "free = (SELECT free FROM archive WHERE id = 1)", "free", 1001},
		{"another row's token", "ssn__tok = " + from("records", "ssn__tok", "2"), "ssn", 1001},
		{"another row's ciphertext", "ssn = " + from("records", "ssn", "2"), "ssn", 1001},
		{"another row's ciphertext and token", "ssn = " + from("records", "ssn", "2") + ", ssn__tok = " + from("records", "ssn__tok", "2"), "ssn", 1001},
		{"another column's token", "ssn__tok = tax__tok", "ssn", 1001},
		{"another column's ciphertext and token", "ssn = tax, ssn__tok = tax__tok", "ssn", 1001},
		{"a cell for a token", "ssn__tok = note", "ssn", 1001},
		{"a token for a cell", "note = ssn__tok", "note", 1001},
		{"another row's row key", "cellseal_row = " + from("records", "cellseal_row", "2"), "keyed", 1001},
		{"another row's cell under a row key", "keyed = " + from("records", "keyed", "2"), "keyed", 1001},
		{"half a token", "ssn__tok = NULL", "ssn", 0},
		{"half a token, the other way round", "ssn = NULL", "ssn", 1001},
		{"a plaintext", "note = '" + canary + "'", "note", 0},
		{"a plaintext where cells are text", "armoured = '" + canary + "'", "armoured", 0},
		{"nothing", "note = ''", "note", 0},
		{"nothing where cells are text", "armoured = ''", "armoured", 0},
		{"no token", "ssn__tok = ''", "ssn", 0},
	}
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		createTable(t, db, "records", record{}, "UNIQUE (id)")
		createTable(t, db, "archive", archived{}, "UNIQUE (id)")
		d := newDoor(t, record{}, archived{})
		rows := []*record{{ID: 1}, {ID: 2}, {ID: 3}}
		for i, clinic := range []int64{10, 10, 20} {
			fillIn(&rows[i].recordFields, clinic, "of a row")
		}
		kept := &archived{ID: 1}
		fillIn(&kept.recordFields, 10, "kept")
		d.seal(t, &rows)
		d.seal(t, kept)
		insert(t, db, "archive", kept)
		for _, a := range attacks {
			t.Run(a.name, func(t *testing.T) {
				db.Run(t, "DELETE FROM records")
				for _, row := range rows {
					insert(t, db, "records", row)
				}
				whole := new(record)
				read(t, db, "records", whole, "id = ?", 1)
				d.open(t, whole)
				db.Run(t, "UPDATE records SET "+a.change+" WHERE id = 1")

				back := readAll[record](t, db, "records")
				back[0], back[2] = back[2], back[0]
				err := d.openErr(t, &back)
				var cellErr *ormhooks.CellError
				require.ErrorAs(t, err, &cellErr)
				require.ErrorIs(t, err, cell.ErrDecrypt)
				require.Equal(t, ormhooks.CellError{Table: "records", Column: a.column, Row: 2, KeyID: a.key, Err: cell.ErrDecrypt}, *cellErr)
				require.ErrorContains(t, err, "records."+a.column)
			})
		}
	})
}

// What FORMAT.md says is out of reach: an older cell of the same place, and NULL.
func TestWhatCellsAloneDoNotPrevent(t *testing.T) {
	d := newDoor(t, record{})
	row := &record{ID: 1}
	fillIn(&row.recordFields, 10, "old")
	d.seal(t, row)
	old := row.Note
	row.Note.Set("new")
	d.seal(t, row)
	back := throughTheDriver(t, row)
	scanInto(t, old, &back.Note)
	d.open(t, back)
	require.Equal(t, "old "+canary, back.Note.Get())

	require.NoError(t, back.Note.Scan(nil))
	var cellErr *ormhooks.CellError
	require.ErrorAs(t, d.openErr(t, back), &cellErr, "though a Go string cannot hold NULL")
	require.ErrorContains(t, cellErr, "use a pointer or sql.Null")
}

func TestEveryChangedByteIsFoundOut(t *testing.T) {
	d := newDoor(t, record{})
	row := &record{ID: 1}
	fillIn(&row.recordFields, 10, "")
	d.seal(t, row)
	v, err := row.Note.Value()
	require.NoError(t, err)
	sealed := v.([]byte)
	for i := range sealed {
		changed := append([]byte{}, sealed...)
		changed[i] ^= 0x40
		back := &record{ID: 1}
		back.Clinic = 10
		require.NoError(t, back.Note.Scan(changed))
		var cellErr *ormhooks.CellError
		require.ErrorAs(t, d.openErr(t, back), &cellErr, "byte %d", i)
		if i < 1 || i > 4 { // which hold the key id
			require.ErrorIs(t, cellErr, cell.ErrDecrypt, "byte %d", i)
		}
		back = &record{ID: 1}
		back.Clinic = 10
		require.NoError(t, back.Note.Scan(sealed[:i]))
		require.ErrorIs(t, d.openErr(t, back), cell.ErrDecrypt, "%d bytes", i)
	}
}

// A value that was scanned without its other half says so: that is no attack.
func TestHalvesThatWereNotReadAreAskedFor(t *testing.T) {
	d := newDoor(t, record{}, cards{})
	row := &record{ID: 1}
	fillIn(&row.recordFields, 10, "")
	d.seal(t, row)
	back := &record{ID: 1}
	back.Clinic = 10
	scanInto(t, row.SSN, &back.SSN)
	require.ErrorContains(t, d.openErr(t, back), "select ssn__tok along with it")
	_, err := ormhooks.Stale(ctx, d.source, d.Schema, back)
	require.ErrorContains(t, err, "select ssn__tok along with it")

	card := &cards{ID: 1}
	scanInto(t, sealedCard(t, d).Number, &card.Number)
	require.ErrorContains(t, d.openErr(t, card), "select number__kid along with it")
	for _, kid := range []any{nil, int64(0), int64(-1), int64(1) << 32, "one", []byte{}} {
		require.NoError(t, card.Kid.Scan(kid))
		require.ErrorIs(t, d.openErr(t, card), cell.ErrDecrypt, "%v", kid)
	}
	require.NoError(t, card.Number.Scan(nil))
	for _, kid := range []any{int64(1001), "one"} {
		require.NoError(t, card.Kid.Scan(kid))
		require.ErrorIs(t, d.openErr(t, card), cell.ErrDecrypt, "a key id without its imprint")
	}
}
