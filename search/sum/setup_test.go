package sum_test

import (
	"testing"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/searchtest"
	"github.com/cellseal/cellseal/search/sum"
)

func index(t testing.TB, from keys.Source, label keys.Label, o sum.Options) *sum.Index {
	return sum.NewIndex(searchtest.Derive(t, from, keys.Table("invoices"), label), o)
}

func byClinic(t testing.TB, from keys.Source, db testdb.DB) *sum.Index {
	return index(t, from, sum.Label("amount", "clinic"), sum.Options{Dialect: searchtest.Dialects[db.Dialect], By: []search.Type{search.Int}})
}

var invoices = sum.Table{Name: "invoices", Column: "amount", By: []string{"clinic"}}

// create makes the table of the tests: cell holds the value in clear, as what is compared with.
func create(t testing.TB, db testdb.DB, x *sum.Index, table sum.Table) {
	db.Run(t, "CREATE TABLE invoices (id "+db.Types.Int+" PRIMARY KEY, clinic "+db.Types.Int+", day "+db.Types.Int+", cell "+db.Types.Int+")")
	for _, q := range append(sum.DDL(searchtest.Dialects[db.Dialect]), x.DDL(table)...) {
		db.Run(t, q)
	}
}
