// Pgx shows native pgx over protected columns: a pool, a transaction, a batch, named
// arguments and rows collected into structs. It needs a PostgreSQL server, in which it makes a
// schema of its own and drops it again:
//
//	cd examples/pgx && DATABASE_URL=postgres://… go run .
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/pgxcell"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// Patient declares what is protected, and is what rows are collected into.
type Patient struct {
	_     struct{} `cell:"table=patients,bind=id"`
	ID    int64
	Email string  `cell:"seal" search:"exact,trim,fold"`
	Notes *string `cell:"seal,pad=64"`
}

func main() {
	if err := run(context.Background(), os.Getenv("DATABASE_URL")); err != nil {
		log.Fatal(err)
	}
}

// open makes the tables in a fresh schema, and returns a pool that works there.
func open(ctx context.Context, dsn string, schema *ormhooks.Schema) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	config.ConnConfig.RuntimeParams["search_path"] = "cellseal_example"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	script, err := sqlcell.DDL(schema, sqlcell.PostgreSQL)
	if err == nil {
		_, err = pool.Exec(ctx, "DROP SCHEMA IF EXISTS cellseal_example CASCADE; CREATE SCHEMA cellseal_example; "+script)
	}
	return pool, err
}

func run(ctx context.Context, dsn string) error {
	schema, err := ormhooks.NewSchema(Patient{})
	if err != nil {
		return err
	}
	ring, err := keys.NewRing() // for this run alone; the quickstart shows how a ring is kept
	if err != nil {
		return err
	}
	pool, err := open(ctx, dsn, schema)
	if err != nil {
		return err
	}
	defer pool.Close()
	defer pool.Exec(ctx, "DROP SCHEMA cellseal_example CASCADE")
	db := pgxcell.Wrap(pool, schema, ring, nil)
	if err := db.Check(ctx); err != nil {
		return err
	}

	err = pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		batch := &pgx.Batch{}
		batch.Queue("INSERT INTO patients (id, email) VALUES ($1, $2)", 1, "Ada@Example.com")
		batch.Queue("INSERT INTO patients (id, email) VALUES ($1, $2)", 2, "grace@example.com")
		return tx.SendBatch(ctx, batch).Close()
	})
	if err != nil {
		return err
	}
	rows, err := db.Query(ctx, "SELECT * FROM patients WHERE email = @email", pgx.NamedArgs{"email": " ada@example.COM"})
	if err != nil {
		return err
	}
	found, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Patient])
	if err != nil {
		return err
	}
	fmt.Println("found:", found.ID, found.Email)

	tag, err := db.Exec(ctx, "UPDATE patients SET notes = $1 WHERE id < $2", "allergic to penicillin", 3)
	if err != nil {
		return err
	}
	fmt.Println("sealed for each row:", tag)

	var refused *ormhooks.StatementError
	_, err = db.CopyFrom(ctx, pgx.Identifier{"patients"}, []string{"id", "email"}, pgx.CopyFromRows(nil))
	if !errors.As(err, &refused) {
		return fmt.Errorf("not refused: %w", err)
	}
	fmt.Println("refused:", refused.Reason)

	var stored []byte
	err = pool.QueryRow(ctx, "SELECT notes FROM patients WHERE id = 1").Scan(&stored)
	fmt.Println("stored:", len(stored), "bytes")
	return err
}
