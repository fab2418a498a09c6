package codec

import (
	"errors"
	"fmt"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/gostruct"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// A Bound is a plain column's value in a row's identity.
type Bound struct {
	cell.Binding
	// Zero says that it is not filled in: NULL, 0 or empty.
	Zero  bool
	value any
}

// Text is the value as a scope's id.
func (b Bound) Text() string {
	if u, ok := b.value.([16]byte); ok {
		return gostruct.UUIDText(u)
	}
	return fmt.Sprint(b.value)
}

// Value is int64, uint64, [16]byte, []byte or string, by the column's type.
func (b Bound) Value() any { return b.value }

// Bind returns a plain column's value, by its declared type.
func Bind(c *schema.Column, v any) (Bound, error) {
	typ, _ := c.Declared()
	plain, null, err := value.From(typ, v)
	switch v := plain.(type) { // v in place of plain would be allocated anew
	case int64:
		return Bound{cell.BindInt(c.Logical, v), v == 0, plain}, nil
	case uint64:
		return Bound{cell.BindUint(c.Logical, v), v == 0, plain}, nil
	case [16]byte:
		return Bound{cell.BindUUID(c.Logical, v), v == [16]byte{}, plain}, nil
	case []byte:
		return Bound{cell.BindBytes(c.Logical, v), len(v) == 0, plain}, nil
	case string:
		return Bound{cell.BindText(c.Logical, v), v == "", plain}, nil
	}
	if err == nil && !null {
		err = fmt.Errorf("a column of type %s cannot be bound to", c.Type)
	}
	return Bound{Zero: true}, err
}

// RowKeySize is the size of a row's random key, in bytes.
const RowKeySize = 16

// ErrNoRowKey is of a row whose key was not read along with it.
var ErrNoRowKey = errors.New("the row was read without it: select it along with the protected columns, or Set the fields of a new row anew")

// RowKeyID returns the identity of a row that is known by its random key.
func RowKeyID(key []byte) ([]byte, error) {
	if key == nil {
		return nil, ErrNoRowKey
	}
	if len(key) != RowKeySize {
		return nil, fmt.Errorf("holds %d bytes: want a column of bytes that only this library writes, %d of them", len(key), RowKeySize)
	}
	return cell.RowID(cell.BindBytes(schema.RowKeyColumn, key)), nil
}
