package main

import (
	"context"
	"fmt"
	"os"
	"testing"
)

const variable = "CELLSEAL_TEST_POSTGRES"

func TestMain(m *testing.M) {
	if os.Getenv(variable) == "" {
		fmt.Printf("NOT TESTED: set %s to the DSN of a PostgreSQL server\n", variable)
		if os.Getenv("CELLSEAL_TEST_REQUIRE") == "1" {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func Example() {
	if err := run(context.Background(), os.Getenv(variable)); err != nil {
		fmt.Println(err)
	}
	// Output:
	// found: 1 Ada@Example.com
	// sealed for each row: UPDATE 2
	// refused: COPY on a protected table is not rewritten
	// stored: 133 bytes
}
