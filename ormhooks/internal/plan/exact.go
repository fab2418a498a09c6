package plan

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// identifiesExactly refuses to write a cell that is bound to, scoped by, or added up by a column in which
// the server finds or stores another value than it was given: "x " for "x", 'ALICE' for 'alice',
// 1.0 for 1. The cell would be sealed for a row that nobody finds again.
func (a *analysis) identifiesExactly(at sqltext.Node, r *relation, c *schema.Column) {
	if r.live == nil {
		return
	}
	of := slices.Clone(c.Bind.Columns)
	if s := scopeColumn(r.table); s != nil {
		of = append([]string{s.Logical}, of...)
	}
	bound := len(of)
	if x := r.table.SumOf(c); x != nil {
		for _, by := range x.Groups() {
			of = append(of, by.Logical)
		}
	}
	for i, logical := range of {
		to, how := r.table.Column(logical), "bound to "
		if i >= bound {
			how = "added up by "
		}
		for _, live := range r.live.Columns {
			if !strings.EqualFold(live.Name, to.Name) {
				continue
			}
			why := inexact(a.dialect, to, strings.ToLower(live.Type), live.Folds)
			if declared, _ := to.Declared(); why == "" && a.ignores && (declared == value.Int || declared == value.Uint) && (!strings.HasPrefix(strings.ToLower(live.Type), "bigint") || strings.Contains(strings.ToLower(live.Type), "unsigned")) {
				why = "with IGNORE is made to fit, where its type is too small"
			}
			if why != "" {
				a.refuse(at, r.table, c, "is "+how+to.Name+", which "+why, "give "+to.Name+" a type that stores and compares exactly: sqlcell.Check says which")
			}
		}
	}
}

// inexact says what is wrong with a column that rows are told apart by; "" is nothing.
func inexact(d sqltext.Dialect, c *schema.Column, live string, folds bool) string {
	declared, _ := c.Declared()
	is := func(types ...string) bool {
		for _, t := range types {
			if live == t || strings.HasPrefix(live, t+"(") {
				return true
			}
		}
		return false
	}
	fractions := is("numeric", "decimal", "dec", "real", "float", "double", "double precision") && live != "numeric" && !strings.HasSuffix(live, ",0)")
	switch declared {
	case value.Text:
		switch {
		case is("char", "character", "bpchar", "nchar", "binary"):
			return "pads what it stores"
		case folds:
			return "finds values that are spelled otherwise"
		case fractions, d == sqltext.SQLite && !textAffinity(live):
			return "stores numbers"
		case is("name"):
			return "cuts what it stores"
		case d != sqltext.SQLite && !is("text", "varchar", "character varying", "citext", "tinytext", "mediumtext", "longtext", "varbinary", "blob", "tinyblob", "mediumblob", "longblob", "bytea"):
			return "is of another type, which may write values otherwise than they were given"
		}
	case value.Bytes:
		if is("binary") {
			return "pads what it stores"
		}
	case value.Int, value.Uint:
		if fractions {
			return "stores fractions"
		}
	}
	return ""
}

// textAffinity reports whether SQLite keeps text in a column as it is (its documentation, "Datatypes In
// SQLite" §3.1): in others 007 becomes 7.
func textAffinity(typ string) bool {
	switch {
	case strings.Contains(typ, "int"):
		return false
	case typ == "", strings.Contains(typ, "char"), strings.Contains(typ, "clob"), strings.Contains(typ, "text"), strings.Contains(typ, "blob"):
		return true
	}
	return false
}
