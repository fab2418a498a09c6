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
//	catalogue     what lies over a protected table is found
//
// CELLSEAL_TEST_STEPS multiplies the number of random steps; CELLSEAL_TEST_LOAD, such as 60s, is how
// long the load lasts. Both are short by default, for CI.
package conformance
