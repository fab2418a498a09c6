// Package ordered reads only those rows of a SELECT that its end needs, in the order of a sorted index:
// see plan.Walk.
//
// Pages of the index tell which rows come next. Each page's rows are read by one statement, which is the caller's
// with a condition on the key, and opened; package finish then sorts and cuts what has been kept, so
// that the answer does not rest on the index's order beyond which rows there are:
//
//   - A row is kept if its own value has its place on the page. One whose entry is stale is left out there, and comes
//     with the page on which it belongs.
//   - A page ends where a value does, if something besides the value decides about the order.
//   - Rows without a value have no entry. They are asked for by IS NULL, at the end at which they stand.
//
// A row that has no entry at all is missed, as one that was written past the door, or before the index was there:
// package reseal writes what is missing.
//
// What rows WHERE leaves is not known, and where it leaves few, most of what a page reads is in vain. So reading
// by pages and reading all rows take turns, each allowed about as many rows as the other has had in vain: together
// they read a few times what the better one would.
package ordered
