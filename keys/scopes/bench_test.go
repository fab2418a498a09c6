package scopes_test

import (
	"fmt"
	"testing"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/scopes"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// A place in a scope that is kept, beside the same of the ring alone; and 1 000 scopes that are not, one by one and
// at once.
func BenchmarkCells(b *testing.B) {
	db := testdb.OpenSQLite(b)
	db.Run(b, scopes.DDL(scopes.SQLite))
	ring := celltest.Ring(b)
	s := newSource(b, db, ring, nil)
	var all []keys.Label
	for i := range 1000 {
		all = append(all, keys.Scope("tenant", fmt.Sprint(i)))
	}
	if err := s.Create(ctx, all...); err != nil {
		b.Fatal(err)
	}
	path := append([]keys.Label{all[0]}, compartment...)
	for name, from := range map[string]keys.Source{"ring": ring, "kept": s} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := from.Cells(ctx, path...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for name, load := range map[string]func() error{
		"each": func() error { return nil },
		"many": func() error { return s.LoadScopes(ctx, all...) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s.Forget()
				if err := load(); err != nil {
					b.Fatal(err)
				}
				for _, scope := range all {
					if _, err := s.Cells(ctx, scope, compartment[0], compartment[1]); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
