package celltest

import (
	"errors"
	"io/fs"
	"os"
	"testing"

	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Lock compares s with the cell.lock at path and fails the test when they
// differ. With CELLSEAL_LOCK=record in the environment it writes the file, unless a
// change would make stored data unreadable or unfindable or show more of it; with
// CELLSEAL_LOCK=accept it writes it then too. A file that is there and cannot be read
// is never written over.
func Lock(t testing.TB, s *schema.Schema, path string) {
	t.Helper()
	mode := os.Getenv("CELLSEAL_LOCK")
	if mode != "" && mode != "record" && mode != "accept" {
		t.Fatalf("CELLSEAL_LOCK=%s: want record or accept", mode)
	}
	old, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && mode == "":
		t.Fatalf("there is no %s yet: run CELLSEAL_LOCK=record go test, and check the file in", path)
	case errors.Is(err, fs.ErrNotExist):
		write(t, s, path)
		return
	case err != nil:
		t.Fatal(err)
	}
	err = s.CheckLock(old)
	var differs *schema.LockError
	switch {
	case err == nil:
	case errors.As(err, &differs) && (mode == "accept" || mode == "record" && !breaks(differs)):
		write(t, s, path)
	case mode == "record" && differs != nil:
		t.Fatalf("%v\nnothing was recorded, because some of this needs more than being recorded", err)
	default:
		t.Fatalf("%s: %v", path, err)
	}
}

func breaks(differs *schema.LockError) bool {
	for _, c := range differs.Changes {
		if c.Breaks() {
			return true
		}
	}
	return false
}

func write(t testing.TB, s *schema.Schema, path string) {
	t.Helper()
	if err := os.WriteFile(path, s.Lock(), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("wrote %s: check it in", path)
}
