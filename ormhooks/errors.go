package ormhooks

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cellseal/cellseal/internal/message"
	"github.com/cellseal/cellseal/search"
)

// ColumnError says why a value cannot be sealed or looked for, or what of its row is
// missing. It never quotes the value.
type ColumnError struct {
	Table, Column string
	Err           error
}

func (e *ColumnError) Error() string {
	said := message.Bare(e.Err)
	if of, ok := e.Err.(*search.ValueError); ok && of.Column == e.Column { // which would be named twice
		said = of.Reason
	}
	return fmt.Sprintf("cellseal: %s.%s: %s", e.Table, e.Column, said)
}

func (e *ColumnError) Unwrap() error { return e.Err }

// CellError says which stored value cannot be opened. Err is cell.ErrDecrypt, a
// *keys.UnknownKeyError, or says which type the opened value did not fit.
type CellError struct {
	Table, Column string
	Row           int    // place in the slice that was given to Open; 0 for a single row
	KeyID         uint32 // as the cell claims; 0 if it is none
	Err           error
}

func (e *CellError) Error() string {
	at := ""
	if e.Row > 0 { // of a single row, or of the first, it would say nothing
		at = fmt.Sprintf(" row %d,", e.Row)
	}
	if e.KeyID > 0 {
		at += fmt.Sprintf(" key %d:", e.KeyID)
	}
	return fmt.Sprintf("cellseal: %s.%s:%s %s", e.Table, e.Column, at, message.Bare(e.Err))
}

func (e *CellError) Unwrap() error { return e.Err }

// StatementError says why a SQL statement is refused. Nothing of it has left the process.
type StatementError struct {
	Pos     int    // byte offset in the statement
	Line    int    // from 1
	Column  string // table.column, if one is meant; of DELETE the table
	Reason  string
	Instead string // what to write, if something can be
}

func (e *StatementError) Error() string {
	var b strings.Builder
	b.WriteString("cellseal: ")
	if e.Column != "" {
		b.WriteString(e.Column + ": ")
	}
	b.WriteString(e.Reason)
	if e.Instead != "" {
		b.WriteString("; " + e.Instead)
	}
	fmt.Fprintf(&b, " (line %d, byte %d)", e.Line, e.Pos)
	return b.String()
}

// TooManyRowsError says that a statement would have more rows read than Options.MaxRows allows: what
// the database cannot sort, group or add up because it has only cells is worked out where all rows
// are at hand. It never comes with part of the answer, and of a DELETE, whose rows' keys are read before
// where a list has them, with nothing deleted.
type TooManyRowsError struct {
	Clause string // "ORDER BY", "GROUP BY", "DISTINCT", "LIMIT", "an aggregate", "LIKE" and the like, or "DELETE"
	Column string // table.column, if one is meant
	Most   int    // how many rows are read at most
}

func (e *TooManyRowsError) Error() string {
	of := ""
	if e.Clause == "DELETE" {
		return fmt.Sprintf("cellseal: before rows of %s are deleted their keys are read, and there are more than %d: delete fewer at a time, or raise Options.MaxRows", e.Column, e.Most)
	}
	if e.Column != "" {
		of = " of " + e.Column
	}
	return fmt.Sprintf(`cellseal: %s%s is worked out after decryption, and there are more than %d rows for it: narrow the statement by WHERE on a plain column, or on a protected one to which search:"exact" is added; or raise Options.MaxRows`, e.Clause, of, e.Most)
}

// CheckError is one thing wrong with a live database, as sqlcell.Check finds it, with the statements that
// mend it.
type CheckError struct {
	Table, Column string // Column is "" if the whole table is meant
	Problem       string
	// DDL are the statements that mend it, separated by semicolons and line breaks; "" where none
	// can be given without knowing more.
	DDL string
}

func (e *CheckError) Error() string {
	where := e.Table
	if e.Column != "" {
		where += "." + e.Column
	}
	s := fmt.Sprintf("cellseal: %s: %s", where, e.Problem)
	if e.DDL != "" {
		s += "; run: " + e.DDL
	}
	return s
}

// ErrTerm says that a stored search term is not of the value beside it: the row would
// be found by a value it does not hold.
var ErrTerm = errors.New("the search term is not of the value beside it, or is under an index key that is not enabled: it was moved here, or written without Seal; read the row without it, then Seal and write it again, if it is to be trusted")

// ErrUnsealed says that a Sealed value was about to reach the database without
// having been sealed for its row.
var ErrUnsealed = errors.New("cellseal: value is not sealed for its row: call ormhooks.Seal on the row before writing it; a field that was never set stays unsealed, so Set it first, for NULL to nil")

// ErrNoJSON says that a Sealed value was about to be written as JSON.
var ErrNoJSON = errors.New("cellseal: a Sealed value has no JSON form: copy what may be shown into a type for it")
