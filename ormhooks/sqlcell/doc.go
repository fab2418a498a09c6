// Package sqlcell wraps a database/sql driver, so that everything above it sees plaintext
// and everything below it sees cells and search terms:
//
//	connector := sqlcell.Wrap(stdlib.GetConnector(*config), schema, ring, sqlcell.PostgreSQL)
//	db := sql.OpenDB(connector)
//	db.ExecContext(ctx, "INSERT INTO patients (id, email) VALUES ($1, $2)", id, email)      // email is sealed
//	db.QueryRowContext(ctx, "SELECT email FROM patients WHERE email = $1", email)           // and looked for by its term
//
// [Open] serves drivers that have no connector, such as modernc.org/sqlite.
//
// For every statement, each protected value leaves encrypted or as a term, or nothing
// leaves at all: what is not fully understood is refused with an *ormhooks.StatementError
// that says what to write instead. [Explain] shows what a statement becomes. Statements
// that name no protected table go to the driver as they are.
//
// ORDER BY, DISTINCT, GROUP BY with COUNT, SUM, AVG, MIN and MAX, HAVING of counts and LIMIT of the
// outermost SELECT are worked out after decryption where the database cannot, and give what it would
// of plaintext; a column's text compares as its index declares, or else by bytes. All rows that WHERE
// leaves are read for it, up to Options.MaxRows, unless a sorted index (search:"range" or "prefix", with the
// transforms that the column compares by) spares most of them: ORDER BY of its column first and LIMIT, on one
// table, or MIN and MAX of it alone, read about as many rows as they give, and WHERE age > $1 ORDER BY age
// LIMIT 50 begins at the bound. Rows without a value are then found by age IS NULL, for which the
// database wants an index of its own where it sorts them first and they are many. Rows that are older than the
// index are missed until reseal.Rows has written their entries, and in a transaction of READ COMMITTED a row that
// another one moves in the order meanwhile. Plain columns that take part are compared by the
// database, with window functions: PostgreSQL, SQLite 3.25, MariaDB 10.2, MySQL 8.
//
// What goes past the door: (*sql.Conn).Raw, which [Bare] then takes to the driver's own
// connection, and whatever else speaks to the database without this *sql.DB, as pgx's
// CopyFrom does. Tracing belongs below: wrap the traced connector.
//
// How a server reads quotes, which decides where a string ends, is asked of every new connection,
// and how its driver delivers times of the first. Views, partitions and routines that work on protected
// tables are known from the catalogue, which is read at the first statement and after
// every CREATE, ALTER or DROP; one that is made past the door is noticed when the
// catalogue is read again. Run [Check] at start.
package sqlcell
