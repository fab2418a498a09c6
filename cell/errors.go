package cell

import (
	"errors"
	"fmt"

	"github.com/cellseal/cellseal/keys"
)

// ErrDecrypt is the one answer to a cell that is damaged, forged, moved from its
// row, column, compartment, table or scope, or sealed under another ring.
var ErrDecrypt = errors.New("cellseal/cell: this is no cell of this row and column, or it was changed")

// UnknownKeyError says that a cell is under a root key the ring does not hold,
// or holds disabled.
type UnknownKeyError = keys.UnknownKeyError

// ImprintError says why a value cannot be imprinted. It never quotes the value.
type ImprintError struct {
	Column string
	Reason string
}

func (e *ImprintError) Error() string {
	return fmt.Sprintf("cellseal/cell: %s cannot be imprinted: %s", e.Column, e.Reason)
}
