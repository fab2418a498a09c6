// Package conformance is one suite that every database runs: what package sqlcell
// promises, asked of live servers and compared with what they do without it. It holds
// tests alone.
//
//	shapes        statements of every form: nothing secret leaves, and the answers are right
//	oracle        random statements on a protected table and on a plain twin give the same
//	destroyed     after any step, every row is readable by its owner
//	types         every type arrives as the bare driver delivers it
//	observers     another tenant's keys open nothing
//	failures      rotation, cancellation and killed connections
//	load          all of it at once
//	overlays      views, partitions, triggers and routines over a protected table are found
//	settings      sessions whose settings would have statements misread
//	inexact       keys in which a server finds or stores another value than it was given
//	beyond        more shapes than the given ones, with what becomes of each
//	listed        LIKE, ranges and words answered by lists, beside a plain twin
//	racing        what lists answer while others write, and of rows that keys, schemas and scopes tell apart
//	crowd         all of it from many at once, while lists are maintained, keys rotate and processes are killed
//	statements    the table of ormhooks/sqlcell/STATEMENTS.md, line by line
//
// CELLSEAL_TEST_STEPS multiplies the number of random steps; CELLSEAL_TEST_LOAD, such as 60s, is how
// long the load lasts. Both are short by default, for CI. CELLSEAL_TEST_SEED, a number, makes the crowd's
// steps others.
package conformance
