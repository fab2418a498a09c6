// Package checkup compares a live database with what a schema needs of it, before the
// first statement goes through: it finds what would lose values, leave them
// unencrypted, or find nothing in silence.
//
// Statement by statement the door sees only what is sent. A column that is too short and cuts
// cells off, an index that is not unique, a collation that takes two keys for one, a trigger that
// copies a column, a default that is written in clear: none of it stands in a statement,
// and most of it goes unnoticed until rows are lost. So it is asked once, at start:
//
//	err := checkup.Check(ctx, query, schema, source, d, allowed) // all that is wrong, joined, as *ormhooks.CheckError
//
// What is wrong comes with the statement that mends it where there is one that keeps what
// the column holds. What ought to be there is asked of package ddl, which also writes
// it for new databases, and what is there of package catalog: this package only compares.
// It reads no rows of the application's.
package checkup
