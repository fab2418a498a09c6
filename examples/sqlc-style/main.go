// Sqlc-style shows code as sqlc generates it, in package guests, over protected columns:
// the queries, the models and the generated code say nothing of it.
//
//	go run ./examples/sqlc-style
package main

import (
	"context"
	"database/sql"
	"fmt"
	"log"

	_ "modernc.org/sqlite"

	"github.com/cellseal/cellseal/examples/sqlc-style/guests"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// guest declares what of the table guests is protected.
type guest struct {
	_     struct{} `cell:"table=guests,bind=id"`
	ID    int64
	Email string  `cell:"seal" search:"exact,trim,fold"`
	Phone *string `cell:"token"`
	Room  int64
}

func main() {
	const dsn = "file:guests?mode=memory&cache=shared"
	ctx := context.Background()
	schema, err := ormhooks.NewSchema(guest{})
	check(err)
	ring, err := keys.NewRing() // for this run alone; the quickstart shows how a ring is kept
	check(err)
	bare, err := sql.Open("sqlite", dsn) // what a migration tool has, and a thief
	check(err)
	defer bare.Close()
	script, err := sqlcell.DDL(schema, sqlcell.SQLite)
	check(err)
	_, err = bare.Exec(script)
	check(err)

	db, err := sqlcell.Open("sqlite", dsn, schema, ring, sqlcell.SQLite, nil)
	check(err)
	defer db.Close()
	q := guests.New(db)
	phone := sql.NullString{String: "020 7946 0001", Valid: true}
	check(q.CreateGuest(ctx, guests.CreateGuestParams{ID: 1, Email: "Ada@Example.com", Phone: phone, Room: 12}))
	found, err := q.GuestByEmail(ctx, " ada@example.COM")
	check(err)
	fmt.Println("found:", found.Email, found.Phone.String)
	phone.String = "020 7946 0002"
	n, err := q.SetPhone(ctx, guests.SetPhoneParams{Phone: phone, Room: 12})
	check(err)
	fmt.Println("updated:", n)

	_, err = guests.New(bare).GuestByEmail(ctx, "Ada@Example.com")
	fmt.Println("without the keys:", err)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
