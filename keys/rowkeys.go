package keys

import (
	"fmt"
	"log/slog"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/internal/tree"
)

// A RowKeys is what seals and opens the cells of one row of one compartment, under every
// enabled root key: the finest capability there is. The compartment's own node does not
// follow from it, and no other row's keys do. It is immutable and safe for concurrent use;
// cell.NewRowOf takes it. Being symmetric keys, whoever can open with them can seal with them.
//
// The zero value is not usable.
type RowKeys struct {
	_   [0]func()
	row *tree.Row
}

// Row returns the keys of one row of a compartment: 96 bytes for each enabled root key. It
// panics if d is no compartment and if row is empty, as cell.NewRow does.
func (d *Derived) Row(row []byte) *RowKeys {
	r, err := tree.RowOf(d.Tree(), row)
	if err != nil {
		panic("cellseal/keys: Row: " + err.Error())
	}
	return &RowKeys{row: r}
}

// RowOfTree is [OfTree] for a row.
func RowOfTree(r *tree.Row) *RowKeys { return &RowKeys{row: r} }

// Tree is for the packages of this module, as [Derived.Tree] is.
func (k *RowKeys) Tree() *tree.Row {
	if k == nil || k.row == nil {
		panic("cellseal/keys: zero RowKeys; get them from a RowSource or from Derived.Row")
	}
	return k.row
}

// Format implements fmt.Formatter and prints nothing secret.
func (RowKeys) Format(f fmt.State, _ rune) { redact.Format(f, "keys.RowKeys") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (RowKeys) LogValue() slog.Value { return redact.LogValue("keys.RowKeys") }
