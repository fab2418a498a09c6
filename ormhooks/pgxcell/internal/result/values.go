package result

import (
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// decoder takes what a server sent to what the engine knows: what pgx's database/sql driver
// would make of it.
type decoder struct{ types *pgtype.Map }

// value may keep sent.
func (d decoder) value(f *pgconn.FieldDescription, sent []byte) (driver.Value, error) {
	switch {
	case sent == nil:
		return nil, nil
	case f.DataTypeOID == pgtype.ByteaOID && f.Format == pgx.BinaryFormatCode:
		return sent, nil
	case f.DataTypeOID == pgtype.ByteaOID:
		if digits, ok := strings.CutPrefix(string(sent), `\x`); ok {
			return hex.DecodeString(digits)
		}
	case f.DataTypeOID == pgtype.TextOID, f.DataTypeOID == pgtype.VarcharOID:
		return string(sent), nil
	}
	t, known := d.types.TypeForOID(f.DataTypeOID)
	switch {
	case known:
		return t.Codec.DecodeDatabaseSQLValue(d.types, f.DataTypeOID, f.Format, sent)
	case f.Format == pgx.TextFormatCode:
		return string(sent), nil
	}
	return sent, nil
}

// shown makes a field the description of a protected column, or of what is worked out here, as the
// caller sees it: name is its type. Its values come
// as text, in which nothing is lost and which scans into whatever their type does; bytes come as
// they are.
func shown(f *pgconn.FieldDescription, name string, types *pgtype.Map) error {
	t, ok := types.TypeForName(strings.ToLower(name))
	if !ok {
		return fmt.Errorf("cellseal: the connection's pgtype.Map has no type %s", strings.ToLower(name))
	}
	f.DataTypeOID, f.DataTypeSize, f.TypeModifier, f.Format = t.OID, -1, -1, formatOf(t.OID)
	return nil
}

// formatOf is the format in which sent writes.
func formatOf(oid uint32) int16 {
	if oid == pgtype.ByteaOID {
		return pgx.BinaryFormatCode
	}
	return pgx.TextFormatCode
}

// sent writes an opened value as a server would have sent it for a field that is shown.
func sent(f *pgconn.FieldDescription, v driver.Value, types *pgtype.Map) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case raw:
		return v, nil
	case []byte:
		if v == nil {
			return []byte{}, nil // NULL is nil itself
		}
		return v, nil
	case string:
		return []byte(v), nil
	case int64:
		return strconv.AppendInt(nil, v, 10), nil
	case bool:
		return []byte(strconv.FormatBool(v)[:1]), nil
	case float64:
		return float(f, v), nil
	case time.Time:
		return types.Encode(f.DataTypeOID, f.Format, v, nil)
	}
	return nil, fmt.Errorf("a Go %T is no value that a server sends", v)
}

func float(f *pgconn.FieldDescription, v float64) []byte {
	switch {
	case math.IsInf(v, 1):
		return []byte("Infinity")
	case math.IsInf(v, -1):
		return []byte("-Infinity")
	case f.DataTypeOID == pgtype.Float4OID:
		return strconv.AppendFloat(nil, v, 'g', -1, 32)
	}
	return strconv.AppendFloat(nil, v, 'g', -1, 64)
}
