package plan

import (
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// value returns the argument or constant that an expression is, for a column.
// Casts to the column's own type are looked through; others would change the value.
func (a *analysis) value(e sqltext.Expr, c *schema.Column) (Value, bool) {
	switch e := e.(type) {
	case *sqltext.Paren:
		return a.value(e.X, c)
	case *sqltext.Param:
		return a.paramValue(e), true
	case *sqltext.Cast:
		if !a.castFits(e, c) {
			return Value{}, false
		}
		return a.value(e.X, c)
	case *sqltext.Literal:
		if e.Kind == sqltext.Bytes && c != nil { // a server reads 0x31 as 49 where it wants a number
			if declared, _ := c.Declared(); declared != value.Bytes && declared != value.Text {
				return Value{}, false
			}
		}
		return constant(e)
	case *sqltext.Unary:
		n, ok := e.X.(*sqltext.Literal)
		if !ok || n.Kind != sqltext.Number || e.Op != "-" && e.Op != "+" {
			return Value{}, false
		}
		signed := *n
		signed.Value = strings.TrimPrefix(e.Op, "+") + n.Value
		return constant(&signed)
	}
	return Value{}, false
}

func constant(l *sqltext.Literal) (Value, bool) {
	v := Value{Kind: FromConst}
	switch l.Kind {
	case sqltext.String:
		v.Const = l.Value
	case sqltext.Bytes:
		v.Const = []byte(l.Value)
	case sqltext.Number:
		v.Const = Number(l.Value)
		if n, err := strconv.ParseInt(l.Value, 10, 64); err == nil {
			v.Const = n
		}
	case sqltext.True, sqltext.False:
		v.Const = l.Kind == sqltext.True
	case sqltext.Null, sqltext.Default: // start-up checks that protected columns have no default
		v.Const = nil
	default:
		return Value{}, false
	}
	return v, true
}

// isNull reports whether a value is the constant NULL.
func (v Value) isNull() bool { return v.Kind == FromConst && v.Const == nil }

// equal compares values of which no slice is one.
func (v Value) equal(w Value) bool {
	if v.Kind != w.Kind || v.Param != w.Param {
		return false
	}
	b, ok := v.Const.([]byte)
	c, ok2 := w.Const.([]byte)
	if ok || ok2 {
		return ok && ok2 && string(b) == string(c)
	}
	return v.Const == w.Const
}

// castFits reports whether a cast to a type leaves values of the column's type as they are.
// A length would cut them.
func (a *analysis) castFits(cast *sqltext.Cast, c *schema.Column) bool {
	typ := a.text[cast.Type.Pos:cast.Type.End]
	if c == nil || strings.ContainsAny(typ, "([") {
		return false
	}
	declared, _ := c.Declared()
	typ = strings.ToLower(strings.Join(strings.Fields(typ), " "))
	var fits []string
	switch declared {
	case value.Text:
		fits = []string{"text", "varchar", "character varying", "citext"}
		if a.dialect == sqltext.MySQL { // elsewhere it is one character
			fits = []string{"char", "nchar"}
		}
	case value.Bytes:
		fits = []string{"bytea", "blob", "binary", "varbinary"}
	case value.Int, value.Uint:
		fits = []string{"int", "integer", "bigint", "int8", "int4", "signed", "unsigned", "signed integer", "unsigned integer"}
	case value.Bool:
		fits = []string{"bool", "boolean"}
	case value.Float64:
		fits = []string{"float8", "double precision", "double"}
	case value.Float32:
		fits = []string{"real", "float4"}
	case value.Decimal:
		fits = []string{"numeric"}
	case value.Time:
		fits = []string{"timestamptz", "timestamp with time zone"}
	case value.UUID:
		fits = []string{"uuid"}
	case value.JSON:
		fits = []string{"json"}
	}
	for _, f := range fits {
		if typ == f {
			return true
		}
	}
	return false
}

func unparen(e sqltext.Expr) sqltext.Expr {
	for {
		p, ok := e.(*sqltext.Paren)
		if !ok {
			return e
		}
		e = p.X
	}
}

// emptyBytes is an expression that is no term.
func (a *analysis) emptyBytes() string {
	if a.dialect == sqltext.PostgreSQL {
		return "decode('', 'hex')"
	}
	return "x''"
}
