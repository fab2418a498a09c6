package plan

import (
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
)

var turned = map[string]string{"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// having analyses one condition of HAVING, which compares a count with a whole number.
func (f *finishing) having(e sqltext.Expr) {
	if b, ok := unparen(e).(*sqltext.Binary); ok && turned[b.Op] != "" {
		if f.counted(b.X, b.Op, b.Y) || f.counted(b.Y, turned[b.Op], b.X) {
			return
		}
	}
	f.refuse(e, nil, nil, "HAVING over groups of protected columns compares counts with whole numbers, joined with AND, and nothing else", "write conditions on rows in WHERE, and leave out other groups in the application")
}

func (f *finishing) counted(x sqltext.Expr, op string, y sqltext.Expr) bool {
	than, ok := f.whole(unparen(y))
	if !ok {
		return false
	}
	at := f.count(x)
	if at < 0 {
		return false
	}
	f.f.Having = append(f.f.Having, Having{Result: at, Op: op, Than: than})
	return true
}

// count returns the result that counts, by the aggregate or, but in PostgreSQL, by its alias; -1 if
// there is none.
func (f *finishing) count(e sqltext.Expr) int {
	for i, item := range f.arm.Items {
		c, ok := unparen(e).(*sqltext.Column)
		named := ok && f.dialect != sqltext.PostgreSQL && len(c.Parts) == 1 && item.Alias != nil && strings.EqualFold(item.Alias.Name, c.Last()) && f.find(c, f.sc).relation == nil
		if f.f.Results[i].Func == Count && (named || f.alike(item.Expr, e)) {
			return i
		}
	}
	c, ok := unparen(e).(*sqltext.Call)
	if !ok || funcs[strings.ToLower(c.Name.Last())] != Count {
		return -1
	}
	return f.result(f.aggregate(c, -1))
}
