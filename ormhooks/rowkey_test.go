package ormhooks_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

func rowKeyOf(t testing.TB, row *keyedRow) []byte {
	t.Helper()
	v, err := row.RowKey.Value()
	require.NoError(t, err)
	return v.([]byte)
}

func TestANewRowGetsAKeyAndKeepsIt(t *testing.T) {
	d := newDoor(t, keyedRow{})
	rows := []*keyedRow{{}, {}}
	for _, row := range rows {
		row.set()
	}
	d.seal(t, &rows)
	key := rowKeyOf(t, rows[0])
	require.Len(t, key, 16)
	require.NotEqual(t, key, rowKeyOf(t, rows[1]))

	rows[0].Note.Set("changed before it was written")
	d.seal(t, &rows)
	require.Equal(t, key, rowKeyOf(t, rows[0]))
}

func TestAReadRowKeepsItsKey(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		createTable(t, db, "bound", keyedRow{}, "UNIQUE (id)")
		d := newDoor(t, keyedRow{})
		row := &keyedRow{ID: 1}
		row.set()
		d.seal(t, row)
		insert(t, db, "bound", row)
		key := rowKeyOf(t, row)

		back := new(keyedRow)
		read(t, db, "bound", back, "id = ?", 1)
		_, err := back.RowKey.Value()
		require.ErrorIs(t, err, ormhooks.ErrUnsealed)
		back.Note.Set("changed without being opened")
		only := &keyedRow{ID: 1, RowKey: back.RowKey} // as if nothing else had been selected
		only.Note = back.Note
		d.seal(t, only)
		require.Equal(t, key, rowKeyOf(t, only))
		db.Run(t, "UPDATE bound SET note = ? WHERE id = ?", only.Note, 1)

		again := new(keyedRow)
		read(t, db, "bound", again, "id = ?", 1)
		d.open(t, again)
		require.Equal(t, "changed without being opened", again.Note.Get())
		require.Equal(t, row.SSN.Get(), again.SSN.Get(), "the rest of the row opens as before")
	})
}

// A second key for a row would make what is stored under the first unreadable.
func TestARowThatWasReadWithoutItsKeyIsRefused(t *testing.T) {
	d := newDoor(t, keyedRow{})
	row := &keyedRow{ID: 1}
	row.set()
	d.seal(t, row)
	for name, prepare := range map[string]func(*keyedRow){
		"scanned":           func(*keyedRow) {},
		"scanned and set":   func(r *keyedRow) { r.Note.Set("new") },
		"key read as NULL":  func(r *keyedRow) { r.Note.Set("new"); require.NoError(t, r.RowKey.Scan(nil)) },
		"set twice":         func(r *keyedRow) { r.Note.Set("new"); r.Note.Set("newer") },
		"another field too": func(r *keyedRow) { r.Note.Set("new"); r.SSN.Set("new") },
	} {
		back := &keyedRow{ID: 1}
		scanInto(t, row.Note, &back.Note)
		prepare(back)
		var problem *ormhooks.ColumnError
		require.ErrorAs(t, d.sealErr(t, back), &problem, name)
		require.Equal(t, schema.RowKeyColumn, problem.Column)
		require.ErrorContains(t, problem, "select it along")
	}
	back := &keyedRow{ID: 1}
	scanInto(t, row.Note, &back.Note)
	var problem *ormhooks.ColumnError
	require.ErrorAs(t, d.openErr(t, back), &problem)
	require.Equal(t, schema.RowKeyColumn, problem.Column)

	scanInto(t, row.RowKey, &back.RowKey)
	d.open(t, back)
	d.seal(t, back)
	alone := &keyedRow{ID: 1}
	alone.Note = back.Note
	require.ErrorAs(t, d.sealErr(t, alone), &problem, "a field that came from a row that had its key")
	require.Equal(t, schema.RowKeyColumn, problem.Column)
}

func TestARowKeyOfTheWrongSizeIsRefused(t *testing.T) {
	d := newDoor(t, keyedRow{})
	row := &keyedRow{}
	row.set()
	d.seal(t, row)
	for _, key := range [][]byte{{}, {1}, bytes.Repeat([]byte{7}, 15), bytes.Repeat([]byte{7}, 17), []byte("018f3c5e-00ff-7a10-8080-c1f5275c0a22")} {
		back := new(keyedRow)
		scanInto(t, row.Note, &back.Note)
		require.NoError(t, back.RowKey.Scan(key))
		var problem *ormhooks.ColumnError
		require.ErrorAs(t, d.openErr(t, back), &problem)
		require.Equal(t, schema.RowKeyColumn, problem.Column)
		back.Note.Set("new")
		require.ErrorAs(t, d.sealErr(t, back), &problem, "or whoever can write the table chooses what a row is bound to")
	}
}

func TestACopiedRowIsNewOnlyOnceItsKeyIsGone(t *testing.T) {
	d := newDoor(t, keyedRow{})
	row := &keyedRow{ID: 1}
	row.set()
	d.seal(t, row)
	other := &keyedRow{ID: 2}
	other.set()
	d.seal(t, other)
	require.NotEqual(t, rowKeyOf(t, row), rowKeyOf(t, other))
	back := &keyedRow{ID: 2}
	scanInto(t, other.Note, &back.Note)
	scanInto(t, row.RowKey, &back.RowKey)
	require.ErrorIs(t, d.openErr(t, back), cell.ErrDecrypt)
}

// What looks like a new row may be an UPDATE of an old one: a new key would make the
// columns that are not written with it unreadable.
func TestPartOfANewRowGetsNoKey(t *testing.T) {
	d := newDoor(t, keyedRow{})
	row := &keyedRow{ID: 1}
	row.Note.Set(canary)
	var problem *ormhooks.ColumnError
	require.ErrorAs(t, d.sealErr(t, row), &problem)
	require.ErrorContains(t, problem, "set every column")
	_, err := row.RowKey.Value()
	require.ErrorIs(t, err, ormhooks.ErrUnsealed)
}
