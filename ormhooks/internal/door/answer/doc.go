// Package answer works on what is asked before a statement is sent: see plan.Find. An index names rows that may
// match, by their keys or by their tokens. Here they are read, opened and compared, and the keys of
// those that do match stand in the place of the question.
//
// What an index says is never taken at its word. It names rows of other values by its nature, and whoever can write
// to the database can move its entries.
//
//	s := &answer.Search{Find: find, …}
//	values, known, err := answer.Members(…)                 // what = and IN are asked with
//	err = s.Read(columns, types, candidates, matches)       // rows whose columns are among candidates
//	s.Keys(null)                                            // those that match
//
// Packages listed and smooth ask their indexes, and leave the rest to a [Search].
package answer
