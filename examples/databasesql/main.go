// Databasesql works without the driver wrapper: fields are ormhooks.Sealed, the statements are
// written by hand, and ormhooks.Seal, Match and Open stand before and after them. It is for
// programs that cannot put package sqlcell below their queries. Keys that last, rotation and
// what a thief can try are in examples/quickstart.
//
//	go run ./examples/databasesql
package main

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
)

// Patient is a row of the table patients. The tags are the whole declaration; fields of type
// Hidden are columns that Seal fills beside those of the application.
type Patient struct {
	_       struct{}                 `cell:"table=patients,bind=id"`
	ID      int64                    `db:"id"`
	Email   ormhooks.Sealed[string]  `db:"email" cell:"seal" search:"exact,trim,fold,unique"`
	EmailEq ormhooks.Hidden          `db:"email__eq"`
	Notes   ormhooks.Sealed[*string] `db:"notes" cell:"seal,pad=256"`
}

const create = `CREATE TABLE patients (id INTEGER PRIMARY KEY, email BLOB NOT NULL, email__eq BLOB UNIQUE, notes BLOB)`

// store is what the application keeps beside its pool.
type store struct {
	db     *sql.DB
	source keys.Source
	schema *ormhooks.Schema
}

func main() {
	dir, err := os.MkdirTemp("", "cellseal-databasesql-")
	if err == nil {
		err = run(context.Background(), filepath.Join(dir, "patients.db"))
		_ = os.RemoveAll(dir)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, file string) error {
	schema, err := ormhooks.NewSchema(Patient{})
	if err != nil {
		return err
	}
	ring, err := keys.NewRing() // for this run alone; the quickstart shows how a ring is kept
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", file)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, create); err != nil {
		return err
	}

	s := &store{db, ring, schema}
	p := &Patient{ID: 1003}
	p.Email.Set("Siobhan.OBrien@Mail.Example.com")
	notes := "Severe allergy to penicillin"
	p.Notes.Set(&notes)
	if err := s.insert(ctx, p); err != nil {
		return err
	}
	found, err := s.byEmail(ctx, " siobhan.obrien@MAIL.example.com") // trim and fold, says the tag
	if err != nil {
		return err
	}
	fmt.Printf("the application: %d, %s: %s\n", found.ID, found.Email.Get(), *found.Notes.Get())
	fmt.Println("its log:        ", *found)

	var email, term, cell []byte
	if err := db.QueryRowContext(ctx, "SELECT email, email__eq, notes FROM patients").Scan(&email, &term, &cell); err != nil {
		return err
	}
	fmt.Printf("a thief:         cells of %d and %d bytes, a term of %d\n", len(email), len(cell), len(term))
	return nil
}

// insert seals, then writes. Without Seal the driver would get an error, never the plaintext.
func (s *store) insert(ctx context.Context, p *Patient) error {
	if err := ormhooks.Seal(ctx, s.source, s.schema, p); err != nil {
		return err
	}
	_, err := s.db.ExecContext(ctx, "INSERT INTO patients (id, email, email__eq, notes) VALUES (?, ?, ?, ?)", p.ID, p.Email, p.EmailEq, p.Notes)
	return err
}

// byEmail looks for a term in place of the value, and opens what it finds.
func (s *store) byEmail(ctx context.Context, email string) (*Patient, error) {
	terms, err := ormhooks.Match(ctx, s.source, s.schema, "patients", "email__eq", email)
	if err != nil {
		return nil, err
	}
	for _, term := range terms { // one for each enabled index key: one, outside rotations
		p := new(Patient)
		err := s.db.QueryRowContext(ctx, "SELECT id, email, email__eq, notes FROM patients WHERE email__eq = ?", term).
			Scan(&p.ID, &p.Email, &p.EmailEq, &p.Notes)
		if err == nil {
			return p, ormhooks.Open(ctx, s.source, s.schema, p)
		} else if err != sql.ErrNoRows {
			return nil, err
		}
	}
	return nil, sql.ErrNoRows
}
