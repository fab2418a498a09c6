// Package door is the engine behind the drivers that encrypt: it takes a statement with
// its arguments, and gives what may leave the process; it takes rows as a server delivers
// them, and gives what the application may see. It knows no driver.
//
//	session := door.Session(base)                  // one for each connection
//	st, err := session.Statement(ctx, text)        // cached; a refusal is an *ormhooks.StatementError
//	call, err := session.Bind(ctx, st, args, direct) // cells and terms in place of protected values
//	base.Query(call.Text, call.Args)
//	reader := st.Reader(ctx, call)                 // opens the rows that come back
//
// What an execution sends is worked out by package bind. Where the plan has a Finish, the reader gathers all rows and
// sorts, groups and cuts them: see packages opened and finish.
//
// A statement that takes several steps (Plan.Steps) goes through [Session.Carry] instead: row by row, after
// an index was asked (packages answer, listed and smooth), or with entries of lists behind it; or page by page, where a
// sorted index tells which rows a Finish needs (package ordered).
package door
