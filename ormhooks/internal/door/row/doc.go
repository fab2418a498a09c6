// Package row knows what a row's cells are bound to, and whose they are, from whatever has the
// row's columns: a statement's arguments, or a result.
//
// A cell opens only as the cell of its row, so before one is sealed or opened the row must be
// known: its bound columns or its random key, and its scope. Where they come from differs, and
// they come from several places at once, which is hidden behind a [Lookup]; what follows from
// them must not differ, or what was written could not be read.
//
//	var s row.State                                   // of one row
//	path, err := s.Scope(ctx, table, lookup)          // the scope column and the context, which must agree
//	cells, err := s.Cells(keys, table, path, column, lookup, key)
//
// A [State] remembers what it was asked, for a row has many cells and one identity. An
// [Opener] is the same for results, with positions in place of names.
package row
