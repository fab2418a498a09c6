package listed

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Doc returns what stands for a row in the entries of an index:
//
//	row key     its 16 bytes
//	int         u64 of the value + 2^63
//	uint        u64
//	UUID        its 16 bytes
//	varchar(n)  u16 length || bytes || zeros to 4n
//
// and of rows that are bound to several columns one behind the other, by their logical names. bound gives
// a column's value, and rowKey the row key.
func Doc(t *schema.Table, x *schema.Index, bound func(logical string) (codec.Bound, error), rowKey func() ([]byte, error)) ([]byte, error) {
	c := x.Protected()[0]
	if c.Bind.Kind == schema.BindRowKey {
		key, err := rowKey()
		if err == nil && len(key) != codec.RowKeySize {
			err = codec.ErrNoRowKey
		}
		return key, err
	}
	doc := make([]byte, 0, x.Doc())
	for _, logical := range c.Bind.Columns {
		b, err := bound(logical)
		if err != nil {
			return nil, err
		}
		to := t.Column(logical)
		switch v := b.Value().(type) {
		case int64:
			doc = binary.BigEndian.AppendUint64(doc, uint64(v)^1<<63)
		case uint64:
			doc = binary.BigEndian.AppendUint64(doc, v)
		case [16]byte:
			doc = append(doc, v[:]...)
		case string:
			room := textRoom(to)
			if len(v) > room {
				return nil, &ormhooks.ColumnError{Table: t.Name, Column: to.Name, Err: fmt.Errorf("rows are found by it, and %s holds fewer bytes than %d", to.Type, len(v))}
			}
			doc = binary.BigEndian.AppendUint16(doc, uint16(len(v)))
			doc = append(append(doc, v...), make([]byte, room-len(v))...)
		default:
			return nil, &ormhooks.ColumnError{Table: t.Name, Column: to.Name, Err: fmt.Errorf("a %s names no row in a list", to.Type)}
		}
	}
	return doc, nil
}

func textRoom(c *schema.Column) int {
	_, limit := c.Declared()
	return 4 * limit.A
}

// Key is the inverse of Doc: the values of the key columns, as package template takes them. ok is false
// of what is no identity.
func Key(t *schema.Table, x *schema.Index, doc []byte) (key []any, ok bool) {
	c := x.Protected()[0]
	if len(doc) != x.Doc() {
		return nil, false
	}
	if c.Bind.Kind == schema.BindRowKey {
		return []any{doc}, true
	}
	for _, logical := range c.Bind.Columns {
		to := t.Column(logical)
		typ, _ := to.Declared()
		switch typ {
		case value.Int:
			key = append(key, int64(binary.BigEndian.Uint64(doc)^1<<63))
			doc = doc[8:]
		case value.Uint:
			v := binary.BigEndian.Uint64(doc)
			doc = doc[8:]
			if v <= math.MaxInt64 {
				key = append(key, int64(v))
			} else {
				key = append(key, v)
			}
		case value.UUID:
			key = append(key, [16]byte(doc[:16]))
			doc = doc[16:]
		default:
			n, room := int(binary.BigEndian.Uint16(doc)), textRoom(to)
			if n > room {
				return nil, false
			}
			key = append(key, string(doc[2:2+n]))
			doc = doc[2+room:]
		}
	}
	return key, true
}
