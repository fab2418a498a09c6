// Package sid keeps a search index apart from the rows it finds.
//
//	d, err := source.Index(ctx, keys.Table("patients"), sid.Label("diagnosis", search.Fold))
//	x := sid.NewIndex(d, sid.Options{Dialect: search.PostgreSQL, Schema: "lookup"})
//
//	entry, err := x.Entry(sid.Int(patient.ID), "E11.9")
//	err = x.Insert(ctx, lookup, entry)
//	rows, err := x.Find(ctx, lookup, "e11.9")               // SELECT … FROM patients WHERE id IN (…), on another connection
//
// A Blind index stands beside its row, and shows all of a row's terms together. Here a table of two
// columns, token and search id, lies in a schema of its own that a role of its own reads and writes. A
// search id is the row's id, encrypted together with the token: two entries of one row have nothing in
// common, and nothing in common with the row. The application decrypts the ids it finds. It costs a
// second query, and one entry a value.
//
//	             Search ids
//	at rest      how often each value occurs, of nobody knows which rows
//	on a query   how many rows hold the value; to whoever sees both roles' queries, which
//	over time    accumulates to whoever sees both
//	for          low-entropy values whose rows must not be linked through their indexes
//
// # Who is kept apart
//
// The role that holds the table learns nothing of the rows, and who holds the rows nothing of the
// index: a leaked dump, replica or credential of one side. Someone who copies the whole server at work
// gets more than the tables say. PostgreSQL keeps rows in the order in which they were written and
// stamps each with its transaction: rows and entries written one by one, side by side, can be matched
// by that. So write entries in batches ([Index.Insert] sorts them by token), on a connection of their
// own, and CLUSTER the table now and then. MySQL and SQLite keep it in the order of tokens, but a log
// of changes (binlog, WAL) tells the same story.
//
// Two roles are two connections and two transactions. Insert entries before their row is committed and
// remove them after it is gone: what a crash leaves is then an entry too many, whose row is not found
// or does not match, and never a row that is not found.
//
// Row ids are 8 bytes ([Int]), one AES block together with half the token, or 16 ([Options.RowSize]),
// where the block cipher is HCTR2 over 24 bytes, for a UUID and half a token do not fit one block.
// Whoever can write the table can remove entries; what they invent or move to another token is
// [ErrEntry]. FORMAT.md §7 in package search gives the bytes.
package sid
