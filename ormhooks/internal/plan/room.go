package plan

import (
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
)

// room returns how many bytes a column holds in MySQL, which with IGNORE, or outside its
// strict mode, cuts off the rest: what is left of a cell never opens again.
func (a *analysis) room(r *relation, name string) int {
	if a.dialect != sqltext.MySQL || r.live == nil {
		return 0
	}
	for _, c := range r.live.Columns {
		if strings.EqualFold(c.Name, name) {
			return capacity(c.Type)
		}
	}
	return 0
}

// length returns how many characters a text column that rows are bound to holds, if it has a
// limit: PostgreSQL and MariaDB cut spaces off what is longer.
func (a *analysis) length(r *relation, logical string) int {
	c := r.table.Column(logical)
	if declared, _ := c.Declared(); declared != value.Text || r.live == nil || a.dialect == sqltext.SQLite {
		return 0
	}
	for _, live := range r.live.Columns {
		typ := strings.ToLower(live.Type)
		if strings.EqualFold(live.Name, c.Name) && (strings.HasPrefix(typ, "varchar") || strings.HasPrefix(typ, "character varying")) {
			return capacity("varchar" + typ[max(0, strings.Index(typ, "(")):])
		}
	}
	return 0
}

// refuseNumber refuses a number in the text of a statement for a key of text or bytes: servers
// store it in their own spelling.
func (i *insertion) refuseNumber(at sqltext.Node, logical string, v Value) {
	c := i.t.Column(logical)
	switch v.Const.(type) {
	case int64, float64, Number, bool:
		if declared, _ := c.Declared(); declared == value.Text || declared == value.Bytes {
			i.refuse(at, i.t, c, "rows are told apart by it, and a number is given for it", "write it as a string")
		}
	}
}

func capacity(typ string) int {
	base, rest, sized := strings.Cut(typ, "(")
	switch base = strings.TrimSpace(base); base {
	case "tinyblob", "tinytext":
		return 255
	case "blob", "text":
		return 65535
	case "mediumblob", "mediumtext":
		return 1<<24 - 1
	case "varbinary", "binary", "varchar", "char":
		size, _, _ := strings.Cut(rest, ")")
		if n, err := strconv.Atoi(size); sized && err == nil {
			return n
		}
	}
	return 0
}
