package sqlcell_test

import (
	"database/sql"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// invoice is a table of running sums, by one column and by none, of integers and of decimals.
type invoice struct {
	_      struct{} `cell:"table=invoices,bind=id"`
	ID     int64    `gorm:"primaryKey"`
	Clinic *int64
	Day    int64
	Note   string
	Amount *int64 `cell:"seal" search:"sum,by=clinic"`
	Tax    *int64 `cell:"seal" search:"sum"`
	City   string `cell:"seal" search:"exact,leaks=frequency"`
}

// twin is the same in clear.
const twin = "CREATE TABLE plain (id BIGINT PRIMARY KEY, clinic BIGINT, day BIGINT, note VARCHAR(20), amount BIGINT, tax BIGINT, city VARCHAR(20))"

func eachSummed(t *testing.T, o *sqlcell.Options, f func(t *testing.T, p pool)) {
	t.Helper()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		p := wrapped(t, db, newSchema(t, invoice{}), celltest.Ring(t), o)
		p.create(t, invoice{})
		p.Run(t, twin)
		require.NoError(t, sqlcell.Check(ctx, p.DB.DB))
		f(t, p)
	})
}

// both runs a statement on the protected table and on its twin.
func (p pool) both(t testing.TB, text string, args ...any) {
	t.Helper()
	p.Run(t, fmt.Sprintf(text, "invoices"), args...)
	p.Run(t, fmt.Sprintf(text, "plain"), args...)
}

// grid is a result as text, row by row, with the names of its columns in front.
func (p pool) grid(t testing.TB, on querier, text string, args ...any) (all [][]sql.NullString) {
	t.Helper()
	rows, err := on.QueryContext(ctx, p.SQL(text), args...)
	require.NoError(t, err, text)
	defer rows.Close()
	names, err := rows.Columns()
	require.NoError(t, err)
	var head []sql.NullString
	for _, name := range names {
		head = append(head, sql.NullString{String: name})
	}
	all = append(all, head)
	for rows.Next() {
		row := make([]sql.NullString, len(names))
		into := make([]any, len(row))
		for i := range row {
			into[i] = &row[i]
		}
		require.NoError(t, rows.Scan(into...))
		all = append(all, row)
	}
	require.NoError(t, rows.Err(), text)
	return all
}

var sumQueries = []string{
	"SELECT SUM(amount), AVG(amount), COUNT(amount), COUNT(*), SUM(tax), COUNT(tax) FROM %s",
	"SELECT SUM(amount), AVG(amount), COUNT(amount), COUNT(*) FROM %s",
	"SELECT SUM(tax), COUNT(*) FROM %s",
	"SELECT clinic, SUM(amount), AVG(amount), COUNT(*) FROM %s GROUP BY clinic ORDER BY clinic",
	"SELECT clinic AS c, SUM(amount) FROM %s GROUP BY clinic ORDER BY SUM(amount) DESC, c",
	"SELECT day, SUM(amount), SUM(tax) FROM %s GROUP BY day ORDER BY day DESC",
	"SELECT note, SUM(tax) FROM %s GROUP BY note ORDER BY note",
	"SELECT SUM(amount) FROM %s WHERE day < 5 AND id > 2",
	"SELECT clinic, day, SUM(amount) FROM %s WHERE note = 'a' GROUP BY clinic, day HAVING COUNT(*) > 1 ORDER BY day, clinic",
	"SELECT SUM(amount) FROM %s WHERE city = 'cork'",
	"SELECT clinic, SUM(amount) AS s FROM %s WHERE city = 'cork' GROUP BY clinic ORDER BY s DESC LIMIT 2 OFFSET 1",
	"SELECT SUM(amount) FROM %s WHERE id < 0",
	"SELECT clinic, SUM(amount) FROM %s WHERE id < 0 GROUP BY clinic",
}

// alike compares every answer with the twin's.
func (p pool) sumsAlike(t testing.TB) {
	t.Helper()
	for _, q := range sumQueries {
		require.Equal(t, p.grid(t, p, fmt.Sprintf(q, "plain")), p.grid(t, p, fmt.Sprintf(q, "invoices")), q)
	}
}

func TestRunningSums(t *testing.T) {
	eachSummed(t, nil, func(t *testing.T, p pool) {
		p.sumsAlike(t)
		for id := range 12 {
			p.both(t, "INSERT INTO %s (id, clinic, day, note, amount, tax, city) VALUES (?, ?, ?, ?, ?, ?, ?)", id+1, id%3, id%7, "a", id*100, -id, []string{"cork", "bonn"}[id%2])
		}
		p.sumsAlike(t)
		p.both(t, "INSERT INTO %s (id, clinic, day, note, amount, tax, city) VALUES (20, 1, 2, 'b', 5, 6, 'cork'), (21, 2, 2, 'b', NULL, 7, 'cork'), (22, NULL, 3, 'b', 8, NULL, 'bonn'), (23, 1, 3, 'a', 9, 9, 'cork')")
		p.sumsAlike(t)
		p.both(t, "UPDATE %s SET amount = ? WHERE id = ?", 7777, 3)
		p.sumsAlike(t)
		p.both(t, "UPDATE %s SET amount = ?, tax = ? WHERE clinic = 1", 11, 12)
		p.sumsAlike(t)
		p.both(t, "UPDATE %s SET clinic = ? WHERE day > 3", 5)
		p.sumsAlike(t)
		p.both(t, "UPDATE %s SET clinic = NULL, amount = 3 WHERE id = 2")
		p.sumsAlike(t)
		p.both(t, "UPDATE %s SET amount = NULL WHERE id = 4")
		p.sumsAlike(t)
		p.both(t, "UPDATE %s SET tax = COALESCE(?, tax) WHERE id = 6", nil)
		p.both(t, "UPDATE %s SET tax = COALESCE(?, tax) WHERE id = 5", 4)
		p.both(t, "DELETE FROM %s WHERE id = 7 OR id = 21")
		p.sumsAlike(t)
		p.sealedBelow(t)
	})
}

// Rows are added up where they are: there may be more than could be gathered.
func TestRunningSumsOfMoreRowsThanAreGathered(t *testing.T) {
	eachSummed(t, &sqlcell.Options{MaxRows: 40}, func(t *testing.T, p pool) {
		for id := range 60 {
			p.both(t, "INSERT INTO %s (id, clinic, day, note, amount, tax, city) VALUES (?, ?, ?, ?, ?, ?, ?)", id+1, id%3, id%7, "a", id*100, -id, []string{"cork", "bonn"}[id%2])
		}
		p.sumsAlike(t)
		p.both(t, "DELETE FROM %s WHERE id = 13 OR id = 40")
		p.both(t, "UPDATE %s SET amount = 1 WHERE id = 20")
		p.both(t, "UPDATE %s SET clinic = 1 WHERE id = 21")
		p.sumsAlike(t)
	})
}
