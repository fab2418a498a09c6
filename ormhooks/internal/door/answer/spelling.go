package answer

import (
	"errors"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/gostruct"
	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Spellings are the ways in which a key may be stored. A UUID is text in small or in capital letters, or
// bytes, where its column's type does not say which. SQLite keeps what it is given, whatever the type.
func Spellings(d sqltext.Dialect, types []string, key []any) [][]any {
	all := [][]any{key}
	for i, v := range key {
		u, ok := v.([16]byte)
		if !ok || d == sqltext.PostgreSQL && types[i] == "uuid" {
			continue
		}
		small := gostruct.UUIDText(u)
		ways := []any{small, strings.ToUpper(small), u[:]}
		if d != sqltext.SQLite { // the others take no bytes beside text
			switch types[i] {
			case "uuid":
				ways = ways[:1]
			case "binary", "bytea":
				ways = ways[2:]
			case "varbinary", "tinyblob", "blob", "mediumblob", "longblob":
			default:
				ways = ways[:2]
			}
		}
		var spelled [][]any
		for _, k := range all {
			for _, way := range ways {
				other := slices.Clone(k)
				other[i] = way
				spelled = append(spelled, other)
			}
		}
		all = spelled
	}
	return all
}

var errSpelling = errors.New("a UUID that rows are found by is written in small letters or in capitals, and not in both")

// Spelled refuses to list a row under a key that is not found again: see Spellings. PostgreSQL's type uuid would find
// it; what type the column has is not known here.
func Spelled(d sqltext.Dialect, c *schema.Column, v any) error {
	if declared, _ := c.Declared(); declared != value.UUID {
		return nil
	}
	text, ok := v.(string)
	if b, isBytes := v.([]byte); isBytes && len(b) != 16 {
		text, ok = string(b), true
	}
	if ok && text != strings.ToLower(text) && text != strings.ToUpper(text) {
		return errSpelling
	}
	return nil
}
