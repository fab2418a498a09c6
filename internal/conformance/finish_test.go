package conformance

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search"
)

// finishCase is a column of a type that is sorted, grouped and added up: protected, as the
// twin has it, and what functions it has, in which dialects.
type finishCase struct {
	name, declared          string
	postgres, mysql, sqlite string
	sums, least             string
	values                  []any
}

var finishCases = []finishCase{
	{"i", "int", "BIGINT", "BIGINT", "INTEGER", "pg mysql sqlite", "pg mysql sqlite", []any{0, 1, -1, 2, 40, int64(1) << 40, -7, 3}},
	{"u", "uint", "NUMERIC(20)", "BIGINT UNSIGNED", "INTEGER", "pg mysql sqlite", "mysql sqlite", []any{0, 1, 2, 999, int64(1) << 50}},
	{"f", "float64", "DOUBLE PRECISION", "DOUBLE", "REAL", "pg mysql sqlite", "pg mysql sqlite", []any{0.5, -0.25, 3.0, 1e10, 2.75}},
	{"g", "float32", "REAL", "FLOAT", "REAL", "pg mysql sqlite", "pg sqlite", []any{float32(0.5), float32(-0.25), float32(1024)}},
	{"n", "numeric(10,2)", "NUMERIC(10,2)", "DECIMAL(10,2)", "TEXT", "pg mysql", "", []any{"1.25", "-99.99", "0.01", "12345.67"}},
	{"b", "bool", "BOOLEAN", "BOOLEAN", "BOOLEAN", "mysql sqlite", "mysql sqlite", []any{true, false}},
	{"at", "timestamp(6)", "TIMESTAMPTZ(6)", "DATETIME(6)", "DATETIME", "", "pg mysql", []any{noon, noon.Add(time.Hour), noon.Add(-48 * time.Hour)}},
	{"uid", "uuid", "UUID", "CHAR(36) CHARACTER SET ascii", "TEXT", "", "mysql sqlite", []any{"6ba7b810-9dad-11d1-80b4-00c04fd430c8", "00000000-0000-0000-0000-00000000000a", "ffffffff-9dad-11d1-80b4-00c04fd430c8"}},
	{"raw", "bytes", "BYTEA", "VARBINARY(99)", "BLOB", "", "mysql", []any{[]byte{1, 2}, []byte{1}, []byte{0xff}}},
	{"txt", "text", `TEXT COLLATE "C"`, "VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin", "TEXT", "", "pg mysql sqlite", []any{"b", "B", "a ", "a", "", "ä", "b\x01", canary}},
	{"mail", "text", `TEXT COLLATE folded`, "VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_nopad_ci", "TEXT COLLATE NOCASE", "", "", []any{"b@x", "B@x", "a@x", "c@y"}},
}

// A finishWorld has one table with a protected column of each type, and plain ones beside them. With
// inOrder every one of them has a sorted index, that of mail under the same transforms.
func newFinishWorld(t *testing.T, db testdb.DB, inOrder bool) *world {
	table := schema.Table{Name: "vals", Bind: bound("id"), Columns: []*schema.Column{{Name: "id", Type: "int"}}, Indexes: []*schema.Index{exact("mail", search.Fold)}}
	twin, stored := "id BIGINT PRIMARY KEY", "id BIGINT PRIMARY KEY"
	natural := map[string]func(finishCase) string{testdb.Postgres: func(c finishCase) string { return c.postgres },
		testdb.MySQL: func(c finishCase) string { return c.mysql }, testdb.SQLite: func(c finishCase) string { return c.sqlite }}[db.Dialect]
	for i, c := range finishCases {
		column := &schema.Column{Name: c.name, Type: c.declared, Nullable: true, Mode: schema.ModeSeal}
		if i%2 == 1 {
			column.Mode = schema.ModeToken
		}
		table.Columns = append(table.Columns, column)
		if x := (&schema.Index{Kind: "sorted", Columns: []search.Column{{Name: c.name}}}); inOrder {
			if c.name == "mail" {
				x.Columns[0].Transforms = []search.Transform{search.Fold}
			}
			table.Indexes = append(table.Indexes, x)
		}
		twin += ", " + c.name + " " + natural(c)
		stored += ", " + c.name + " " + db.Types.Blob
	}
	plain := map[string]string{
		testdb.Postgres: `, pi BIGINT, ps SMALLINT, pn NUMERIC(8,3), pf DOUBLE PRECISION, pt TEXT`,
		testdb.MySQL:    ", pi BIGINT, ps SMALLINT, pn DECIMAL(8,3), pf DOUBLE, pt VARCHAR(50)",
		testdb.SQLite:   ", pi INTEGER, ps INTEGER, pn INTEGER, pf REAL, pt TEXT COLLATE NOCASE",
	}[db.Dialect]
	s := newSchema(t, table)
	w := newWorld(t, db, s, celltest.Rotated(t))
	for name := range s.Table("vals").Hidden() {
		stored += ", " + name + " " + db.Types.Term
	}
	run(t, w.bare, "CREATE TABLE vals ("+stored+plain+")")
	if inOrder {
		w.lists(t)
	}
	w.twin.Run(t, "CREATE TABLE vals ("+twin+plain+")")
	return w
}

func (w *world) fill(t *testing.T, r *rand.Rand, rows int) {
	names, marks := []string{"id", "pi", "ps", "pn", "pf", "pt"}, "?, ?, ?, ?, ?, ?"
	for _, c := range finishCases {
		names, marks = append(names, c.name), marks+", ?"
	}
	null := func(v any) any {
		if r.IntN(6) == 0 {
			return nil
		}
		return v
	}
	for id := range rows {
		pn := any(fmt.Sprintf("%d.%03d", r.IntN(50), r.IntN(1000)))
		if w.Dialect == testdb.SQLite {
			pn = r.IntN(50)
		}
		args := []any{id + 1, null(r.IntN(9) - 4), null(r.IntN(300)), null(pn), null(float64(r.IntN(64)) / 8), null([]string{"x", "X", "y", "ß", "Z"}[r.IntN(5)])}
		for _, c := range finishCases {
			args = append(args, null(c.values[r.IntN(len(c.values))]))
		}
		w.both(t, "INSERT INTO vals ("+strings.Join(names, ", ")+") VALUES ("+marks+")", args...)
	}
}

// exactly is a result with the Go type of each value, in the order of the statement.
func exactly(db runner, query string, args ...any) (all []string, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	head := ""
	for _, c := range types {
		head += c.Name() + " | "
	}
	all = append(all, head)
	for rows.Next() {
		values, into := make([]any, len(types)), make([]any, len(types))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		line := ""
		for i, v := range values {
			if at, ok := v.(time.Time); ok {
				v = at.UTC().Format(time.RFC3339Nano)
			}
			if s, ok := v.(float64); ok && s == 0 { // -0
				v = float64(0)
			}
			line += fmt.Sprintf("%T %s | ", values[i], shown(v))
		}
		all = append(all, line)
	}
	return all, rows.Err()
}

// sameExactly compares a statement's answers, of a direct query and of a prepared one. Rows that a
// statement does not order are sorted, all but the head.
func (w *world) sameExactly(t *testing.T, query string, args ...any) {
	t.Helper()
	query = w.SQL(query)
	got, err := exactly(w.DB, query, args...)
	require.NoError(t, err, query)
	want, err := exactly(w.twin, query, args...)
	require.NoError(t, err, query)
	if !strings.Contains(query, "ORDER BY") {
		slices.Sort(got[1:])
		slices.Sort(want[1:])
	}
	require.Equal(t, want, got, "%s %v", query, args)
}

func names(d string) string {
	for short, long := range dialectNames {
		if long == d {
			return short
		}
	}
	return ""
}

// TestFinishedTypes compares sums, averages, extremes, groups and orders of every type with those that
// the server gives of plaintext, down to the Go types.
func TestFinishedTypes(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := newFinishWorld(t, db, false)
		r := rand.New(rand.NewPCG(7, 11))
		for round := range 3 {
			for _, c := range finishCases {
				w.ofType(t, db, c)
			}
			w.ofPlain(t)
			w.fillMore(t, r, round)
		}
		celltest.AssertSealed(t, w.bare, canary)
	})
}

func (w *world) fillMore(t *testing.T, r *rand.Rand, round int) {
	w.Run(t, "DELETE FROM vals")
	w.twin.Run(t, "DELETE FROM vals")
	w.fill(t, r, 5+30*round)
}

func (w *world) ofType(t *testing.T, db testdb.DB, c finishCase) {
	t.Helper()
	d := names(db.Dialect)
	w.sameExactly(t, "SELECT COUNT("+c.name+"), COUNT(DISTINCT "+c.name+") AS n FROM vals")
	if slices.Contains(strings.Fields(c.sums), d) {
		w.sameExactly(t, "SELECT SUM("+c.name+"), AVG("+c.name+") AS a, count(*) FROM vals WHERE id <> ?", 3)
		w.sameExactly(t, "SELECT pt, sum("+c.name+"), avg("+c.name+") FROM vals WHERE pt IS NOT NULL AND pt <> 'X' AND pt <> 'x' GROUP BY pt ORDER BY SUM("+c.name+"), pt")
	}
	if slices.Contains(strings.Fields(c.least), d) {
		w.sameExactly(t, "SELECT MIN("+c.name+"), max("+c.name+") FROM vals WHERE id <> 2")
		w.sameExactly(t, "SELECT pi, MIN("+c.name+") AS least FROM vals GROUP BY pi ORDER BY least, pi")
	}
	if c.name == "n" && d == "sqlite" {
		return // of which the twin is text
	}
	w.sameExactly(t, "SELECT id FROM vals ORDER BY "+c.name+", id")
	w.sameExactly(t, "SELECT id FROM vals ORDER BY "+c.name+" DESC, pt, id LIMIT ? OFFSET 2", 7)
	w.sameExactly(t, "SELECT count(*), pi FROM vals WHERE id > 1 GROUP BY "+c.name+", pi ORDER BY "+c.name+" DESC, pi")
	if db.Dialect != testdb.MySQL {
		w.sameExactly(t, "SELECT id FROM vals ORDER BY "+c.name+" DESC NULLS LAST, pt NULLS FIRST, id DESC")
	}
	if c.name != "mail" && (c.name != "u" || d != "pg") { // servers show another spelling of one, and pgx text of the other
		w.sameExactly(t, "SELECT DISTINCT "+c.name+" FROM vals ORDER BY "+c.name)
		w.sameExactly(t, "SELECT DISTINCT "+c.name+", pi FROM vals ORDER BY pi, 1 DESC LIMIT 9")
	}
}

// ofPlain is about plain columns beside protected ones.
func (w *world) ofPlain(t *testing.T) {
	t.Helper()
	for _, c := range []string{"pi", "ps", "pn", "pf"} {
		w.sameExactly(t, "SELECT COUNT(DISTINCT mail), SUM("+c+"), AVG("+c+"), MIN("+c+"), MAX("+c+"), COUNT("+c+"), COUNT(DISTINCT "+c+"), SUM(DISTINCT "+c+") FROM vals")
		w.sameExactly(t, "SELECT txt, SUM("+c+") AS s, AVG("+c+"), MIN("+c+"), MAX("+c+"), COUNT("+c+"), COUNT(DISTINCT "+c+") FROM vals GROUP BY txt ORDER BY s DESC, txt")
	}
	w.sameExactly(t, "SELECT txt, COUNT(DISTINCT pt), pi + 1 FROM vals GROUP BY pi + 1, txt ORDER BY txt, pi + 1")
	w.sameExactly(t, "SELECT COUNT(*) AS n, mail IS NULL FROM vals GROUP BY mail, mail IS NULL ORDER BY mail")
}

// TestTooManyRows asks for no half answer.
func TestTooManyRows(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := newFinishWorld(t, db, false)
		w.fill(t, rand.New(rand.NewPCG(1, 2)), 12)
		for most, works := range map[int]bool{11: false, 12: true} {
			door := sql.OpenDB(sqlcell.WrapOptions(w.rec, w.schema, celltest.Rotated(t), dialects[db.Dialect], &sqlcell.Options{MaxRows: most}))
			for _, q := range []string{"SELECT id FROM vals ORDER BY mail LIMIT 1", "SELECT mail, COUNT(*) FROM vals GROUP BY mail", "SELECT MAX(mail) FROM vals", "SELECT DISTINCT mail FROM vals"} {
				_, err := exactly(door, q)
				if works {
					require.NoError(t, err)
					continue
				}
				var tooMany *ormhooks.TooManyRowsError
				require.True(t, errors.As(err, &tooMany), "%v", err)
				require.Equal(t, 11, tooMany.Most)
				require.Equal(t, "vals.mail", tooMany.Column)
				_, err = exactly(door, q+" ")
				require.Error(t, err, "the connection is still of use")
			}
			_, err := exactly(door, "SELECT id FROM vals")
			require.NoError(t, err, "what the server answers has no bound")
			door.Close()
		}
	})
}
