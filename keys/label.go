package keys

import "github.com/cellseal/cellseal/internal/tree"

// A Label is one step down the key tree. Build labels with [Scope], [Table],
// [Compartment] and [Index]; they are checked where they are used, by
// [Source] with an error and by [Derived.Derive] with a panic. A label has 1 to
// 1024 bytes. Names are one or more of A-Z a-z 0-9 and _, they are logical
// (independent of what a database calls the thing today), and they can never be
// changed once something has been stored under them.
type Label string

// Scope separates the data of tenants, subjects or customers: kind says of
// what, as in "tenant"; id says of whom, as non-empty UTF-8 text. Write integers
// in decimal and UUIDs in canonical lower case, for another spelling is another
// scope. A scope comes first in a path, or is left out. Scope panics if kind is not
// a name: with a slash in it, it would take part of the id's place.
func Scope(kind, id string) Label {
	if !tree.IsName(kind) {
		panic("cellseal/keys: scope kind: want one or more of A-Z a-z 0-9 _")
	}
	return Label("s:" + kind + "/" + id)
}

// Table is the logical name of a table.
func Table(name string) Label { return Label("t:" + name) }

// Compartment is a set of a table's columns that share their row keys, the
// finest grain of access. DefaultCompartment holds columns that name none.
func Compartment(name string) Label { return Label("c:" + name) }

// DefaultCompartment is the name of the compartment of columns that name none.
const DefaultCompartment = "default"

// Index names a search index: its columns joined with "+", its kind, and its
// transforms: "name.vN" or "name(parameter).vN" joined with "+" in the order
// they apply, one such list per column joined with ";", or "" for none at all.
//
//	Index("email", "exact", "trim.v1+fold.v1")
//	Index("name+city", "exact", "fold.v1;fold.v1")
//
// Package search builds these from its own types.
func Index(columns, kind, transforms string) Label {
	if transforms == "" {
		return Label("i:" + columns + "/" + kind)
	}
	return Label("i:" + columns + "/" + kind + "/" + transforms)
}

func plain(path []Label) []string {
	s := make([]string, len(path))
	for i, l := range path {
		s[i] = string(l)
	}
	return s
}
