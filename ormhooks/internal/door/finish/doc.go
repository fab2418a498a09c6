// Package finish carries out the end of a SELECT over rows that are opened: what a server cannot
// sort, group or add up because it has only cells.
//
//	f := finish.New(dialect, plan.Finish, visible)
//	err := f.Add(get, shown)          // for each row, as it comes
//	rows, err := f.Rows(ends)
//
// The answer is the one that the server would give of the plaintext:
//
//   - Text compares by the bytes of what its column's transforms leave of it, numbers, times, truth
//     values and UUIDs as PostgreSQL compares them: NaN is the greatest float and equals itself. A
//     plain value is compared by the server, which numbers the rows.
//   - Rows that compare as equal stay in the order in which the server delivered them. Of a group,
//     and of rows that DISTINCT takes for one, the row is shown that came first: where a column
//     folds case, servers may show another.
//   - Integers and decimals are added up exactly, and give what the server's type for the sum
//     gives: numeric in PostgreSQL, DECIMAL in MySQL with four more digits for an average (its
//     default of div_precision_increment), integers or an overflow in SQLite. Floats are added up in
//     the order in which they come, as servers do.
//
// All groups are held in memory, and rows that are not grouped are too; how many there may be is for
// the caller to say.
package finish
