// Package listed searches and writes the indexes that keep lists (search/FORMAT.md §2), on the
// connection that a statement goes over.
//
//	shelf := listed.New(dialect)                       // one for each database
//	x := shelf.Index(derived, index)                   // of one scope
//	listed.Write(ctx, conn, x, entry.Op, doc, value)   // after the statement that wrote the row
//	q, err := listed.Ask(x, find, values)              // what may match …
//	docs, err := q.Find(ctx, conn)
//	q.Matches(value)                                   // … and does, once it is decrypted
//
// A row is a document there. Its identity is what its cells are bound to, written in a fixed width: see
// [Doc].
package listed
