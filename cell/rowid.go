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
	text   string
	number number
}

// number is an integer that is not written out yet: most rows are known by one.
type number struct {
	magnitude uint64
	form      byte // '+', '-', or 0 for text
}

// Format implements fmt.Formatter and does not print the value, which may be personal data.
func (Binding) Format(f fmt.State, _ rune) { redact.Format(f, "cell.Binding") }

// LogValue implements slog.LogValuer and does not print the value.
func (Binding) LogValue() slog.Value { return redact.LogValue("cell.Binding") }

// BindInt binds a column of integer type.
func BindInt(column string, v int64) Binding {
	if v < 0 {
		return Binding{column: column, number: number{-uint64(v), '-'}}
	}
	return BindUint(column, uint64(v))
}

// BindUint binds a column of unsigned integer type; the same number in an integer
// column gives the same bytes.
func BindUint(column string, v uint64) Binding {
	return Binding{column: column, number: number{v, '+'}}
}

// BindUUID binds a column of UUID type, whatever form the database stores it in.
func BindUUID(column string, v [16]byte) Binding { return Binding{column: column, text: string(v[:])} }

// BindText binds a text column that compares exactly: with an ordinary collation
// "alice" and "ALICE " may be one row to the database and two to the key tree.
func BindText(column, v string) Binding { return Binding{column: column, text: v} }

// BindBytes binds a column of byte strings.
func BindBytes(column string, v []byte) Binding { return Binding{column: column, text: string(v)} }

// RowID returns a row's identity for [NewRow]: its bound columns in ascending
// order of their logical names, each as uvarint(len) || bytes (FORMAT.md §3). It
// panics without a binding, or with two of one column.
func RowID(columns ...Binding) []byte {
	if len(columns) == 0 {
		panic("cellseal/cell: RowID of no columns")
	}
	sorted := columns
	if len(columns) > 1 {
		sorted = slices.SortedFunc(slices.Values(columns), func(a, b Binding) int { return strings.Compare(a.column, b.column) })
	}
	id := make([]byte, 0, 24)
	for i, b := range sorted {
		if i > 0 && b.column == sorted[i-1].column {
			panic("cellseal/cell: RowID names column " + b.column + " twice")
		}
		id = b.appendTo(id)
	}
	return id
}

// appendTo appends uvarint(len) || bytes.
func (b Binding) appendTo(id []byte) []byte {
	if b.number.form == 0 {
		return append(binary.AppendUvarint(id, uint64(len(b.text))), b.text...)
	}
	at := len(id)
	id = append(id, 0) // the length of at most 20 digits and a sign, which is one byte
	if b.number.form == '-' {
		id = append(id, '-')
	}
	id = strconv.AppendUint(id, b.number.magnitude, 10)
	id[at] = byte(len(id) - at - 1)
	return id
}
