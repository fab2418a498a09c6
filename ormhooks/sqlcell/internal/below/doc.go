// Package below uses a driver as database/sql would, if the door were not between them. A driver
// need implement little, and tells by optional interfaces what it can do: execute without
// preparing, take a context or named arguments, convert arguments in its own way, begin a
// transaction that only reads. database/sql asks for each of them, and so must whoever
// stands in its place, or a driver would behave otherwise behind the door than it
// does alone, down to the errors:
//
//	conn := below.Conn{Conn: bare}
//	result, err := conn.Execute(ctx, text, args)         // directly, or prepared if the driver wants that
//	rows, closing, err := conn.Rows(ctx, text, args)
//	args, err = below.Checked(bare, st, args)            // for a prepared statement of one's own
//	rows, err = below.StmtQuery(ctx, st, args)
//
// What goes through here is already cells and terms, or names nothing protected.
package below
