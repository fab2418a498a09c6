package ormhooks_test

import (
	"database/sql/driver"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
)

func TestSealAndOpenTakeARowOrRows(t *testing.T) {
	d := newDoor(t, patient{})
	filled := func(id int64) patient {
		p := patient{ID: id}
		p.Email.Set(canary)
		return p
	}
	row, rows := filled(1), []patient{filled(1), filled(2)}
	pointers := []*patient{ptr(filled(1)), ptr(filled(2))}
	d.seal(t, &row)
	d.seal(t, &rows)
	d.seal(t, &pointers)
	for _, p := range append([]*patient{&row, &rows[0], &rows[1]}, pointers...) {
		back := &patient{ID: p.ID}
		scanInto(t, p.Email, &back.Email)
		d.open(t, back)
		require.Equal(t, canary, back.Email.Get())
	}
	backs := []*patient{{ID: 1}, {ID: 2}}
	scanInto(t, rows[0].Email, &backs[0].Email)
	scanInto(t, rows[1].Email, &backs[1].Email)
	d.open(t, &backs)
	require.Equal(t, canary, backs[1].Email.Get())

	none, nothing := []patient{}, []*patient(nil)
	d.seal(t, &none)
	d.open(t, &nothing)
}

type plainPatient struct {
	_     struct{} `cell:"table=plain,bind=id"`
	ID    int64
	Email string `cell:"seal"`
}

func TestSealAndOpenRefuseEverythingElse(t *testing.T) {
	d := newDoor(t, patient{})
	p, text := &patient{ID: 1}, canary
	var none *patient
	for _, given := range []any{
		nil, *p, []patient{*p}, []*patient{p}, map[int]patient{1: *p}, none, (*[]patient)(nil), &none, &p, &[1]patient{}, &map[int]patient{},
		&[]**patient{&p}, &[][]patient{}, &[]any{p}, canary, &text, []string{canary}, new(any), ptr(any(*p)), ptr(any(p)), &[]int{1},
		&plainPatient{Email: canary}, &[]plainPatient{}, &vault[string]{}, struct{}{}, &struct{}{}, func() {}, make(chan int),
	} {
		require.ErrorContains(t, d.sealErr(t, given), "cellseal: ", "%T", given)
		require.ErrorContains(t, d.openErr(t, given), "cellseal: ", "%T", given)
		_, err := ormhooks.Stale(ctx, d.source, d.Schema, given)
		harmless(t, err)
	}
	require.ErrorContains(t, d.sealErr(t, &[]*patient{p, nil}), "row 1 is nil")
	require.ErrorContains(t, d.openErr(t, &[]*patient{p, p, nil}), "row 2 is nil")
}

func TestMisusePanicsWithThePackagesName(t *testing.T) {
	d := newDoor(t, patient{})
	p := patient{ID: 1}
	p.Email.Set(canary)
	zero := new(ormhooks.Schema)
	for name, misuse := range map[string]func(){
		"Seal without a source":   func() { ormhooks.Seal(ctx, nil, d.Schema, &p) },
		"Open without a source":   func() { ormhooks.Open(ctx, nil, d.Schema, &p) },
		"Match without a source":  func() { ormhooks.Match(ctx, nil, d.Schema, "patients", "email__eq", "a") },
		"Seal without a schema":   func() { ormhooks.Seal(ctx, d.source, nil, &p) },
		"Open without a schema":   func() { ormhooks.Open(ctx, d.source, nil, &p) },
		"Stale without a schema":  func() { ormhooks.Stale(ctx, d.source, nil, &p) },
		"Match without a schema":  func() { ormhooks.Match(ctx, d.source, nil, "patients", "email__eq", "a") },
		"Seal with a zero schema": func() { ormhooks.Seal(ctx, d.source, zero, &p) },
	} {
		func() {
			defer func() {
				text, ok := recover().(string)
				require.True(t, ok, name)
				require.Regexp(t, "^cellseal/ormhooks.*: (nil|zero) ", text, name)
			}()
			misuse()
		}()
	}
}

func TestFieldsThatWereNotSetAreLeftAlone(t *testing.T) {
	d := newDoor(t, patient{})
	p := patient{ID: 1}
	p.SSN.Set(nil)
	d.seal(t, &p)
	requireUnsealed(t, p.Email)
	_, err := p.EmailEq.Value()
	require.ErrorIs(t, err, ormhooks.ErrUnsealed)
	for _, null := range []driver.Valuer{p.SSN, p.SSNTok} {
		v, err := null.Value()
		require.NoError(t, err)
		require.Nil(t, v)
	}
}

func TestOpenLeavesAloneWhatWasNotScanned(t *testing.T) {
	d := newDoor(t, patient{})
	stored := &patient{ID: 1}
	stored.SSN.Set(ptr(canary))
	d.seal(t, stored)

	p := throughTheDriver(t, stored)
	p.Email.Set("set by the application")
	d.open(t, p)
	require.Equal(t, canary, *p.SSN.Get())
	require.Equal(t, "set by the application", p.Email.Get())
	d.seal(t, p)
	before := states(t, p)
	d.open(t, p)
	require.Equal(t, before, states(t, p), "what is sealed for writing stays so")
}

func TestFieldsThatWereScannedAndNotOpenedAreRefused(t *testing.T) {
	d := newDoor(t, patient{})
	p := patient{ID: 1}
	p.Email.Set(canary)
	d.seal(t, &p)
	back := throughTheDriver(t, &patient{ID: 1})
	scanInto(t, p.Email, &back.Email)
	back.SSN.Set(ptr(canary))
	var column *ormhooks.ColumnError
	require.ErrorAs(t, d.sealErr(t, back), &column)
	require.Equal(t, "cellseal: patients.email: was scanned but not opened: call ormhooks.Open on the row before Seal", column.Error())
	requireUnsealed(t, back.SSN)

	null := &patient{ID: 1}
	require.NoError(t, null.Email.Scan(nil))
	require.ErrorAs(t, d.sealErr(t, null), &column, "NULL is a stored value too")
}

// A value of its own is bound into every row; nothing in a batch is shared.
func TestEveryRowOfABatchIsSealedForItself(t *testing.T) {
	d := newDoor(t, patient{})
	same := ormhooks.New(canary)
	rows := make([]patient, 100)
	seen := map[string]bool{}
	for i := range rows {
		rows[i] = patient{ID: int64(i + 1), Email: same}
	}
	d.seal(t, &rows)
	for i := range rows {
		v, err := rows[i].Email.Value()
		require.NoError(t, err)
		require.False(t, seen[string(v.([]byte))])
		seen[string(v.([]byte))] = true
		back := &patient{ID: rows[i].ID}
		scanInto(t, rows[i].Email, &back.Email)
		d.open(t, back)
	}
	requireUnsealed(t, same)
}

func TestARowThatStandsTwiceInABatchStaysWhole(t *testing.T) {
	d := newDoor(t, keyedRow{})
	row := &keyedRow{}
	row.set()
	d.seal(t, &[]*keyedRow{row, row})
	back := throughTheDriver(t, row)
	d.open(t, back)
	row.requireSame(t, &back.protected)
}

// states is what a row could write, as text.
func states(t testing.TB, row any) string {
	t.Helper()
	_, fields := columnsOf(row)
	var b []byte
	for _, f := range valuesOf(fields) {
		if v, ok := f.(driver.Valuer); ok {
			stored, err := v.Value()
			b = fmt.Appendf(b, "%v %v;", stored, err)
		}
	}
	return string(b)
}

func TestNothingIsChangedOnAnError(t *testing.T) {
	d := newDoor(t, limited{})
	var rows []*limited
	for i := range 5 {
		row := &limited{ID: int64(i + 1)}
		row.Price.Set("1.00")
		row.Word.Set("ok")
		rows = append(rows, row)
	}
	d.seal(t, &rows)
	for _, row := range rows[:4] {
		row.Price.Set("2.00")
	}
	rows[4].Word.Set(canary) // too long
	var before []string
	for _, row := range rows {
		before = append(before, states(t, row))
	}
	d.sealErr(t, &rows)
	for i, row := range rows {
		require.Equal(t, before[i], states(t, row), "row %d", i)
	}
	require.Equal(t, canary, rows[4].Word.Get())
	rows[4].Word.Set("short")
	d.seal(t, &rows)
	require.NotEqual(t, before[0], states(t, rows[0]))
}

func TestNothingIsOpenedOnAnError(t *testing.T) {
	d := newDoor(t, patient{})
	rows := make([]*patient, 5)
	for i := range rows {
		rows[i] = &patient{ID: int64(i + 1)}
		rows[i].Email.Set(canary)
		rows[i].SSN.Set(ptr(canary))
	}
	d.seal(t, &rows)
	for i, row := range rows {
		rows[i] = throughTheDriver(t, row)
	}
	rows[4].ID = 1
	var cellErr *ormhooks.CellError
	require.ErrorAs(t, d.openErr(t, &rows), &cellErr)
	require.Equal(t, 4, cellErr.Row)
	for _, row := range rows {
		_, ok := row.Email.Lookup()
		require.False(t, ok)
		_, ok = row.SSN.Lookup()
		require.False(t, ok)
	}
	rows[4].ID = 5
	d.open(t, &rows)
	d.open(t, &rows) // again: opening what is open does no harm
	require.Equal(t, canary, *rows[0].SSN.Get())
}

func TestWhatARowIsBoundToMustBeFilledIn(t *testing.T) {
	note := func(p *protected) { p.Note.Set(canary) }
	ints, texts, uuids, bins := boundRow[int64]{}, boundRow[string]{}, boundRow[libraryUUID]{}, boundRow[[]byte]{ID: []byte{}}
	compound := compoundRow{Number: "1"}
	note(&ints.protected)
	note(&texts.protected)
	note(&uuids.protected)
	note(&bins.protected)
	note(&compound.protected)
	for column, row := range map[string]any{"id ": &ints, "id": &texts, " id": &uuids, "  id": &bins, "clinic": &compound} {
		models := []any{row}
		d := newDoor(t, models...)
		var problem *ormhooks.ColumnError
		require.ErrorAs(t, d.sealErr(t, row), &problem)
		require.Contains(t, column, problem.Column)
		require.ErrorContains(t, problem, "is not filled in")
	}
	var none boundRow[[]byte]
	note(&none.protected)
	require.ErrorContains(t, newDoor(t, none).sealErr(t, &none), "is not filled in")
}

func TestARowWithoutItsKeyCannotBeOpened(t *testing.T) {
	d := newDoor(t, boundRow[int64]{})
	row := boundRow[int64]{ID: 1}
	row.Note.Set(canary)
	d.seal(t, &row)
	back := boundRow[int64]{}
	scanInto(t, row.Note, &back.Note)
	var problem *ormhooks.ColumnError
	require.ErrorAs(t, d.openErr(t, &back), &problem)
	require.ErrorContains(t, problem, "bound.id: note is bound to it")
	empty := boundRow[int64]{}
	d.open(t, &empty) // nothing was scanned, so nothing is missing
}
