// Search asks the usual questions of a back end of twenty thousand encrypted patients: by words, by a
// part of a name, with a typing error, by ranges, in order, by sums and groups. Then it looks at the
// same file as a thief does who knows how common each city is, and draws what he sees.
//
//	go run .              prints the story, and writes city.svg
//	go run . -rows 2000   the same in a moment
package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/reseal"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search/segment"
)

func main() {
	rows := flag.Int("rows", 20_000, "how many patients the clinic has")
	picture := flag.String("svg", "city.svg", "where the picture goes")
	flag.Parse()
	dir, err := os.MkdirTemp("", "cellseal-search-")
	if err == nil {
		err = run(context.Background(), os.Stdout, filepath.Join(dir, "clinic.db"), *picture, *rows)
		_ = os.RemoveAll(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "search:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, file, picture string, rows int) error {
	patients := clinic(rows)
	db, err := open(ctx, file, patients)
	if err != nil {
		return err
	}
	defer db.Close()

	fmt.Fprintf(out, "1. %d patients go in\n\n", rows)
	if err := admit(ctx, db, patients); err != nil {
		return err
	}
	fmt.Fprintln(out, "2. What is asked of them")
	if err := ask(ctx, out, db, patients); err != nil {
		return err
	}
	fmt.Fprintln(out, "3. What a thief of the file makes of the cities")
	return steal(ctx, out, file, picture, patients)
}

// lease is for how long a process relies on what it has read of profiles; 5 s unless it is set.
const lease = 100 * time.Millisecond

// open makes the tables and returns the pool that encrypts. How common each city is, which smoothed
// tokens need, is known before anybody is admitted.
func open(ctx context.Context, file string, expected []Patient) (*sql.DB, error) {
	ring, err := keys.NewRing() // of this run alone: see examples/quickstart for one that is kept
	if err != nil {
		return nil, err
	}
	schema, err := ormhooks.NewSchema(Patient{})
	if err != nil {
		return nil, err
	}
	dsn := "file:" + file + "?_pragma=journal_mode(wal)&_pragma=synchronous(normal)&_pragma=busy_timeout(10000)"
	db, err := sqlcell.Open("sqlite", dsn, schema, ring, sqlcell.SQLite, &sqlcell.Options{Lease: lease})
	if err != nil {
		return nil, err
	}
	script, err := sqlcell.DDL(schema, sqlcell.SQLite)
	if err != nil {
		return nil, err
	}
	for statement := range strings.SplitSeq(strings.TrimSpace(script), ";\n") {
		if _, err := db.ExecContext(ctx, strings.TrimSuffix(statement, ";")); err != nil {
			return nil, err
		}
	}
	counts := map[any]uint64{}
	for _, p := range expected {
		counts[p.City]++
	}
	if err := reseal.Profile(ctx, db, "patients", "city__sm", &reseal.ProfileOptions{Counts: counts, Lease: lease, Settle: lease}); err != nil {
		return nil, err
	}
	return db, sqlcell.Check(ctx, db)
}

// admit writes the patients, a hundred to a transaction, and lets the indexes be tidied up.
func admit(ctx context.Context, db *sql.DB, patients []Patient) error {
	for len(patients) > 0 {
		n := min(100, len(patients))
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		for _, p := range patients[:n] {
			_, err := tx.ExecContext(ctx, "INSERT INTO patients (id, name, email, city, town, born, diagnosis, fee, notes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
				p.ID, p.Name, p.Email, p.City, p.Town, p.Born.UTC().Truncate(24*time.Hour), p.Diagnosis, p.Fee, p.Notes)
			if err != nil {
				_ = tx.Rollback()
				return err
			}
		}
		if err := tx.Commit(); err != nil {
			return err
		}
		patients = patients[n:]
	}
	return sqlcell.Maintain(ctx, db, &sqlcell.MaintainOptions{MaintainOptions: segment.MaintainOptions{Once: true, All: true}})
}
