package sqlcell

import (
	"database/sql/driver"
	"reflect"

	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
)

// types says of what types a result's columns are: of a protected one the logical type, and
// of any other what the driver says, or if it says nothing what database/sql takes
// that to mean.
type types struct {
	of     driver.Rows // nil if there is no driver's result any more
	door   *door.Door
	reader *door.Reader // nil if nothing is protected
}

var (
	_ driver.RowsNextResultSet              = (*rows)(nil)
	_ driver.RowsColumnTypeDatabaseTypeName = (*rows)(nil)
	_ driver.RowsColumnTypeLength           = (*rows)(nil)
	_ driver.RowsColumnTypeNullable         = (*rows)(nil)
	_ driver.RowsColumnTypePrecisionScale   = (*rows)(nil)
	_ driver.RowsColumnTypeScanType         = (*rows)(nil)
)

// at returns the driver's number of a column, and its logical type if it is protected.
func (t *types) at(i int) (int, *convert.LogicalType) {
	if t.reader == nil {
		return i, nil
	}
	at, _ := t.reader.At(i)
	return at, t.reader.Type(i)
}

// ColumnTypeDatabaseTypeName implements driver.RowsColumnTypeDatabaseTypeName.
func (t *types) ColumnTypeDatabaseTypeName(i int) string {
	at, l := t.at(i)
	if l != nil {
		return l.Database
	}
	if of, ok := t.of.(driver.RowsColumnTypeDatabaseTypeName); ok {
		return of.ColumnTypeDatabaseTypeName(at)
	}
	return ""
}

// ColumnTypeLength implements driver.RowsColumnTypeLength.
func (t *types) ColumnTypeLength(i int) (int64, bool) {
	at, l := t.at(i)
	if l != nil {
		return max(l.Length, 0), l.Length >= 0
	}
	if of, ok := t.of.(driver.RowsColumnTypeLength); ok {
		return of.ColumnTypeLength(at)
	}
	return 0, false
}

// ColumnTypeNullable implements driver.RowsColumnTypeNullable. PostgreSQL's drivers do not
// say, so of a protected column neither do we where the driver does not.
func (t *types) ColumnTypeNullable(i int) (nullable, ok bool) {
	at, _ := t.at(i)
	if of, ok := t.of.(driver.RowsColumnTypeNullable); ok {
		return of.ColumnTypeNullable(at)
	}
	return false, false
}

// ColumnTypePrecisionScale implements driver.RowsColumnTypePrecisionScale.
func (t *types) ColumnTypePrecisionScale(i int) (precision, scale int64, ok bool) {
	at, l := t.at(i)
	if l != nil {
		return l.Precision, l.Scale, l.Sized
	}
	if of, ok := t.of.(driver.RowsColumnTypePrecisionScale); ok {
		return of.ColumnTypePrecisionScale(at)
	}
	return 0, 0, false
}

// ColumnTypeScanType implements driver.RowsColumnTypeScanType.
func (t *types) ColumnTypeScanType(i int) reflect.Type {
	at, l := t.at(i)
	if l != nil {
		return l.Scan
	}
	if of, ok := t.of.(driver.RowsColumnTypeScanType); ok {
		return of.ColumnTypeScanType(at)
	}
	return reflect.TypeFor[any]()
}
