// Package plan decides what a SQL statement becomes: it reads the statement, finds every
// place where a protected column or a value for one stands, and gives a Plan, which is
// the statement as edited text with slots for what is computed at each execution. It
// holds no keys and does no I/O. What it does not fully understand it refuses with a
// *Refusal.
//
//	SELECT email FROM users WHERE ssn = $1
//	       |
//	       | sqltext.Scan
//	       v
//	    tokens ---- concerned? -- no --> Plan{Pass}: goes as it is          concern.go
//	       |             |
//	       |             +-- a definition (CREATE, DROP, ...) --> passes,
//	       | sqltext.Parse                            or a refusal          definition.go
//	       v
//	     tree       of Query, Insert, Update, Delete                        query.go, insert.go, ...
//	       |
//	       | names get a meaning
//	       v
//	    scopes      relations and origins: what a column is, of whose row   scope.go, resolve.go
//	       |
//	       | each place is rewritten, or found harmless, or refused         condition.go, value.go, ...
//	       v
//	     edits      a span of the text -> strings, slots, other spans       edit.go
//	       |
//	       | render
//	       v
//	     Plan --+-- Text    ... WHERE "users"."ssn__eq" = <terms of $1>     builder.go
//	            +-- Rows    what slots are for: bound values, scope, key    insert.go, update.go, lookup.go
//	            +-- Output  which columns are cells, and of which row       output.go
//	            +-- Each    what is read first, where rows go one by one    each.go
//	            +-- Finish  what is sorted, grouped, cut after opening      finishing.go
//	            +-- Walk    how an index spares most rows of that           walk.go
//	            +-- Totals  how the database adds up in their place         totals.go
//
// Tokens come first because most statements of a program name nothing protected, and those must
// pass whatever they are: also what the parser does not know. Whether one is concerned is
// therefore decided on words alone, and on the safe side: a word that is the name of a protected
// table makes it so, wherever it stands, and what could name a table without showing it, such as
// an executable comment or a function that runs text, is refused.
//
// The text is edited, and not written anew from the tree. What this package does not touch reaches
// the server byte for byte as the application wrote it, with its hints and comments; a
// printer of three dialects would be one more thing to be wrong. An edit's parts may be spans of the
// text, which are rendered with the edits inside them, so that a condition can be rewritten
// within a subquery that is itself moved.
//
// A scope is what names mean in one SELECT, UPDATE, DELETE or INSERT. In it stand relations, and a
// protected table's relation has an origin: one appearance of the table, of which all cells are of
// one row. Two appearances, as in a self-join, are two origins, and what opens the cells of
// one must not be taken from the other. Where a name may mean a protected column or something
// else, it means the column.
//
// Slots are computed at each execution, by package door, which has the keys. A value that is to
// be a cell or a term is taken out of the arguments; should it also stand where it would
// be seen, the statement is refused.
//
// Rows says what the slots are bound to. For an INSERT it stands in the statement. For an UPDATE it
// is what WHERE says of the bound columns; where that is not enough the rows must be read
// first, and the plan has Each: Fetch reads and locks them, and Text is executed for each one.
// Output does the same for results: what is needed to open a cell and was not selected is
// added as a column that the caller does not see.
//
// Two protected columns are compared by the tokens of a join group that both are of, and else not at
// all. What the tokens say is checked by Output's Pairs where both values are shown anyway.
//
// An index whose terms or tokens rows of other values have too finds false rows. They are left out of a result by
// Output's Filters, when they are opened; so it answers where all rows of the outermost SELECT are seen by the door,
// and nothing at the server has counted or cut them before. A smoothed index is asked before the statement
// elsewhere, as lists are; a short one has the end of the SELECT carried out by the door, or refuses.
//
// What a server cannot do over cells because it has to compare them, it need not do: of the
// outermost SELECT, ORDER BY, DISTINCT, GROUP BY with its aggregates and LIMIT can be taken out, and
// Finish says how the door carries them out when it has all rows. A statement is first analysed as
// one that the server answers, and with a Finish only where it would be refused so. Where a sorted
// index has the rows in the order that a Finish wants, a Walk reads but as many as it needs; where running
// sums know all that is added up, Totals has the database do it.
//
// A statement either gets a whole Plan or is refused. The first refusal ends the work, by a panic that
// [Analyse] recovers from. A Refusal says what to write instead, for it is read by somebody whose
// statement is correct SQL. What each statement becomes is written down in testdata.
package plan
