// Package join lets a database join, group and count by encrypted columns.
//
//	d, err := source.Index(ctx, join.Table, join.Label("email", search.Email))
//	x := join.NewIndex(d, join.Options{AcceptEquality: true})
//	token, err := x.Token("Siobhan@Example.com")   // stored in patients.email__join and in invoices.payer__join
//
// A join group is a key that several columns use: equal values have equal tokens, whatever table they
// are in, and every question SQL asks by equality works on tokens as it does on values.
//
//	SELECT … FROM patients p JOIN invoices i ON i.payer__join = p.email__join
//	SELECT COUNT(DISTINCT payer__join) FROM invoices
//	SELECT g.n, i.id, i.payer FROM invoices i JOIN (
//	    SELECT MIN(id) AS id, COUNT(*) AS n FROM invoices GROUP BY payer__join) g ON g.id = i.id
//
// The last is GROUP BY payer: a cell opens only in its own row, so of each group one row is taken, and
// its cell decrypted. NULL has no token and makes one group, as in SQL.
//
//	             Join group
//	at rest      which rows of all its columns hold equal values, and how often each value occurs
//	on a query   which rows are joined or grouped
//	over time    accumulates: every query names its rows
//	for          joins, GROUP BY, DISTINCT and COUNT(DISTINCT) on encrypted columns
//
// Whoever reads both tables learns which patient pays which invoice, without asking. Where that is too
// much, let the columns have indexes of their own, and join in two steps: read and decrypt one side,
// and look for its values in the other's index: [Semi]. What shows then are the rows that were asked
// for.
//
// Tokens are 16 bytes, all under one key ([Options.PinnedKey]), for tokens of two keys would not meet
// and a join would lose rows silently. Rotation adds a second token column to each table of the group,
// pinned to the new key, writes both, fills it, and moves the joins over. FORMAT.md §7 in package
// search gives the bytes.
package join
