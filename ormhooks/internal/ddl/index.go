package ddl

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// An Index is an index or a unique constraint that a table needs.
type Index struct {
	Name    string
	Columns []string // the terms first, by which rows are looked for
	Unique  bool
	Where   string // condition of a partial one; MySQL has none
	Of      *schema.Index
	Include []string // of PostgreSQL: what it holds besides
	// Numbers says that it is a running sum's: its columns stand in this order, as they are read in it.
	Numbers bool
}

// Indexes returns the indexes of a table's terms and row keys. Without the unique ones a
// row could not be told from another; without the others a look-up reads the whole table.
func Indexes(t *schema.Table, d sqltext.Dialect) []Index {
	var all []Index
	for _, x := range t.Indexes {
		all = append(all, TermIndex(t, x, x.Hidden()))
	}
	for _, x := range t.Sums {
		all = append(all, sumIndexes(t, x, d)...)
	}
	for name := range t.Hidden() {
		if name == schema.RowKeyColumn {
			all = append(all, Index{Name: indexName(t.Name, name), Columns: []string{name}, Unique: true})
		}
	}
	return all
}

// TermIndex returns the index on a column of terms.
func TermIndex(t *schema.Table, x *schema.Index, column string) Index {
	i := Index{Name: indexName(t.Name, column), Columns: []string{column}, Unique: x.Unique, Where: x.UniqueWhere, Of: x}
	for _, logical := range x.UniqueWith {
		i.Columns = append(i.Columns, t.Column(logical).Name)
	}
	return i
}

// indexName is table_column, cut to the 63 bytes that every server keeps.
func indexName(table, column string) string {
	name := table + "_" + column
	if len(name) <= 63 {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return name[:54] + "_" + hex.EncodeToString(sum[:4])
}

// Create returns the CREATE INDEX on a table.
func (i Index) Create(d sqltext.Dialect, table string) (string, error) {
	unique, where := "", ""
	if i.Unique {
		unique = "UNIQUE "
	}
	if i.Where != "" {
		if d == sqltext.MySQL {
			return "", &PartialError{table, i.Columns[0], i.Where}
		}
		where = " WHERE " + i.Where
	}
	if len(i.Include) > 0 {
		where = " INCLUDE (" + quoteAll(d, i.Include) + ")" + where
	}
	return fmt.Sprintf("CREATE %sINDEX %s ON %s (%s)%s", unique, Quote(d, i.Name), Quote(d, table), quoteAll(d, i.Columns), where), nil
}

// PartialError says that MySQL has no index for unique(where=…). A generated column would be
// one of the application's tables that its models do not know, so it is theirs to declare.
type PartialError struct{ Table, Column, Where string }

func (e *PartialError) Error() string {
	return fmt.Sprintf("cellseal: %s.%s: MySQL and MariaDB have no partial indexes, so unique(where=%s) cannot be: declare a plain column that is 1 where the condition holds and else NULL, "+
		"for instance GENERATED ALWAYS AS (CASE WHEN %s THEN 1 END), and write unique(that_column)", e.Table, e.Column, e.Where, e.Where)
}
