// Package value turns Go values into the bytes that are encrypted and that terms
// are taken of, and back (cell/FORMAT.md §8). The form follows a column's declared
// [Type], never the type a driver happened to deliver.
package value

import "fmt"

// Type is a column's declared type.
type Type uint8

// The types, with the Go type that stands for each inside this module.
const (
	Text    Type = iota // string
	Bytes               // []byte
	Bool                // bool: 1 byte
	Int                 // int64: 8 bytes, big-endian, two's complement
	Uint                // uint64: 8 bytes, big-endian
	Float32             // float32: 4 bytes, IEEE-754 big-endian
	Float64             // float64: 8 bytes, IEEE-754 big-endian
	Time                // time.Time in UTC: int64 seconds, uint32 nanoseconds
	UUID                // [16]byte
	Decimal             // string: canonical decimal text
	JSON                // []byte
)

var names = [...]string{"text", "bytes", "bool", "int", "uint", "float32", "float64", "time", "uuid", "decimal", "json"}

func (t Type) String() string {
	if int(t) >= len(names) {
		return fmt.Sprintf("Type(%d)", uint8(t))
	}
	return names[t]
}

// ParseType is the inverse of String.
func ParseType(s string) (Type, bool) {
	for i, n := range names {
		if n == s {
			return Type(i), true
		}
	}
	return 0, false
}
