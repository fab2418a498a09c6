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
// # Beyond equality
//
// Where a column has an index that keeps lists, more is answered:
//
//	search:"substring"      notes LIKE '%abc%', of 3 characters in a row, or 2 at an end; ILIKE with fold
//	search:"prefix"         name LIKE 'x%'
//	search:"suffix"         name LIKE '%x'
//	search:"range"          age < 18, 65 >= age, born BETWEEN ? AND ?; = and IN too, where there is no exact
//	search:"words"          cellseal_match(notes, 'chronic cough'): every one of the words
//	search:"fuzzy"          cellseal_near(name, 'meier'): every one of them, or one that differs in a letter
//
// The two functions are functions of no server: the door puts an answer in their place. It looks in the
// lists, on the same connection, reads the rows that may match, decrypts and compares them, and sends their
// keys in the place of the predicate. So the answer is exact, and the predicate may stand
// anywhere: under NOT, in a join, with COUNT and LIMIT, in UPDATE and DELETE. How values compare is said by the
// index's transforms, and not by the server: without fold, LIKE tells case apart on MySQL and SQLite too. A
// pattern that no index can look for is an *ormhooks.ColumnError; more rows than Options.MaxRows are an
// *ormhooks.TooManyRowsError; neither is ever a shorter answer.
//
// A statement outside of a transaction sees one state of the database in all of that. Inside of one whose
// isolation is READ COMMITTED, a row that somebody else changes between the search and the statement
// may be shown as it is then; UPDATE, DELETE and SELECT … FOR UPDATE lock the rows that they read, and do not
// meet this. Where they ask which rows do not match (NOT, <>, CASE), they lock what they are about to write and
// ask again, until the answer stays: a row that had to be waited for may match by then. In a transaction of
// MySQL that has read before, they ask over a connection of their own what was committed since, as the
// server does. SKIP LOCKED and NOWAIT beside such a predicate are refused. What such a statement returns is held in
// memory. RETURNING and ON CONFLICT ask nothing of lists.
//
// LAST_INSERT_ID(), ROW_COUNT(), FOUND_ROWS(), lastval(), changes() and last_insert_rowid() tell of what was sent
// last, which beside a table with lists is the library's own: take the driver's Result, or RETURNING.
//
// Of a scoped table, what is looked for is looked for in one scope. Where rows are to be those that do
// not match, WHERE must say whose they are (AND tenant_id = $1): of rows of others it is not known.
//
// What writes such a column writes its entries in the same transaction, or in one that the door begins: also a
// statement by itself. A DELETE that does not name its row by the key has the keys
// of its rows read and locked first (FOR UPDATE, which PostgreSQL allows to who may UPDATE), up to
// Options.MaxRows, asks of each whether it is gone, and removes its entries. Entries stay of rows that ON
// DELETE CASCADE takes away, or a DELETE inside WITH or behind one, of several tables with lists at once, or
// past the door. They take room and are never shown, for what lists find is read and compared.
// Run [Maintain], and reseal.Rows with Reindex for rows that are older than the index.
//
// A smoothed column (search:"smoothed") is asked with = and IN. Rows of other values share some of a value's tokens,
// about 200 of them in a table of 100 000 rows or more while the profile fits. A SELECT from one table, where nothing
// but AND stands above the condition and the server neither counts, numbers nor cuts rows (COUNT, GROUP BY, DISTINCT, OVER,
// LIMIT), is sent once, with tokens in the place of the value, and those rows are left out when they are opened. In any other
// place the rows are read before, as for lists. Terms that are cut (bits=24 beside exact) find rows of other values too. They are
// answered in the first way; LIMIT, DISTINCT, GROUP BY and aggregates of the outermost SELECT are worked out after
// decryption, and in subqueries, joins that may lack a side, writes, OR and NOT they are refused.
//
// Columns of one join group (search:"join=email,leaks=equality" on each, see package schema) are compared
// by the database, with = and <>, in ON, in WHERE and as x IN (SELECT y FROM …), as their values would be
// under the group's transforms; where a column has no exact index, = with a value is answered by the
// group too. Of a scoped table, rows of two scopes are never joined, and <> between rows is refused,
// unless the group has scope=none. Who can write the table can move a token to another row. A row of the
// outermost SELECT that shows both columns of a join is compared after decryption, and an ErrTerm if
// they differ. Not checked are joins that show one of the columns or none, those inside subqueries and
// derived tables, and <>; nor that no row is missing.
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
