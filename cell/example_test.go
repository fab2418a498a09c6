package cell_test

import (
	"context"
	"fmt"
	"log"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/keys"
)

func ExampleRow_Seal() {
	ring, err := keys.NewRing() // a real program opens a stored one: keys.OpenRing
	if err != nil {
		log.Fatal(err)
	}
	d, err := ring.Cells(context.Background(), keys.Table("patients"), keys.Compartment("default"))
	if err != nil {
		log.Fatal(err)
	}
	row := cell.NewRow(d, cell.RowID(cell.BindInt("id", 42)))
	sealed := row.Seal("patients.email", []byte("siobhan@example.com"))
	email, err := row.Open("patients.email", sealed)
	fmt.Println(len(sealed), string(email), err)

	_, err = cell.NewRow(d, cell.RowID(cell.BindInt("id", 43))).Open("patients.email", sealed)
	fmt.Println(err)
	// Output:
	// 88 siobhan@example.com <nil>
	// cellseal/cell: this is no cell of this row and column, or it was changed
}
