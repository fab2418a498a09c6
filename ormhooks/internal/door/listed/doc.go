// Package listed searches and writes the indexes that keep lists (search/FORMAT.md §2), on the
// connection that a statement goes over.
//
//	shelf := listed.New(dialect, options)              // one for each database
//	x, err := shelf.Of(keys, table, scope, index)      // of one scope
//	entry, err := maker.Entry(…)                       // of a row that a statement writes …
//	entry.Write(ctx, conn, affected)                   // … which is written after it
//	shelf.Answer(question, conn, value)                // the rows that match
//
// A row is a document there. Its identity is what its cells are bound to, written in a fixed width: see
// [Doc].
package listed
