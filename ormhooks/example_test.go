package ormhooks_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"

	_ "modernc.org/sqlite"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
)

type Guest struct {
	_       struct{}                `cell:"table=guests,bind=id"`
	ID      int64                   `db:"id"`
	Email   ormhooks.Sealed[string] `db:"email" cell:"seal" search:"exact,trim,fold,unique"`
	EmailEq ormhooks.Hidden         `db:"email__eq"`
}

func Example() {
	ctx := context.Background()
	schema, err := ormhooks.NewSchema(Guest{})
	check(err)
	source, err := keys.NewRing() // a real program stores its ring: see package keys
	check(err)
	db, err := sql.Open("sqlite", ":memory:")
	check(err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.Exec("CREATE TABLE guests (id INTEGER PRIMARY KEY, email BLOB, email__eq BLOB UNIQUE)")
	check(err)

	g := Guest{ID: 1}
	g.Email.Set("Siobhan@example.com")
	_, err = db.Exec("INSERT INTO guests VALUES (?, ?, ?)", g.ID, g.Email, g.EmailEq)
	fmt.Println(err)
	check(ormhooks.Seal(ctx, source, schema, &g))
	_, err = db.Exec("INSERT INTO guests VALUES (?, ?, ?)", g.ID, g.Email, g.EmailEq)
	check(err)

	terms, err := ormhooks.Match(ctx, source, schema, "guests", "email__eq", " siobhan@EXAMPLE.com")
	check(err)
	var found Guest
	check(db.QueryRow("SELECT id, email, email__eq FROM guests WHERE email__eq = ?", terms[0]).Scan(&found.ID, &found.Email, &found.EmailEq))
	check(ormhooks.Open(ctx, source, schema, &found))
	fmt.Println(found.ID, found.Email.Get())
	fmt.Println(found)
	// Output:
	// sql: converting argument $2 type: cellseal: value is not sealed for its row: call ormhooks.Seal on the row before writing it; a field that was never set stays unsealed, so Set it first, for NULL to nil
	// 1 Siobhan@example.com
	// {{} 1 Sealed(redacted) Hidden(redacted)}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
