package plan

import (
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// A Plan is what a statement becomes. It is immutable, and shared by executions.
type Plan struct {
	// Pass says that the statement names nothing protected: text and arguments go through
	// as they are, and nothing below is set.
	Pass bool
	// Changes says that a passed statement may change the catalogue (CREATE, ALTER,
	// DROP, …): what was read of it is to be read again.
	Changes bool
	// Names says that a passed statement reads or writes tables, or calls routines, by name: without a
	// catalogue it is not known whether one of them works on protected tables.
	Names bool
	// Effects are what a passed statement does to the connection's transaction.
	Effects []Effect

	// Params are the statement's placeholders, each once.
	Params []Param
	// Text is the statement to send.
	Text Text
	// Rows are the rows that Text writes or looks for; slots refer to them by number.
	Rows []Row
	// Out says what the columns of the result are; nil leaves it as it is.
	Out *Output
	// Finds are the predicates that are answered before the statement is sent; Found slots stand
	// for what they find.
	Finds []*Find
	// Entries are written after it, one by one, and if it has changed nothing those alone that are
	// Added: of a statement that goes row by row after each of them. With Finds or Entries all is
	// one transaction.
	Entries []Entry
	// Summands get their numbers before it, in its transaction.
	Summands []*Summand
	// Doomed is set for a DELETE whose rows are read before: see Doomed. Entries are then written for each.
	Doomed *Doomed
	// Locks is set for an UPDATE or DELETE that asks listed indexes which rows are not so, or has their answer
	// for a value: it locks the rows that the statement is about to write, and Finds are asked anew until
	// they answer the same. It is Each's or Doomed's Fetch where there is one. Else, while a row was waited for it
	// might have come to be so. Of SELECT … FOR UPDATE it is Text.
	Locks Text
	// Returns says that the statement has a result.
	Returns bool
	// Writes says that the statement writes or locks rows, and not only reads.
	Writes bool
	// Finish is what is left to do when all rows are opened; nil if nothing is.
	Finish *Finish
	// Walk says how an index spares the Finish most rows; nil if none does.
	Walk *Walk
	// Totals says how the database adds up what the Finish would; nil if it does not.
	Totals *Totals
	// Each is set for a statement that is carried out row by row: see Each.
	Each *Each
	// Catalogued says that Text was made with what the catalogue says of columns (a star, an
	// INSERT without a column list): if the server refuses it, the catalogue may be old.
	Catalogued bool
	// Pinned says that Text was made with what the catalogue says of the keys of unique indexes
	// (or with its saying nothing), which holds for a lease only.
	Pinned bool
	// Retry says that this is an upsert on a unique index that moves, or has moved, to another
	// key: the server may refuse it because of the index's other column, or because it
	// has not noticed the new one yet. It is to be tried again.
	Retry bool
}

// Steps reports whether more is done than to send Text: lists are searched before, or written after, numbers are
// taken, the database adds up, or it goes row by row, or page by page.
func (p *Plan) Steps() bool {
	return p.Each != nil || p.Walk != nil || p.Totals != nil || len(p.Finds) > 0 || len(p.Entries) > 0 || len(p.Summands) > 0
}

// A Param is a placeholder of the caller's: by position, or by name.
type Param struct {
	Number int    // from 1
	Name   string // with its sign, as ":email"; "" if by number
}

// A Text is pieces of SQL with slots between them.
type Text []Piece

// A Piece is literal SQL, or a slot if Slot is not nil.
type Piece struct {
	SQL  string
	Slot *Slot
}

// A Slot is one value in a statement. It becomes a placeholder with an argument, or a
// literal where a statement without arguments is to stay one. Slots that are the same
// pointer are one value.
type Slot struct {
	Kind Kind
	// Value is the caller's, for Given, Cell, Hidden and Nullness; of an index's term
	// there are as many as it has columns, in Values.
	Value  Value
	Values []Value
	// Row is the number in Plan.Rows of the row it is for.
	Row    int
	Column *schema.Column
	Index  *schema.Index
	// Key is the index key that a unique index's column is pinned to, as the catalogue has it; 0
	// leaves it to the schema.
	Key uint32
	// Room is how many bytes the column holds, where the server might cut more of them off without
	// an error (MySQL); 0 is no limit.
	Room int
	// Keep says for Cell and what belongs to it that NULL keeps what is stored (COALESCE(?, email)):
	// a value that is not NULL must then have a term.
	Keep bool
	// Array says for Terms that the value is one array (PostgreSQL); else it becomes as many
	// placeholders, separated by commas, as there are enabled index keys.
	Array bool
	// At is a position in the row that Each.Fetch read, for Fetched.
	At int
	// Find is what a Found slot has the answer of.
	Find *Find
	// Summand is what Numbered and Masked are of.
	Summand *Summand
}

// A Kind says what a Slot holds.
type Kind uint8

const (
	// Given is an argument or a literal of the caller's, unchanged.
	Given Kind = iota + 1
	// Cell is what Column stores of Value: a cell, a ciphertext, an imprint.
	Cell
	// Hidden is what stands beside it: the token, or the key id.
	Hidden
	// Term is the term that Index stores of Values.
	Term
	// Terms are the terms to look for Values in Index: one for each enabled index key,
	// or the single one of a unique index. NULL values give NULL.
	Terms
	// Tokens are those to look for Values in Index, which is smoothed: in PostgreSQL an array, else a
	// list as it stands in IN (…). Rows of other values have some of them.
	Tokens
	// RowKey is the row's random key.
	RowKey
	// Nullness is NULL if Value is, else the text 1: what IS NULL asks of a value that must not be seen.
	Nullness
	// Fetched is a value of the row that Each.Fetch read, unchanged.
	Fetched
	// Found are the keys of the rows that Find has found: of one column in PostgreSQL an array, else
	// a list as it stands in IN (…).
	Found
	// Most is one more than the most rows that are read for a Finish, or a Doomed.
	Most
	// Numbered is the number that a running sum gives a value; NULL has none.
	Numbered
	// Masked is what it adds up.
	Masked
)

// A Value is what the caller gave: an argument or a constant. The zero Value is none.
type Value struct {
	Kind  ValueKind
	Param int  // index in Plan.Params
	Const any  // nil, string, []byte, int64, float64, bool; a number that is no int64 is a Number
	At    int  // position in the fetched row
	Array bool // an argument that is an array, of which each element is a value (= ANY($1))
}

// A Number is a numeric constant as written.
type Number string

// A ValueKind says where a Value comes from.
type ValueKind uint8

// Where a Value comes from.
const (
	FromParam ValueKind = iota + 1
	FromConst
	FromFetch // read by Each.Fetch
)

// A Row is a row whose cells are sealed, or in whose scope terms are looked for.
type Row struct {
	Table *schema.Table
	// Bound holds the values of bound columns by logical name.
	Bound map[string]Value
	// Lengths are how many characters a bound column of text holds, where it has a limit.
	Lengths map[string]int
	// Scope is the value of the scope column; the zero Value leaves it to the context.
	Scope Value
	// NewKey says that the row is new and gets a random key, if the table has one; else
	// RowKey has it.
	NewKey bool
	RowKey Value
}

// An Output says what a result's columns are.
type Output struct {
	Columns []OutColumn // as the server delivers them
	Origins []Origin
	// Filters are what the opened row must equal, because a term is only a filter.
	Filters []Filter
	// Pairs are columns that must be equal, because rows were joined by their tokens.
	Pairs []Pair
}

// An OutColumn is one column of the server's result.
type OutColumn struct {
	Visible bool
	Name    string         // what the caller sees; "" keeps the server's
	Column  *schema.Column // nil for what is not protected
	Origin  int            // number in Output.Origins
	Hidden  int            // position of the token or key id; -1 if there is none
}

// An Origin is one appearance of a table in a result: all its cells belong to one row.
type Origin struct {
	Table  *schema.Table
	Bound  map[string]int // logical name → position
	Scope  int            // position of the scope column, or -1
	RowKey int            // position of the row key, or -1
}

// A Filter says that the row was found by a term: the values of the index's columns,
// which are at positions At of the result, are to have one of the terms that
// Slots give, or to be one of the values of which they give the tokens. A row that has none
// was found by chance if the index is short or smoothed, and by a term that somebody moved
// there if not.
type Filter struct {
	Slots  []*Slot // of kind Terms: any of them; or one of kind Tokens
	At     []int
	Origin int
}

// Each carries out an UPDATE row by row, because cells are sealed for rows whose identity
// has to be read first. In one transaction: Fetch reads and locks the rows; then Plan.Text
// is executed once for each, with the Fetched slots and Values of that row.
type Each struct {
	Fetch Text
	// Reseal are protected columns that are opened as the fetched row has them, under the identity
	// Was. A Value FromFetch at their position is the opened plaintext: a Cell slot seals it under
	// what Rows[0] will be, a Term slot takes its term.
	Reseal []Reseal
	// Was is where the fetched row's identity is.
	Was Origin
}

// A Reseal is a column that moves to its row's new identity.
type Reseal struct {
	Column *schema.Column
	At     int // position of the stored value in the fetched row
	Hidden int // position of its token or key id, or -1
}
