package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func Example() {
	dir, err := os.MkdirTemp("", "cellseal-gorm-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = run(os.Stdout, filepath.Join(dir, "shop.db"))
	}
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// created     customer 1, still Ada@Example.com in the struct
	// found       Ada@Example.com with 2 cards
	// updated     the card's owner is ada@lovelace.example
	// duplicate   constraint failed: UNIQUE constraint failed: customers.email__eq (2067)
	// sorted      ada@lovelace.example comes last
	// refused     has no index that answers LIKE
	//             add search:"substring" for patterns with 3 characters in a row, "prefix" for 'x%', or "suffix" for '%x' to its tag; transforms, as fold, say how its values compare
	// stored      an e-mail of 89 bytes, bound to its row: true; a number of 16 digits, another one: true
}
