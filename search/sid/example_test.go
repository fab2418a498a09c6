package sid_test

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"log"

	_ "modernc.org/sqlite"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/segment"
	"github.com/cellseal/cellseal/search/sid"
)

// Diagnoses are found through a database of their own, which knows no patient.
func Example() {
	ctx := context.Background()
	lookup := must(sql.Open("sqlite", ":memory:")) // in PostgreSQL and MySQL: a role of its own
	defer lookup.Close()
	lookup.SetMaxOpenConns(1)    // each connection has a memory of its own
	ring := must(keys.NewRing()) // a real program opens a stored one: keys.OpenRing
	d := must(ring.Index(ctx, keys.Table("patients"), sid.Label("diagnosis", search.Fold)))
	x := sid.NewIndex(d, sid.Options{Dialect: search.SQLite})
	must(lookup.Exec(x.DDL("")[0]))

	var entries []sid.Entry
	for patient, diagnosis := range map[int64]string{7: "E11.9", 8: "I10", 9: "E11.9"} {
		entries = append(entries, must(x.Entry(sid.Int(patient), diagnosis)))
	}
	if err := x.Insert(ctx, segment.SQL(lookup), entries...); err != nil {
		log.Fatal(err)
	}
	for _, row := range must(x.Find(ctx, segment.SQL(lookup), "e11.9")) {
		fmt.Println("patient", binary.BigEndian.Uint64(row))
	}
	fmt.Println("it shows", x.Leakage().AtRest)
	// Output:
	// patient 7
	// patient 9
	// it shows how often each value occurs, of nobody knows which rows
}

// In PostgreSQL the table lies in a schema that one role uses, and that role uses nothing else.
func ExampleIndex_DDL() {
	ring := must(keys.NewRing())
	d := must(ring.Index(context.Background(), keys.Table("patients"), sid.Label("diagnosis")))
	for _, statement := range sid.NewIndex(d, sid.Options{Dialect: search.PostgreSQL, Schema: "lookup"}).DDL("searcher") {
		fmt.Println(statement)
	}
	// Output:
	// CREATE SCHEMA IF NOT EXISTS "lookup"
	// CREATE TABLE IF NOT EXISTS "lookup"."cellseal_sids" (token BYTEA NOT NULL, sid BYTEA NOT NULL, PRIMARY KEY (token, sid))
	// GRANT USAGE ON SCHEMA "lookup" TO "searcher"
	// GRANT SELECT, INSERT, DELETE ON "lookup"."cellseal_sids" TO "searcher"
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
