package scopes_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/scopes"
)

// A patient asks to be forgotten: one call makes everything unreadable that was ever sealed for her, here and in
// every copy of the database.
func Example() {
	ctx := context.Background()
	must := func(err error) {
		if err != nil {
			log.Fatal(err)
		}
	}
	dir, err := os.MkdirTemp("", "scopes")
	must(err)
	defer os.RemoveAll(dir)
	db, err := sql.Open("sqlite", filepath.Join(dir, "keys.db"))
	must(err)
	defer db.Close()
	_, err = db.Exec(scopes.DDL(scopes.SQLite))
	must(err)

	ring, err := keys.NewRing() // in production: keys.OpenRing
	must(err)
	source := scopes.New(db, scopes.SQLite, ring, &scopes.Options{Kinds: []string{"patient"}})
	siobhan := keys.Scope("patient", "1003")
	must(source.Create(ctx, siobhan))

	// What the driver wrapper does for a row of a table with the tag scope=patient(id):
	open := func() (*cell.Row, error) {
		d, err := source.Cells(ctx, siobhan, keys.Table("notes"), keys.Compartment("default"))
		if err != nil {
			return nil, err
		}
		return cell.NewRow(d, cell.RowID(cell.BindInt("id", 7))), nil
	}
	row, err := open()
	must(err)
	stored := row.Seal("notes.text", []byte("allergic to penicillin"))
	plain, err := row.Open("notes.text", stored)
	must(err)
	fmt.Printf("%s\n", plain)

	shredder := scopes.NewShredder(db, scopes.SQLite, "dpo@clinic.example, ticket 4711", source)
	tombstone, err := shredder.Shred(ctx, siobhan)
	must(err)
	fmt.Println("shredded by", tombstone.By)

	_, err = open()
	var destroyed *keys.DestroyedError
	fmt.Println(errors.As(err, &destroyed), err)
	fmt.Println(errors.As(source.Create(ctx, siobhan), &destroyed), "and not created anew")

	// Output:
	// allergic to penicillin
	// shredded by dpo@clinic.example, ticket 4711
	// true cellseal: this patient was shredded: its keys are destroyed, and what was sealed for it cannot be opened any more; its rows can still be listed by their plain columns, and deleted
	// true and not created anew
}
