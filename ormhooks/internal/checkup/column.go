package checkup

import (
	"fmt"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// checkColumn finds what is wrong with a column that is there.
func (t *table) checkColumn(want ddl.Column, have *catalog.Column) {
	if want.Kind == ddl.Plain {
		if want.Key {
			t.checkKey(want, have)
		}
		return
	}
	if have.Generated {
		t.report(want.Name, "is a generated column, but only the application can write it", t.ungenerate(want)...)
		return
	}
	if problem := t.typeProblem(want, have); problem != "" {
		t.report(want.Name, problem, t.retype(want, have)...)
		return // which takes a default away too, where the type is declared anew
	}
	if have.Default != "" {
		t.report(want.Name, "has a default, which the server would store as it is: set it in the application", t.undefault(want, have)...)
		if t.d == sqltext.SQLite {
			return // as above
		}
	}
	if !have.Nullable && want.Kind != ddl.Cell && mayBeNull(want) {
		t.report(want.Name, "is NOT NULL, but it is NULL where "+nullWhere(want), t.nullable(want, have)...)
	}
	if !have.Nullable && want.Kind == ddl.Cell && want.Of.Nullable {
		t.report(want.Name, "is NOT NULL, but the schema says that its values may be NULL", t.nullable(want, have)...)
	}
}

// mayBeNull: a term is NULL if the transforms leave nothing of a value.
func mayBeNull(c ddl.Column) bool {
	return c.Kind == ddl.Term || c.Kind == ddl.Number || c.Of != nil && c.Of.Nullable
}

func nullWhere(c ddl.Column) string {
	if c.Kind == ddl.Term {
		return "there is nothing to find"
	}
	return "the value beside it is"
}

// typeProblem says why a column cannot hold what is to be stored there.
func (t *table) typeProblem(want ddl.Column, have *catalog.Column) string {
	k, limit, size := typeOf(t.d, have.Type)
	wrong := fmt.Sprintf("is %s, but ", have.Type)
	if have.Type == "" {
		wrong = "has no type, but "
	}
	if want.Size > 0 { // one size for all values
		switch {
		case k == padded && size == want.Size && t.d == sqltext.MySQL && have.Collation == "": // nothing is left to be padded
		case k == unspecified:
		case k != holdsBytes:
			return wrong + fmt.Sprintf("holds %d bytes: %s", want.Size, want.Type)
		case limit > 0 && limit < want.Size:
			return wrong + fmt.Sprintf("needs %d bytes", want.Size)
		}
		return ""
	}
	if want.Kind == ddl.Number {
		if k != holdsIntegers || t.d != sqltext.SQLite && (!strings.HasPrefix(have.Type, "bigint") || strings.Contains(have.Type, "unsigned")) {
			return wrong + "holds signed numbers of 64 bits: " + want.Type
		}
		return ""
	}
	if want.Kind == ddl.KeyID {
		if k != holdsIntegers && k != unspecified || t.d != sqltext.SQLite && (have.Type == "integer" || have.Type == "int" || have.Type == "int(11)") {
			return wrong + "holds key ids, which are up to 4294967295: " + want.Type
		}
		return ""
	}
	return cellProblem(t.d, want, have, k, limit, wrong)
}

func cellProblem(d sqltext.Dialect, want ddl.Column, have *catalog.Column, k kind, limit int, wrong string) string {
	width := ddl.LeastWidth(want.Of)
	unit := "bytes"
	text := ddl.IsText(want.Of)
	if text {
		unit = "characters"
	}
	switch {
	case k == padded:
		return wrong + "a server pads what is shorter, and what was padded does not open"
	case k == unspecified:
		return ""
	case text && k != holdsText:
		return wrong + "holds text: " + want.Type
	case !text && k == holdsText && want.Of.Mode == schema.ModeSeal:
		return wrong + "holds bytes: " + want.Type + ", or declare the option text"
	case !text && k != holdsBytes:
		return wrong + "holds bytes: " + want.Type
	case limit > 0 && limit < width && ddl.Width(want.Of) > 0:
		return wrong + fmt.Sprintf("the longest %s takes %d %s once it is stored", want.Of.Type, width, unit)
	case limit > 0 && limit < width:
		return wrong + fmt.Sprintf("even the shortest value takes %d %s once it is stored", width, unit)
	}
	return ""
}

// checkKey finds what would let a statement find another row than the one that cells are
// sealed for.
func (t *table) checkKey(want ddl.Column, have *catalog.Column) {
	typ, limit := want.Of.Declared()
	if typ != value.Text && typ != value.Bytes {
		return // a number or a UUID has one meaning however it is written
	}
	k, _, size := typeOf(t.d, have.Type)
	if k == padded && typ == value.Bytes || k == padded && t.d == sqltext.MySQL && have.Collation == "" {
		t.report(want.Name, fmt.Sprintf("is %s, to which the server adds zero bytes, but rows are bound to its value: VARBINARY(%d)", have.Type, size), t.exact(have, size)...)
		return
	}
	if !have.Folds {
		return
	}
	what := have.Type
	if have.Collation != "" && have.Collation != "default" {
		what += " collated as " + have.Collation
	}
	if limit.Kind == "varchar" {
		size = max(size, limit.A)
	}
	t.report(want.Name, fmt.Sprintf("is %s, which takes texts for equal that differ in case, accents or trailing spaces, but rows are bound to its value: a statement would change another row than the one it names", what), t.exact(have, size)...)
}
