// Package cell seals single fields of database rows.
//
//	d, err := source.Cells(ctx, keys.Table("patients"), keys.Compartment("default"))
//	row := cell.NewRow(d, cell.RowID(cell.BindInt("id", 42)))
//	sealed := row.Seal("patients.email", []byte("siobhan@example.com"))
//	email, err := row.Open("patients.email", sealed)
//
// A cell is bound to the key tree's path, to its row and to its column: anywhere
// else it does not open. What does not open is [ErrDecrypt] and nothing more,
// except that a key that is not at hand is a [*UnknownKeyError].
//
// Three modes, one construction:
//
//	Seal     n bytes become n + 69 (85 unbound): encrypted, authenticated, committed to its key
//	Protect  the same cut in two: n bytes stay in the column, the 69-byte token goes elsewhere
//	Imprint  n bytes become n bytes, equal inputs equal outputs; no integrity
//
// [NewRowOf] makes a row of its own keys, for processes that are not given their compartment.
// [NewUnbound] is for columns of tables whose rows have no identity when they are
// written; [Row.SealPadded] hides lengths; [Inspect] and [Stale] tell operators
// which key a stored cell is under. Most programs use package ormhooks, which
// calls this one.
//
// Cells are AES-256-GCM under keys of HMAC-SHA-256, all from the Go standard
// library, and run under GODEBUG=fips140=only. FORMAT.md beside this file gives
// every byte. From the first release on, cells of version 1 are opened by every later version.
//
// What cells do not prevent: putting back an older cell of the same row and
// column, deleting a cell, changing an imprint, and anything inside a process
// that holds the keys.
package cell
