// Package search finds rows by encrypted values.
//
// Most need one kind: a blind index, for values that are looked up as a whole.
//
//	d, err := source.Index(ctx, keys.Table("patients"), search.Exact("email", search.Trim, search.Fold))
//	index := search.NewIndex(d, search.Options{Unique: true})
//	term, err := index.Term("Siobhan@Example.com")        // stored in a column of its own: patients.email__eq
//	terms, err := index.Match("siobhan@example.com ")     // SELECT … WHERE email__eq IN (…)
//
// A term is a keyed hash (HMAC-SHA-256) of the normalized value. The database
// compares terms with an ordinary index; it cannot compute one.
//
//	             Blind                             Blind, unique
//	at rest      which rows hold equal values,     nothing beyond the number of rows
//	             and how often each value occurs
//	on a query   which rows hold the value that    which rows hold the value that
//	             is asked for                      is asked for
//	over time    accumulates: every query          accumulates: every query
//	             names its rows                    names its rows
//	for          unique or high-entropy values     UNIQUE constraints and look-ups by
//	                                               unique values
//
// Where some values are much more frequent than others, a [SmoothedIndex] levels that. Which
// index a column should have, at what price, [Plan] says: it attacks a sample of it.
//
// Whatever else is asked of a column, and equality where values repeat, has a package below:
//
//	label        package   asks
//	Words        text      documents with all or any of some words; equal values
//	Substring    text      LIKE '%xyz%', 'xyz%', '%xyz', of three characters or two at an end
//	Fuzzy        text      words with one typing error
//	Sorted       sorted    <, BETWEEN, ORDER BY … LIMIT, MIN, MAX, LIKE 'x%'; with Reverse '%x'
//
// Further packages stand for themselves: sum (sums that the database adds up), join (equal tokens in columns of
// several tables), sid (search ids apart from rows), pub (writers who cannot search), hygiene (what a server
// logs); picture, paillier and the experimental peks are modules of their own.
//
// Entries of text and sorted stand in sealed lists beside the table (package segment), which are written
// in the application's own transactions and which [Maintain] keeps fast. They show much
// less at rest, and cost a write and a read more:
//
//	             Segmented                         Sorted
//	at rest      sizes only: the number of         sizes only: the number of
//	             pages, and of pending rows with   pages, and of pending rows with
//	             their order and the number of     their order
//	             their keys in powers of two
//	on a query   which pages it reads, and so      which pages it reads, and so
//	             roughly how much it found, and    roughly how much it found, and
//	             which rows are read next          which rows are read next
//	over time    queries can be recovered;         order, after tens to hundreds of
//	             forward private                   ranges
//	for          keywords, substrings, anything    ranges, prefix, ORDER BY … LIMIT
//	             repeated
//
// Those tables are what the indexes' Leakage methods return.
//
// How values compare is part of the index: transforms such as [Fold] and
// [Digits] are named, versioned and in the path of the key tree, so a changed
// transform is a new index and never a column where half the rows are not found.
//
// What is found may be false: rows under terms shorter than 32 bytes, and documents of
// every query and span that is not Exact. Decrypt and compare before you use them.
// FORMAT.md §7 in package cell gives the bytes of terms, FORMAT.md here those of the rest.
package search
