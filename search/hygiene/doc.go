// Package hygiene tells what a database server writes down about the statements it
// is sent: its logs, its statement history, its archive.
//
//	findings, err := hygiene.Check(ctx, db, search.PostgreSQL)   // db: the application's own pool
//	for _, f := range findings {
//		fmt.Println(f)                                          // setting, value, risk, and the line that changes it
//	}
//
// What a finding means. Through Cellseal's driver only cells and terms reach the
// server, so that is all a log of those statements holds. But every statement in a
// log is a query observed: package search says of each index what shows "at
// rest", "on a query" and "over time", and with a statement log whoever copies a
// disk or a backup has all three, where without it he has the first. Logs are kept
// elsewhere, longer, and read by more people than tables.
//
// Plaintext gets into a log only by what goes around the driver: a console, a
// migration with literal values, a report, a script, a second program. A literal in a
// statement is in its text; a bound parameter is beside it, and PostgreSQL can be
// told to leave it out. MySQL and MariaDB write the values of parameters into the text
// they log.
//
// Findings without a Change are to be known, and nothing has to be done in the server.
//
// What Check does not see: sessions that differ from the one it is given (ALTER
// ROLE … SET, SET in another connection), a proxy's or pooler's log, a cloud's
// own audit, core dumps, and the application's logs, where an ORM in debug mode prints
// plaintext before Cellseal's driver sees it.
package hygiene
