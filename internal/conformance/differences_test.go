package conformance

import (
	"database/sql"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
)

// differences gathers what is not as the bare driver has it.
type differences struct {
	link     string
	n        int // number of the row
	compared int
	all      map[string]string // by kind: an example
}

func (d *differences) add(column, way, door, twin string) {
	if d.compared++; door == twin {
		return
	}
	typ, mode, _ := strings.Cut(column, "_")
	kind := typ + " " + way
	if mode == "imprint" || mode == "alphabet" {
		kind = typ + " " + mode + " " + way
	}
	if _, known := d.all[kind]; !known {
		d.all[kind] = fmt.Sprintf("%.60s through the door, %.60s without (%s)", door, twin, d.link)
	}
}

// compare writes all values of a type and reads them into everything.
func (d *differences) compare(db testdb.DB, door, bare *sql.DB, c typeCase, column string) {
	for _, arg := range append(c.args, nil) {
		d.value(db, door, bare, column, "?", arg)
	}
	for _, l := range append(c.literals, "NULL") {
		d.value(db, door, bare, column, l)
	}
}

func (d *differences) value(db testdb.DB, door, bare *sql.DB, column, mark string, args ...any) {
	d.n++
	insert := db.SQL(fmt.Sprintf("INSERT INTO vals (id, %s) VALUES (%d, %s)", column, d.n, mark))
	how := d.n % 3 // directly, prepared, in a transaction
	got, want := write(door, how, insert, args), write(bare, how, insert, args)
	d.add(column, "written", fmt.Sprint(got == nil), fmt.Sprint(want == nil))
	if got != nil || want != nil {
		return
	}
	read := fmt.Sprintf("SELECT %s FROM vals WHERE id = ", column)
	for _, name := range slices.Sorted(maps.Keys(destinations)) {
		into := destinations[name]
		d.add(column, "into "+name, scanned(door.QueryRow(read+fmt.Sprint(d.n)), into()), scanned(bare.QueryRow(read+fmt.Sprint(d.n)), into()))
		d.add(column, "by argument into "+name, scanned(door.QueryRow(db.SQL(read+"?"), d.n), into()), scanned(bare.QueryRow(db.SQL(read+"?"), d.n), into()))
	}
	d.add(column, "prepared into any", prepared(door, db.SQL(read+"?"), d.n), prepared(bare, db.SQL(read+"?"), d.n))
}

func write(db *sql.DB, how int, query string, args []any) error {
	switch how {
	case 0:
		_, err := db.Exec(query, args...)
		return err
	case 1:
		st, err := db.Prepare(query)
		if err != nil {
			return err
		}
		defer st.Close()
		_, err = st.Exec(args...)
		return err
	}
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if _, err = tx.Exec(query, args...); err != nil {
		tx.Rollback()
		return err
	}
	return tx.Commit()
}

func prepared(db *sql.DB, query string, args ...any) string {
	st, err := db.Prepare(query)
	if err != nil {
		return "error"
	}
	defer st.Close()
	return scanned(st.QueryRow(args...), new(any))
}

// wanted compares the kinds of differences with those that are known and explained.
func (d *differences) wanted(t testing.TB, dialect string) {
	t.Helper()
	path := "testdata/types." + dialect
	got := strings.Join(slices.Sorted(maps.Keys(d.all)), "\n") + "\n"
	if *rewrite {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
		return
	}
	known, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(known), got, "run with -rewrite and read the difference")
}
