package sum_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"

	_ "modernc.org/sqlite"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/segment"
	"github.com/cellseal/cellseal/search/sum"
)

// Invoices are written and summed up by clinic, by a database that sees no amount.
func Example() {
	ctx := context.Background()
	db := must(sql.Open("sqlite", ":memory:"))
	defer db.Close()
	db.SetMaxOpenConns(1)        // each connection has a memory of its own
	ring := must(keys.NewRing()) // a real program opens a stored one: keys.OpenRing
	d := must(ring.Index(ctx, keys.Table("invoices"), sum.Label("amount", "clinic")))
	x := sum.NewIndex(d, sum.Options{Dialect: search.SQLite, By: []search.Type{search.Int}})
	invoices := sum.Table{Name: "invoices", Column: "amount", By: []string{"clinic"}}

	must(db.Exec("CREATE TABLE invoices (id INTEGER PRIMARY KEY, clinic BIGINT, year BIGINT)"))
	for _, statement := range append(sum.DDL(search.SQLite), x.DDL(invoices)...) {
		must(db.Exec(statement))
	}

	tx := must(db.Begin())
	for id, cents := range []int64{1999, 12050, 700, 4900} {
		clinic := id%2 + 1
		group := must(x.Group(clinic))
		n := must(x.Next(ctx, segment.SQLTx(tx), group, 1))
		must(tx.Exec("INSERT INTO invoices (id, clinic, year, amount__n, amount__sum) VALUES (?, ?, ?, ?, ?)", id, clinic, 2020+id, n, must(x.Encrypt(group, n, cents))))
	}
	if err := tx.Commit(); err != nil {
		log.Fatal(err)
	}

	for _, where := range []string{"", "year >= 2022"} {
		for _, t := range must(x.Sum(ctx, segment.SQL(db), invoices, where)) {
			fmt.Println("clinic", t.Group[0], "invoices", t.Rows, "cents", t.Sum, "mean", t.Mean())
		}
	}
	fmt.Println("it shows", x.Leakage().AtRest)
	// Output:
	// clinic 1 invoices 2 cents 2699 mean 1349.5
	// clinic 2 invoices 2 cents 16950 mean 8475
	// clinic 1 invoices 1 cents 700 mean 700
	// clinic 2 invoices 1 cents 4900 mean 4900
	// it shows the order in which the rows of a group were written, and how many writes a group saw
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
