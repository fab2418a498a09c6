// Package sum lets a database add up numbers that it cannot read.
//
//	d, err := source.Index(ctx, keys.Table("invoices"), sum.Label("amount", "clinic"))
//	x := sum.NewIndex(d, sum.Options{Dialect: search.PostgreSQL, By: []search.Type{search.Int}})
//
//	group, err := x.Group(clinic)                        // in a transaction:
//	n, err := x.Next(ctx, tx, group, 1)
//	masked, err := x.Encrypt(group, n, cents)            // invoices.amount__n = n, amount__sum = masked
//
//	totals, err := x.Sum(ctx, conn, invoices, "paid_on >= $1", since)   // one Total for each clinic
//
// The rows of a group are numbered without a gap as they are written, and what is stored of row number
// i is its value plus a pad of i less the pad of i − 1. Added up over a run of numbers the pads
// between its ends cancel out, so the ordinary SUM of the database is enough, and two pads take the
// mask off a million rows: ASHE, of Seabed (Papadimitriou et al., OSDI 2016). FORMAT.md §6 in package
// search gives the bytes. COUNT comes with each sum, and so does the mean, [Total.Mean].
//
// In struct tags it is search:"sum,by=clinic": package sqlcell then does all of this by itself.
//
//	             Running sum
//	at rest      the order in which the rows of a group were written, and how many writes a group saw
//	on a query   which rows are summed up
//	over time    how often a row's value is written anew; the difference of two values written
//	             under one number, as after a rollback or a restored backup
//	for          SUM, AVG and COUNT of a table, of a part of it and by group
//
// # The life of a number
//
// The next number of a group lies in the table cellseal_sums ([DDL]). There are two ways to take it.
// In the transaction that writes the row, a rollback gives the number back, and a group has no gaps;
// the counter's row is locked until the transaction ends, so writers of one group wait for one
// another, and writers of different groups do not. In a short transaction of its own before that,
// nobody waits, and a rollback leaves a hole. A batch takes its numbers at once. A busy table wants a
// group column that spreads its writers, even one that means nothing: a sum over all groups costs two
// pads a group. In MySQL the first writers of a new group may deadlock if one of them rolls back: try
// again, as InnoDB asks.
//
// What was rolled back is gone for SQL and not for the disk: dead rows and logs keep it for a while.
// Where a number was given back, the next row has it, and who reads the server's files sees two values
// under one pad, and so their difference, until both are cleaned up. If that matters take numbers in a
// transaction of their own.
//
// An UPDATE of the value takes a new number and leaves a hole where the old one was, and so does one
// that moves the row to another group; a DELETE leaves a hole. A WHERE clause makes holes of what it
// leaves out. With holes a sum falls into runs of consecutive numbers, which a second query finds by
// window functions, two pads each. If there are more runs than about a quarter of the rows,
// [RunsError] says that summing up decrypted cells is cheaper.
//
// NULL is stored as NULL in both columns, and no number is taken for it.
//
// A number says which root key its pad is of, so a promoted key numbers each group anew, old rows stay
// readable while theirs is enabled, and rewriting a row brings it under the new key. A group takes
// 2^32 − 1 numbers under one key; then [ErrExhausted] asks for the next.
//
// # What it does not do
//
// A stored number is malleable: whoever can write the table can add 5 to a sum, leave rows out or set
// a group's counter back, and nobody notices. The encrypted cell beside is the truth; what is paid out
// is summed up from cells. [ErrSum] is a plausibility check and no more.
//
// After a backup is restored, numbers that were given out since would be given out again: who saw both
// rows learns the difference of their values. Promote a new index key before the first write, or move
// the counters on: UPDATE cellseal_sums SET next = next + 1000000.
//
// Sums are of int64 values within [Options.Bound]. Decimals are scaled to integers by the caller,
// always by the same factor: cents and not euros. A group column of text must compare exactly (COLLATE
// "C", utf8mb4_bin, BINARY): a database that takes Cork and cork for one group adds up what does not
// belong together. A group column that is encrypted itself is grouped by its join token (package
// join), declared as search.Bytes.
package sum
