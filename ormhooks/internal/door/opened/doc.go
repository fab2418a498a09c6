// Package opened makes of rows as a server delivers them what the caller sees: cells are opened,
// the library's own columns are gone, rows that a term has found by chance too.
//
//	shape := opened.NewShape(dialect, plan)                          // of a statement, once
//	reader := shape.Reader(ctx, config, opened.Call{...})            // of one execution
//	seen, err := reader.Open(stored, dst)                            // row by row
//	rows, err := reader.Finish(next)                                 // or all at once: see package finish
package opened
