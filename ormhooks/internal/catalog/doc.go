// Package catalog is what a live database says of its own tables: which columns a star stands
// for, in what order an INSERT without a column list takes its values, what a name means, and
// what works on a protected table by itself. A statement does not tell; only the server
// knows, and what it will do is decided by what it knows, so it is asked.
//
//	c, err := catalog.Load(ctx, query, d)                   // tables, columns and pins: at the first statement, and after changes
//	c.Dependents, err = catalog.LoadDependents(ctx, query, d, tables) // views, triggers and routines over protected tables
//	details, err := catalog.LoadDetails(ctx, query, d, tables) // indexes, constraints and more: for the check at start alone
//
// query runs on the bare connection under the door, for these are the library's own questions.
// Drivers deliver the answers as they please, which ends here: what is in a Catalog is the same
// for all of them. What a Catalog lacks may have come since it was read: whoever misses
// something in it has it read again, and only then refuses.
//
// Pins are of another kind: rows of the library's own table cellseal_index, which says under
// which key the terms of a unique index are, in this database and for all processes. They
// change while programs run (package reseal), so [LoadPins] reads them alone and often.
package catalog
