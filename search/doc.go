// Package search finds rows by encrypted values.
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
// That table is what [Index.Leakage] returns. Blind is the kind this version
// builds; its label is "exact".
//
// How values compare is part of the index: transforms such as [Fold] and
// [Digits] are named, versioned and in the path of the key tree, so a changed
// transform is a new index and never a column where half the rows are not found.
//
// Rows found under terms shorter than 32 bytes may be false: decrypt and compare
// before you use them. FORMAT.md §7 in package cell gives the bytes.
package search
