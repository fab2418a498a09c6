package join_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"slices"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/join"
)

// Both columns have tokens of one group, so the database can join them.
func ExampleIndex_Token() {
	ring := must(keys.NewRing()) // a real program opens a stored one: keys.OpenRing
	d := must(ring.Index(context.Background(), join.Table, join.Label("email", search.Email)))
	x := join.NewIndex(d, join.Options{AcceptEquality: true})
	patient := must(x.Token("Siobhan@Example.com")) // patients.email__join
	payer := must(x.Token("siobhan@example.com. ")) // invoices.payer__join
	fmt.Println(len(patient), bytes.Equal(patient, payer))
	fmt.Println("it shows", x.Leakage().AtRest)
	// Output:
	// 16 true
	// it shows which rows of all its columns hold equal values, and how often each value occurs
}

// Where that shows too much: the addresses of some patients, read and decrypted, become terms to look for among the invoices,
// two to a query.
func ExampleSemi() {
	ring := must(keys.NewRing())
	d := must(ring.Index(context.Background(), keys.Table("invoices"), search.Exact("payer", search.Email)))
	payers := search.NewIndex(d, search.Options{})
	emails := []any{"siobhan@example.com", "Siobhan@example.com", nil, "fionn@example.com", "aoife@example.com"}
	for terms, err := range join.Semi(payers, slices.Values(emails), 2) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("SELECT id, payer FROM invoices WHERE payer__eq IN (…) with", len(terms), "terms")
	}
	// Output:
	// SELECT id, payer FROM invoices WHERE payer__eq IN (…) with 2 terms
	// SELECT id, payer FROM invoices WHERE payer__eq IN (…) with 1 terms
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
