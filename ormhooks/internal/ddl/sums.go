package ddl

import (
	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search/sum"
)

// SumTable has the counters of running sums.
const SumTable = "cellseal_sums"

// CreateSums returns the statement that makes it.
func CreateSums(d sqltext.Dialect) []string { return sum.DDL(d) }

// sumIndexes keep two rows from having one number, and hold what is added up: MySQL and SQLite would fetch each
// row of a group by itself without the second.
func sumIndexes(t *schema.Table, x *schema.Index, d sqltext.Dialect) []Index {
	var by []string
	if t.Scope.Column != "" {
		by = append(by, t.Column(t.Scope.Column).Name)
	}
	for _, c := range x.Groups() {
		by = append(by, c.Name)
	}
	unique := Index{Name: indexName(t.Name, x.Numbers()), Columns: append(by[:len(by):len(by)], x.Numbers()), Unique: true, Numbers: true}
	if d == sqltext.PostgreSQL {
		unique.Include = []string{x.Hidden()}
		return []Index{unique}
	}
	return []Index{unique, {Name: indexName(t.Name, x.Hidden()), Columns: append(by[:len(by):len(by)], x.Numbers(), x.Hidden()), Numbers: true}}
}
