package ormhooks_test

import (
	"testing"

	"github.com/cellseal/cellseal/ormhooks"
)

// Three columns of one compartment, one of them with an index, as most tables have.
type visitor struct {
	_       struct{}                `cell:"table=visitors,bind=id"`
	ID      int64                   `db:"id"`
	Email   ormhooks.Sealed[string] `db:"email" cell:"seal" search:"exact,trim,fold"`
	EmailEq ormhooks.Hidden         `db:"email__eq"`
	Name    ormhooks.Sealed[string] `db:"name" cell:"seal"`
	Notes   ormhooks.Sealed[string] `db:"notes" cell:"seal"`
}

// bareVisitor has no index: what is left is cells alone.
type bareVisitor struct {
	_     struct{}                `cell:"table=visitors,bind=id"`
	ID    int64                   `db:"id"`
	Email ormhooks.Sealed[string] `db:"email" cell:"seal"`
	Name  ormhooks.Sealed[string] `db:"name" cell:"seal"`
	Notes ormhooks.Sealed[string] `db:"notes" cell:"seal"`
}

func newVisitor(id int64) *visitor {
	v := &visitor{ID: id}
	v.Email.Set("siobhan@example.com")
	v.Name.Set("Siobhán O'Neill")
	v.Notes.Set("allergic to penicillin, arrives late, sits by the window")
	return v
}

func newBareVisitor(id int64) *bareVisitor {
	full := newVisitor(id)
	return &bareVisitor{ID: id, Email: full.Email, Name: full.Name, Notes: full.Notes}
}

func BenchmarkSealRow(b *testing.B) {
	b.Run("indexed", func(b *testing.B) { benchSeal(b, newDoor(b, visitor{}), newVisitor(42)) })
	b.Run("bare", func(b *testing.B) { benchSeal(b, newDoor(b, bareVisitor{}), newBareVisitor(42)) })
}

func benchSeal(b *testing.B, d door, row any) {
	b.ReportAllocs()
	for b.Loop() {
		if err := ormhooks.Seal(ctx, d.source, d.Schema, row); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenRow(b *testing.B) {
	d := newDoor(b, visitor{})
	row := newVisitor(42)
	d.seal(b, row)
	back := throughTheDriver(b, row)
	b.ReportAllocs()
	for b.Loop() {
		if err := ormhooks.Open(ctx, d.source, d.Schema, back); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen1000Rows(b *testing.B) {
	d := newDoor(b, visitor{})
	var rows []*visitor
	for id := range int64(1000) {
		row := newVisitor(id + 1)
		d.seal(b, row)
		rows = append(rows, throughTheDriver(b, row))
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := ormhooks.Open(ctx, d.source, d.Schema, &rows); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	d := newDoor(b, visitor{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ormhooks.Match(ctx, d.source, d.Schema, "visitors", "email__eq", "siobhan@example.com"); err != nil {
			b.Fatal(err)
		}
	}
}
