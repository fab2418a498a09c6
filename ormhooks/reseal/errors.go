package reseal

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/cellseal/cellseal/internal/message"
)

// An IndexError says why an index cannot be moved to another key, or be given a profile, as things
// are.
type IndexError struct {
	Table, Index string
	Problem      string // what is wrong, and what to do
}

func (e *IndexError) Error() string {
	return fmt.Sprintf("cellseal: %s.%s: %s", e.Table, e.Index, e.Problem)
}

// A DuplicateError says that rows hold the same value of a unique index: its constraint was
// missing for some time, or the terms were under more than one key. Change all but one
// of them, and call again.
type DuplicateError struct {
	Table, Index string
	Rows         []Key // some of them
}

func (e *DuplicateError) Error() string {
	rows := make([]string, len(e.Rows))
	for i, k := range e.Rows {
		rows[i] = k.String()
	}
	return fmt.Sprintf("cellseal: %s.%s: these rows hold the same value, and only one of them may: change the others through the door, then rotate again: %s", e.Table, e.Index, strings.Join(rows, "; "))
}

// A RowError says of which row no term can be made, or whose present one is not to be
// trusted, or which row cannot be written again. Err is what opening its cells gave (an
// *ormhooks.CellError), or ormhooks.ErrTerm, or what the server said.
type RowError struct {
	Table, Index string // Index is "" if the whole row is meant
	Row          Key
	Err          error
}

func (e *RowError) Error() string {
	at := e.Table
	if e.Index != "" {
		at += "." + e.Index
	}
	return fmt.Sprintf("cellseal: %s: row %s: %s", at, e.Row, message.Bare(e.Err))
}

func (e *RowError) Unwrap() error { return e.Err }

// UnsettledError says that rows without a right new term came up again and again: some process
// does not write it. It runs a version of the library that knows of no pins, or a transaction took
// longer than Options.Settle. Find it and rotate again; look-ups still use the old column.
type UnsettledError struct {
	Table, Index string
	Rows         int // that lacked the term when all had been filled
}

func (e *UnsettledError) Error() string {
	return fmt.Sprintf("cellseal: %s.%s: %d rows were written without their new term after all should have known of it: look for a process that goes past the door or has an old version, or set Options.Settle to the longest transaction; then rotate again", e.Table, e.Index, e.Rows)
}

// A Key names a row by its primary key, or another unique one that is never NULL.
type Key struct {
	Columns []string
	Values  []any
}

func (k Key) String() string {
	var parts []string
	for i, c := range k.Columns {
		v := k.Values[i]
		if b, ok := v.([]byte); ok {
			v = "0x" + hex.EncodeToString(b)
		}
		parts = append(parts, fmt.Sprintf("%s=%v", c, v))
	}
	return strings.Join(parts, ", ")
}
