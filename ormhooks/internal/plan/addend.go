package plan

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
)

type liveColumn = catalog.Column

// adds reports whether sums of a protected column are what the server's would be. SQLite has no
// decimals, and PostgreSQL does not add up truth values.
func (n Addend) adds(d sqltext.Dialect) bool {
	switch n.Type {
	case value.Int, value.Uint, value.Float64, value.Float32:
		return true
	case value.Bool:
		return d != sqltext.PostgreSQL
	case value.Decimal:
		return d != sqltext.SQLite
	}
	return false
}

var decimalType = regexp.MustCompile(`^(?:numeric|decimal)(?:\((\d+)(?:,\s*(\d+))?\))?`)

// addendOf reads the type of a plain column. MySQL shows a FLOAT with fewer digits than it adds up.
func addendOf(d sqltext.Dialect, typ string) (Addend, bool) {
	is := func(prefixes ...string) bool {
		for _, p := range prefixes {
			if rest, ok := strings.CutPrefix(typ, p); ok && (rest == "" || rest[0] == '(' || rest[0] == ' ') {
				return true
			}
		}
		return false
	}
	m := decimalType.FindStringSubmatch(typ)
	switch {
	case d == sqltext.SQLite: // each value has its own type
		return Addend{Type: value.Int}, is("int", "integer", "bigint", "smallint", "real", "double", "float", "double precision")
	case m != nil:
		scale, err := strconv.Atoi(m[2])
		if err != nil && (d == sqltext.MySQL || m[1] != "") {
			scale, err = 0, nil
		}
		if err != nil {
			scale = -1
		}
		return Addend{Type: value.Decimal, Scale: scale}, true
	case d == sqltext.PostgreSQL && is("smallint", "integer"):
		return Addend{Type: value.Int, Small: true}, true
	case is("bigint"), d == sqltext.MySQL && is("tinyint", "smallint", "mediumint", "int", "integer"):
		return Addend{Type: value.Int}, true
	case is("double precision", "double"):
		return Addend{Type: value.Float64}, true
	case d == sqltext.PostgreSQL && is("real"):
		return Addend{Type: value.Float32}, true
	}
	return Addend{}, false
}
