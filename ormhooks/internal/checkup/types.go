package checkup

import (
	"slices"
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// A kind is what of values a column's type holds.
type kind uint8

const (
	other kind = iota
	holdsBytes
	holdsText
	holdsIntegers
	padded      // BINARY(n), CHAR(n): the server adds bytes, or takes some away
	unspecified // SQLite's column without a type, which holds anything as it is
)

// typeOf reads a type as the server writes it: what it holds, and how many bytes or characters
// at most; 0 is no limit that matters. size is what is said in parentheses.
func typeOf(d sqltext.Dialect, text string) (k kind, limit, size int) {
	name, rest, _ := strings.Cut(text, "(")
	number, _, _ := strings.Cut(rest, ")")
	size, _ = strconv.Atoi(number)
	if d == sqltext.SQLite {
		return affinity(text), 0, size
	}
	name, _, _ = strings.Cut(strings.TrimSpace(name), " unsigned")
	switch {
	case name == "bytea":
		return holdsBytes, 0, 0
	case name == "varbinary":
		return holdsBytes, size, size
	case name == "binary" && size > 0:
		return padded, size, size
	case name == "character" || name == "char" || name == "bpchar":
		return padded, size, size
	case name == "varchar" || name == "character varying":
		return holdsText, size, size
	case blobs[name] > 0:
		return holdsBytes, blobs[name], 0
	case texts[name] > 0 && d == sqltext.MySQL:
		return holdsText, texts[name], 0
	case name == "text":
		return holdsText, 0, 0
	case slices.Contains([]string{"bigint", "integer", "int", "numeric", "decimal"}, name):
		return holdsIntegers, 0, 0
	}
	return other, 0, 0
}

var (
	blobs = map[string]int{"tinyblob": 255, "blob": 65535, "mediumblob": 1<<24 - 1, "longblob": 1<<31 - 1}
	texts = map[string]int{"tinytext": 255, "text": 65535, "mediumtext": 1<<24 - 1, "longtext": 1<<31 - 1}
)

// affinity follows SQLite's rules for a column's type. Any column keeps bytes as they are, but
// for those of a STRICT table and those that drivers deliver as something else for
// their type's sake, so bytes want a type that means bytes.
func affinity(text string) kind {
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
	}
	switch {
	case text == "" || text == "any":
		return unspecified
	case has("int"):
		return holdsIntegers
	case has("char", "clob", "text"):
		return holdsText
	case has("blob", "binary", "bytea"):
		return holdsBytes
	}
	return other
}
