package ordered

import (
	"context"
	"database/sql/driver"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door/finish"
	"github.com/cellseal/cellseal/ormhooks/internal/door/opened"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/segment"
	"github.com/cellseal/cellseal/search/sorted"
)

var ctx = context.Background()

// A library has books by their years, and a server that gives what WHERE leaves of them.
type library struct {
	t     *testing.T
	table *schema.Table
	plan  *plan.Plan
	keys  *codec.Keys
	index *sorted.Index
	conn  segment.DB
	years map[int64]any
	where func(id int64) bool
	read  map[Part]int // rows that the server gave
}

func newLibrary(t *testing.T, query string) *library {
	t.Helper()
	s, err := schema.New(schema.Table{
		Name: "books", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{{Name: "id", Type: "int"}, {Name: "year", Mode: schema.ModeSeal, Type: "int", Nullable: true}},
		Indexes: []*schema.Index{{Kind: "sorted", Columns: []search.Column{{Name: "year"}}}},
	})
	require.NoError(t, err)
	live := catalog.New(&catalog.Table{
		Name: "books", Visible: true, Unique: [][]string{{"id"}},
		Columns: []catalog.Column{{Name: "id", Type: "bigint"}, {Name: "year", Type: "blob", Nullable: true}},
	})
	l := &library{t: t, table: s.Table("books"), keys: codec.NewKeys(ctx, celltest.Ring(t)), years: map[int64]any{}, where: func(int64) bool { return true }, read: map[Part]int{}}
	l.plan, err = plan.Analyse(sqltext.SQLite, sqltext.Options{}, s, live, query)
	require.NoError(t, err)
	require.NotNil(t, l.plan.Walk)
	db := testdb.OpenSQLite(t)
	store := segment.NewStore(segment.SQLite, nil)
	for _, statement := range store.DDL() {
		db.Run(t, statement)
	}
	x := l.table.Listed[0]
	d, err := l.keys.Listed(l.table, nil, x)
	require.NoError(t, err)
	l.conn, l.index = segment.SQL(db.DB), sorted.New(d, store, &sorted.Options{Type: search.Int, Doc: x.Doc()})
	return l
}

// add puts a book into the library, and into the index under a year that need not be its own.
func (l *library) add(id int64, year, indexed any) {
	l.years[id] = year
	require.NoError(l.t, l.index.Add(ctx, l.conn, search.DocInt(id), indexed))
}

func (l *library) row(id int64) []driver.Value {
	row := make([]driver.Value, len(l.plan.Out.Columns))
	for i, c := range l.plan.Out.Columns {
		if c.Column == nil {
			row[i] = id
			continue
		}
		if l.years[id] == nil {
			continue
		}
		of, err := l.keys.Row(l.table, nil, c.Column.Compartment, cell.RowID(cell.BindInt("id", id)))
		require.NoError(l.t, err)
		stored, err := codec.Seal(c.Column, of, value.Encode(value.Int, int64(l.years[id].(int))))
		require.NoError(l.t, err)
		row[i] = stored.Value
	}
	return row
}

// first are the ids of as many rows as a walk finds first.
func (l *library) first(count int64) (ids []int64) {
	shape := opened.NewShape(sqltext.SQLite, l.plan)
	call := opened.Call{Ends: finish.Ends{Count: count}}
	w := &Walk{
		Context: ctx, Dialect: sqltext.SQLite, Plan: l.plan, Conn: l.conn, Span: l.index.All(), Enough: call.Ends.Enough(), Most: 5000,
		Reader: shape.Reader(ctx, opened.Config{Dialect: sqltext.SQLite, Source: celltest.Ring(l.t), MaxRows: 5000}, call),
	}
	w.Send = func(part Part, keys template.Value, most int) (rows [][]driver.Value, err error) {
		var of []int64
		switch part {
		case Page:
			for text := range strings.SplitSeq(keys.List, ", ") {
				if id, err := strconv.ParseInt(text, 10, 64); err == nil {
					of = append(of, id)
				}
			}
		default:
			for id := range l.years {
				if part == All || l.years[id] == nil {
					of = append(of, id)
				}
			}
		}
		for _, id := range of {
			if l.where(id) && len(rows) <= most {
				rows = append(rows, l.row(id))
			}
		}
		l.read[part] += len(rows)
		return rows, nil
	}
	rows, err := w.Rows()
	require.NoError(l.t, err)
	for _, row := range rows {
		ids = append(ids, row[0].(int64))
	}
	return ids
}

// A page is read for the rows that are wanted, and not the table.
func TestOnlyWhatIsWantedIsRead(t *testing.T) {
	l := newLibrary(t, "SELECT id, year FROM books ORDER BY year DESC LIMIT 3")
	for id := range int64(300) {
		l.add(1+id, int(1000+id*7%300), int(1000+id*7%300))
	}
	got := l.first(3)
	slices.SortFunc(got, func(a, b int64) int { return l.years[b].(int) - l.years[a].(int) })
	require.Equal(t, []any{1299, 1298, 1297}, []any{l.years[got[0]], l.years[got[1]], l.years[got[2]]})
	require.Equal(t, map[Part]int{Page: least}, l.read)
}

// An entry that is older than its row's value names the row in the wrong place. It is left out there, and comes in its own.
func TestAStaleEntryIsInNoPlace(t *testing.T) {
	l := newLibrary(t, "SELECT id, year FROM books ORDER BY year LIMIT 2")
	l.add(1, 1900, 1500)
	require.NoError(t, l.index.Add(ctx, l.conn, search.DocInt(1), 1900))
	l.add(2, 1600, 1600)
	l.add(3, 1700, 1700)
	require.Equal(t, []int64{2, 3}, l.first(2))
	require.Equal(t, []int64{2, 3, 1}, l.first(3))
}

// Where WHERE leaves few rows, pages are read in vain. Before they have cost much, all rows are read at once.
func TestFewRowsAreReadAtOnce(t *testing.T) {
	l := newLibrary(t, "SELECT id, year FROM books ORDER BY year LIMIT 2")
	for id := range int64(1500) {
		l.add(1+id, int(id), int(id))
	}
	l.where = func(id int64) bool { return id > 1400 && id%50 == 0 }
	require.Equal(t, []int64{1450, 1500}, l.first(2))
	require.Equal(t, 2, l.read[All])
}

// Rows without a value have no entry, and are asked for at the end at which they stand.
func TestRowsWithoutAValue(t *testing.T) {
	l := newLibrary(t, "SELECT id, year FROM books ORDER BY year LIMIT 3") // SQLite has NULL first
	l.add(1, 1500, 1500)
	l.add(2, 1400, 1400)
	l.years[3] = nil
	require.Equal(t, []int64{3, 2, 1}, l.first(3))
	require.Equal(t, 1, l.read[Nulls])
}
