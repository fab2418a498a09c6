// Package command tells SQL from what is none.
//
// pgx takes the name of a prepared statement wherever it takes SQL, and asks nobody which of them
// it is: pool.Query(ctx, "find_user", email) runs whatever was prepared as find_user. To the
// analyser that text is a statement that names no protected table, and would pass, with its
// arguments in clear. So a text that passes must begin as a statement of PostgreSQL does:
//
//	command.Is("SELECT 1")  // true
//	command.Is("find_user") // false: refused, unless it was prepared through the door
//
// Here a wrong yes costs more than a wrong no, which is an error that says what to do. The
// list of words is that of PostgreSQL's commands, and a new one has to be added to it.
package command
