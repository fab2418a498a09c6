package cell

import (
	"encoding/binary"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/redact"
)

// A Binding is one column's part of a row's identity. Its form follows the
// column's declared type, never the type a driver happened to deliver.
type Binding struct {
	column string
	value  string
}

// Format implements fmt.Formatter and does not print the value, which may be personal data.
func (Binding) Format(f fmt.State, _ rune) { redact.Format(f, "cell.Binding") }

// LogValue implements slog.LogValuer and does not print the value.
func (Binding) LogValue() slog.Value { return redact.LogValue("cell.Binding") }

// BindInt binds a column of integer type.
func BindInt(column string, v int64) Binding { return Binding{column, strconv.FormatInt(v, 10)} }

// BindUint binds a column of unsigned integer type; the same number in an integer
// column gives the same bytes.
func BindUint(column string, v uint64) Binding { return Binding{column, strconv.FormatUint(v, 10)} }

// BindUUID binds a column of UUID type, whatever form the database stores it in.
func BindUUID(column string, v [16]byte) Binding { return Binding{column, string(v[:])} }

// BindText binds a text column that compares exactly: with an ordinary collation
// "alice" and "ALICE " may be one row to the database and two to the key tree.
func BindText(column, v string) Binding { return Binding{column, v} }

// BindBytes binds a column of byte strings.
func BindBytes(column string, v []byte) Binding { return Binding{column, string(v)} }

// RowID returns a row's identity for [NewRow]: its bound columns in ascending
// order of their logical names, each as uvarint(len) || bytes (FORMAT.md §3). It
// panics without a binding, or with two of one column.
func RowID(columns ...Binding) []byte {
	if len(columns) == 0 {
		panic("cellseal/cell: RowID of no columns")
	}
	sorted := slices.SortedFunc(slices.Values(columns), func(a, b Binding) int { return strings.Compare(a.column, b.column) })
	var id []byte
	for i, b := range sorted {
		if i > 0 && b.column == sorted[i-1].column {
			panic("cellseal/cell: RowID names column " + b.column + " twice")
		}
		id = append(binary.AppendUvarint(id, uint64(len(b.value))), b.value...)
	}
	return id
}
