package sum

import (
	"fmt"
	"strings"

	"github.com/cellseal/cellseal/search"
)

// A Table says where the masked numbers of an Index lie. Names are spelled as the database's catalogue
// has them; they are quoted, and may not hold a NUL.
type Table struct {
	Schema string // may be ""
	Name   string
	Column string   // the value's; <Column>__n and <Column>__sum stand beside it
	By     []string // the group columns, in the label's order
}

// DDL returns the statements that add the two columns of a running sum to a table, the index that
// keeps two rows from having one number, and in MySQL and SQLite a second one that holds what is added
// up: without it their planners fetch each row of a group by itself. PostgreSQL has both in one.
func (x *Index) DDL(t Table) []string {
	q := x.quoted(t)
	alter := "ALTER TABLE " + q.table + " ADD COLUMN %s BIGINT NULL"
	list := []string{fmt.Sprintf(alter, q.n), fmt.Sprintf(alter, q.sum)}
	unique := q.index("CREATE UNIQUE INDEX", t, "__n", q.n)
	if q.dialect == search.PostgreSQL {
		return append(list, unique+" INCLUDE ("+q.sum+")")
	}
	return append(list, unique, q.index("CREATE INDEX", t, "__sum", q.n, q.sum))
}

func (q quotedTable) index(create string, t Table, suffix string, columns ...string) string {
	name, table := quote(q.dialect, t.Name+"_"+t.Column+suffix), q.table
	if q.dialect == search.SQLite && t.Schema != "" { // the schema stands before the index's name there
		name, table = quote(q.dialect, t.Schema)+"."+name, quote(q.dialect, t.Name)
	}
	return fmt.Sprintf("%s %s ON %s (%s)", create, name, table, strings.Join(append(q.by[:len(q.by):len(q.by)], columns...), ", "))
}

// Totals returns the query for what [Index.Sum] adds up first: for each group the values of its
// columns, then the number of rows, the least and the greatest number, and the stored numbers' sum:
// one column of it, two in SQLite (see [Row]). where is the caller's condition, in SQL, with $1 and on
// for arguments in PostgreSQL and ? elsewhere; "" is every row. It stands in the query as it is, so
// values belong into arguments.
func (x *Index) Totals(t Table, where string) string {
	q := x.quoted(t)
	if where == "" && len(q.by) == 0 { // the ends come out of the index
		count := "COUNT(" + q.n + ")"
		if q.dialect == search.SQLite { // and the count out of its pages, where each aggregate costs as much as the scan
			count = fmt.Sprintf("(SELECT COUNT(*) FROM %[1]s) - (SELECT COUNT(*) FROM %[1]s WHERE %[2]s IS NULL)", q.table, q.n)
		}
		return fmt.Sprintf("SELECT %s, (SELECT MIN(%s) FROM %s), (SELECT MAX(%[2]s) FROM %[3]s), %s FROM %[3]s", count, q.n, q.table, q.total())
	}
	return fmt.Sprintf("SELECT %sCOUNT(*), MIN(%s), MAX(%[2]s), %[3]s FROM %s%s%s", q.list(), q.n, q.total(), q.table, q.filter(where), q.groupBy(""))
}

// Runs returns the query for the same, row by row of the result for each run of consecutive numbers
// and no more than limit of them: gaps and islands, by a window function.
func (x *Index) Runs(t Table, where string, limit int64) string {
	q := x.quoted(t)
	over := "ORDER BY " + q.n
	if len(q.by) > 0 {
		over = "PARTITION BY " + strings.Join(q.by, ", ") + " " + over
	}
	island := quote(x.s.dialect, "cellseal_island")
	inner := fmt.Sprintf("SELECT %s%s, %s, %[2]s - ROW_NUMBER() OVER (%[4]s) AS %s FROM %s%s", q.list(), q.n, q.sum, over, island, q.table, q.filter(where))
	return fmt.Sprintf("SELECT %sCOUNT(*), MIN(%s), MAX(%[2]s), %[3]s FROM (%s) AS cellseal_runs%s LIMIT %d", q.list(), q.n, q.total(), inner, q.groupBy(island), limit)
}

// quotedTable are a table's names as they stand in a query.
type quotedTable struct {
	dialect       search.Dialect
	table, n, sum string
	by            []string
}

func (x *Index) quoted(t Table) quotedTable {
	s := x.state()
	if s.dialect == 0 {
		panic(noDialect)
	}
	if len(t.By) != len(s.by) {
		panic(fmt.Sprintf("cellseal/sum: table with %d group columns for an index with %d", len(t.By), len(s.by)))
	}
	q := quotedTable{dialect: s.dialect, table: quote(s.dialect, t.Name), n: quote(s.dialect, t.Column+"__n"), sum: quote(s.dialect, t.Column+"__sum")}
	if t.Schema != "" {
		q.table = quote(s.dialect, t.Schema) + "." + q.table
	}
	for _, name := range t.By {
		q.by = append(q.by, quote(s.dialect, name))
	}
	return q
}

func quote(d search.Dialect, name string) string {
	mark := `"`
	if d == search.MySQL {
		mark = "`"
	}
	if name == "" || strings.ContainsRune(name, 0) {
		panic("cellseal/sum: a name that is empty or holds a NUL")
	}
	return mark + strings.ReplaceAll(name, mark, mark+mark) + mark
}

// total adds up what is stored. SQLite's SUM ends in an error where an int64 does, so halves are added
// up there; both fit for 2^31 rows.
func (q quotedTable) total() string {
	if q.dialect == search.SQLite {
		return fmt.Sprintf("SUM(%[1]s >> 32), SUM(%[1]s & 4294967295)", q.sum)
	}
	return "SUM(" + q.sum + ")"
}

// list is the group columns with a comma behind each.
func (q quotedTable) list() string {
	if len(q.by) == 0 {
		return ""
	}
	return strings.Join(q.by, ", ") + ", "
}

// filter ends where in a line of its own, for it may end in a comment.
func (q quotedTable) filter(where string) string {
	if where == "" {
		return " WHERE " + q.n + " IS NOT NULL"
	}
	return " WHERE " + q.n + " IS NOT NULL AND (" + where + "\n)"
}

func (q quotedTable) groupBy(last string) string {
	columns := q.by[:len(q.by):len(q.by)]
	if last != "" {
		columns = append(columns, last)
	}
	if len(columns) == 0 {
		return ""
	}
	return " GROUP BY " + strings.Join(columns, ", ")
}
