package ormhooks_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// What the tests share: a schema of some models with a ring, and rows that go to
// a database and come back by the db tags of their fields.

var ctx = context.Background()

// canary is in every plaintext that must never be seen.
const canary = "CANARY-siobhan.o-neill"

// door is a schema with the source of its keys.
type door struct {
	*ormhooks.Schema
	source keys.Source
}

// newDoor uses celltest's ring.
func newDoor(t testing.TB, models ...any) door {
	t.Helper()
	s, err := ormhooks.NewSchema(models...)
	require.NoError(t, err)
	return door{s, celltest.Ring(t)}
}

func (d door) with(source keys.Source) door { return door{d.Schema, source} }

func (d door) seal(t testing.TB, given any) {
	t.Helper()
	require.NoError(t, ormhooks.Seal(ctx, d.source, d.Schema, given))
}

func (d door) open(t testing.TB, given any) {
	t.Helper()
	require.NoError(t, ormhooks.Open(ctx, d.source, d.Schema, given))
}

// sealErr and openErr check on the way that the error gives nothing away.
func (d door) sealErr(t testing.TB, given any) error {
	t.Helper()
	return harmless(t, ormhooks.Seal(ctx, d.source, d.Schema, given))
}

func (d door) openErr(t testing.TB, given any) error {
	t.Helper()
	return harmless(t, ormhooks.Open(ctx, d.source, d.Schema, given))
}

func (d door) match(t testing.TB, table, hidden string, values ...any) [][]byte {
	t.Helper()
	terms, err := ormhooks.Match(ctx, d.source, d.Schema, table, hidden, values...)
	require.NoError(t, err)
	return terms
}

// harmless wants an error that does not show the canary, however it is printed.
func harmless(t testing.TB, err error) error {
	t.Helper()
	require.Error(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		require.Empty(t, celltest.Found(fmt.Appendf(nil, verb, err), canary), "the error shows the value under %s", verb)
	}
	return err
}

// columnsOf returns a row's columns and pointers to their fields; embedded structs flatten.
func columnsOf(row any) (names []string, fields []any) {
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if name := f.Tag.Get("db"); name != "" {
				names, fields = append(names, name), append(fields, v.Field(i).Addr().Interface())
			} else if f.Anonymous {
				walk(v.Field(i))
			}
		}
	}
	walk(reflect.ValueOf(row).Elem())
	return names, fields
}

// valuesOf returns the values of a row's fields, as they are given to Exec.
func valuesOf(fields []any) []any {
	values := make([]any, len(fields))
	for i, f := range fields {
		values[i] = reflect.ValueOf(f).Elem().Interface()
	}
	return values
}

// insertErr writes a row as it is. It must have been sealed.
func insertErr(db testdb.DB, table string, row any) error {
	names, fields := columnsOf(row)
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(names)), ", ")
	_, err := db.Exec(db.SQL("INSERT INTO "+table+" ("+strings.Join(names, ", ")+") VALUES ("+marks+")"), valuesOf(fields)...)
	return err
}

func insert(t testing.TB, db testdb.DB, table string, row any) {
	t.Helper()
	require.NoError(t, insertErr(db, table, row))
}

// update writes a sealed row over the one with the same id.
func update(t testing.TB, db testdb.DB, table string, row any) {
	t.Helper()
	names, fields := columnsOf(row)
	id := valuesOf(fields[:1])
	db.Run(t, "UPDATE "+table+" SET "+strings.Join(names[1:], " = ?, ")+" = ? WHERE "+names[0]+" = ?", append(valuesOf(fields[1:]), id...)...)
}

// read scans all of a row's columns.
func read(t testing.TB, db testdb.DB, table string, row any, where string, args ...any) {
	t.Helper()
	names, fields := columnsOf(row)
	db.Scan(t, "SELECT "+strings.Join(names, ", ")+" FROM "+table+" WHERE "+where, args, fields...)
}

// readAll scans all rows of a table in the order of their first column.
func readAll[R any](t testing.TB, db testdb.DB, table string) []*R {
	t.Helper()
	names, _ := columnsOf(new(R))
	rows, err := db.Query("SELECT " + strings.Join(names, ", ") + " FROM " + table + " ORDER BY " + names[0])
	require.NoError(t, err)
	defer rows.Close()
	var all []*R
	for rows.Next() {
		row := new(R)
		_, fields := columnsOf(row)
		require.NoError(t, rows.Scan(fields...))
		all = append(all, row)
	}
	require.NoError(t, rows.Err())
	return all
}

// createTable makes a table with a column for every field of a model. more are
// further constraints.
func createTable(t testing.TB, db testdb.DB, table string, model any, more ...string) {
	t.Helper()
	typ := reflect.TypeOf(model)
	var columns []string
	for _, f := range reflect.VisibleFields(typ) {
		name, options := f.Tag.Get("db"), f.Tag.Get("cell")
		column := db.Types.Blob
		switch {
		case name == "":
			continue
		case strings.Contains(options, "text") || strings.Contains(options, "alphabet="):
			column = db.Types.Text
		case options != "":
		case strings.HasSuffix(name, "__kid"):
			column = db.Types.Uint
		case f.Type == reflect.TypeFor[ormhooks.Hidden]():
			column = db.Types.Term
		case f.Type.Kind() == reflect.String:
			column = db.Types.Key
		case f.Type.Kind() == reflect.Int64:
			column = db.Types.Int
		}
		columns = append(columns, name+" "+column)
	}
	db.Run(t, "CREATE TABLE "+table+" ("+strings.Join(append(columns, more...), ", ")+")")
}

func ptr[T any](v T) *T { return &v }

// scanInto brings a sealed value to another field as a database would.
func scanInto(t testing.TB, from driver.Valuer, to sql.Scanner) {
	t.Helper()
	v, err := from.Value()
	require.NoError(t, err)
	require.NoError(t, to.Scan(v))
}
