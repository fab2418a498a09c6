package gostruct

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/value"
)

// yields is a type whose zero value yields what the name says.
type (
	yieldsText  struct{}
	yieldsBytes struct{}
	yieldsBool  struct{}
	yieldsInt   struct{}
	yieldsFloat struct{}
	yieldsTime  struct{}
	yieldsNull  struct{}
	yieldsError struct{}
	yieldsPanic struct{}
	yieldsOther struct{}
	ofPointer   struct{}
	valuerOnly  string
	uuid        [16]byte
)

func (yieldsText) Value() (driver.Value, error)  { return "", nil }
func (yieldsBytes) Value() (driver.Value, error) { return []byte{}, nil }
func (yieldsBool) Value() (driver.Value, error)  { return false, nil }
func (yieldsInt) Value() (driver.Value, error)   { return int64(0), nil }
func (yieldsFloat) Value() (driver.Value, error) { return 0.0, nil }
func (yieldsTime) Value() (driver.Value, error)  { return time.Time{}, nil }
func (yieldsNull) Value() (driver.Value, error)  { return nil, nil }
func (yieldsError) Value() (driver.Value, error) { return nil, errors.New("not yet") }
func (yieldsPanic) Value() (driver.Value, error) { panic("nil map") }
func (yieldsOther) Value() (driver.Value, error) { return uint8(1), nil }
func (*ofPointer) Value() (driver.Value, error)  { return "", nil }
func (valuerOnly) Value() (driver.Value, error)  { return int64(1), nil }

func (*yieldsText) Scan(any) error  { return nil }
func (*yieldsBytes) Scan(any) error { return nil }
func (*yieldsBool) Scan(any) error  { return nil }
func (*yieldsInt) Scan(any) error   { return nil }
func (*yieldsFloat) Scan(any) error { return nil }
func (*yieldsTime) Scan(any) error  { return nil }
func (*yieldsNull) Scan(any) error  { return nil }
func (*yieldsError) Scan(any) error { return nil }
func (*yieldsPanic) Scan(any) error { return nil }
func (*yieldsOther) Scan(any) error { return nil }
func (*ofPointer) Scan(any) error   { return nil }

func TestTypeOf(t *testing.T) {
	for _, c := range []struct {
		of       any
		want     value.Type
		nullable bool
	}{
		{"", value.Text, false}, {Code(""), value.Text, false}, {valuerOnly(""), value.Text, false},
		{[]byte(nil), value.Bytes, false}, {json.RawMessage{}, value.Bytes, false}, {false, value.Bool, false},
		{0, value.Int, false}, {int8(0), value.Int, false}, {int16(0), value.Int, false}, {int32(0), value.Int, false}, {int64(0), value.Int, false}, {time.Second, value.Int, false},
		{uint(0), value.Uint, false}, {uint8(0), value.Uint, false}, {uint16(0), value.Uint, false}, {uint32(0), value.Uint, false}, {uint64(0), value.Uint, false},
		{float32(0), value.Float32, false}, {0.0, value.Float64, false}, {time.Time{}, value.Time, false}, {uuid{}, value.UUID, false}, {[16]byte{}, value.UUID, false},
		{new(string), value.Text, true}, {new(*int), value.Int, true}, {new(time.Time), value.Time, true}, {new(uuid), value.UUID, true},
		{sql.NullString{}, value.Text, true}, {sql.NullInt16{}, value.Int, true}, {sql.NullByte{}, value.Uint, true}, {sql.NullTime{}, value.Time, true},
		{sql.Null[uuid]{}, value.UUID, true}, {sql.Null[yieldsText]{}, value.Text, true}, {&sql.NullBool{}, value.Bool, true},
		{yieldsText{}, value.Text, false}, {yieldsBytes{}, value.Bytes, false}, {yieldsBool{}, value.Bool, false}, {yieldsInt{}, value.Int, false},
		{yieldsFloat{}, value.Float64, false}, {yieldsTime{}, value.Time, false}, {ofPointer{}, value.Text, false}, {&yieldsText{}, value.Text, true},
	} {
		typ, nullable, err := TypeOf(reflect.TypeOf(c.of))
		require.NoError(t, err, "%T", c.of)
		require.Equal(t, c.want, typ, "%T", c.of)
		require.Equal(t, c.nullable, nullable, "%T", c.of)
	}
}

func TestTypeOfSaysWhatToDeclareInstead(t *testing.T) {
	for advice, list := range map[string][]any{
		"add the option json": {struct{}{}, map[string]int{}, []string{}, [4]int{}, [15]byte{}, &struct{}{}, sql.Null[[]string]{}},
		"add type=":           {yieldsNull{}, yieldsError{}, yieldsPanic{}, yieldsOther{}, &yieldsNull{}},
		"cannot be stored":    {make(chan int), func() {}, complex(1, 1), uintptr(0)},
	} {
		for _, of := range list {
			_, _, err := TypeOf(reflect.TypeOf(of))
			require.ErrorContains(t, err, advice, "%T", of)
		}
	}
}

func TestCustomTypesConvertBothWays(t *testing.T) {
	for _, is := range []any{yieldsText{}, ofPointer{}, sql.NullString{}, Custom{}} {
		require.True(t, IsCustom(reflect.TypeOf(is)), "%T", is)
	}
	for _, no := range []any{valuerOnly(""), "", time.Time{}, struct{}{}} {
		require.False(t, IsCustom(reflect.TypeOf(no)), "%T", no)
	}
	type NullOurs struct{ Valid bool }
	require.False(t, IsNull(reflect.TypeOf(NullOurs{})))
	require.False(t, IsNull(reflect.TypeOf(sql.Out{})))
	require.True(t, IsNull(reflect.TypeOf(sql.Null[int]{})))
}
