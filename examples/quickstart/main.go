// Quickstart is Cellseal's main job from end to end: three hundred patients go
// into an embedded SQLite file encrypted, are found again by e-mail and by phone,
// survive a key rotation, and withstand three thefts.
//
//	go run ./examples/quickstart
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/cellseal/cellseal/ormhooks"
)

func main() {
	dir, err := os.MkdirTemp("", "cellseal-quickstart-")
	if err == nil {
		err = run(context.Background(), os.Stdout, dir)
		_ = os.RemoveAll(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, dir string) error {
	p := printer{out}
	p.title("1. Keys: a ring, and the key that guards it")
	vault, err := newVault(ctx, p, dir)
	if err != nil {
		return err
	}

	p.title("2. Patients go in, sealed")
	schema, err := ormhooks.NewSchema(Patient{})
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "patients.db")
	db, err := openDB(file, vault.live, schema)
	if err != nil {
		return err
	}
	defer closeDB(db)
	db = db.WithContext(ctx)
	patients, err := readCSV()
	if err != nil {
		return err
	}
	if err := db.CreateInBatches(patients, 100).Error; err != nil {
		return err
	}
	p.line("%d patients of two clinics written to patients.db", len(patients))

	p.title("3. And are found again")
	if err := find(p, db); err != nil {
		return err
	}

	p.title("4. One row, seen from both sides")
	thief, err := openBare(file)
	if err != nil {
		return err
	}
	defer thief.Close()
	if err := bothSides(ctx, p, db, thief); err != nil {
		return err
	}
	if err := searchFile(p, file, patients); err != nil {
		return err
	}

	p.title("5. The key is rotated while the application runs")
	if err := rotate(ctx, p, db, vault); err != nil {
		return err
	}

	p.title("6. Three thefts")
	if err := thefts(ctx, p, db, thief); err != nil {
		return err
	}
	p.line("")
	p.line("Next: README.md, and the package documentation of ormhooks.")
	return nil
}
