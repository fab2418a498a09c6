package search_test

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
)

func ExampleIndex_Match() {
	ring, err := keys.NewRing() // a real program opens a stored one: keys.OpenRing
	if err != nil {
		log.Fatal(err)
	}
	d, err := ring.Index(context.Background(), keys.Table("patients"), search.Exact("email", search.Trim, search.Fold))
	if err != nil {
		log.Fatal(err)
	}
	index := search.NewIndex(d, search.Options{Unique: true})
	stored, err := index.Term("Siobhan@Example.com")
	if err != nil {
		log.Fatal(err)
	}
	terms, err := index.Match(" siobhan@example.com")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(stored), bytes.Equal(stored, terms[0]))
	fmt.Println("it shows", index.Leakage().AtRest)
	// Output:
	// 32 true
	// it shows nothing beyond the number of rows
}
