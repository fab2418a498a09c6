package plan

import (
	"slices"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// ranges makes one question of two bounds that AND joins, as age >= 18 AND age < 65, and takes both out
// of all: each alone might find most of the table.
func (a *analysis) ranges(all *[]sqltext.Expr, sc *scope, in place) {
	type half struct {
		at  *sqltext.Binary
		ref reference
		f   *Find
	}
	var open []half
	for _, e := range slices.Clone(*all) {
		b, ok := unparen(e).(*sqltext.Binary)
		if !ok || b.Op != "<" && b.Op != "<=" && b.Op != ">" && b.Op != ">=" {
			continue
		}
		f, ref, ok := a.bound(b, sc)
		if !ok {
			continue
		}
		*all = slices.DeleteFunc(*all, func(x sqltext.Expr) bool { return unparen(x) == sqltext.Expr(b) })
		i := slices.IndexFunc(open, func(h half) bool {
			return h.ref.relation == ref.relation && h.ref.source.origin == ref.source.origin && h.f.Column == f.Column && (h.f.Low.Kind == 0) != (f.Low.Kind == 0)
		})
		if i < 0 {
			open = append(open, half{b, ref, f})
			continue
		}
		if with := open[i].f; with.Low.Kind == 0 {
			with.Low, with.LowOpen = f.Low, f.LowOpen
		} else {
			with.High, with.HighOpen = f.High, f.HighOpen
		}
		a.replace(b.Span, "1 = 1")
		a.put(open[i].at, open[i].ref, open[i].f, false, in)
		open = slices.Delete(open, i, i+1)
	}
	for _, h := range open {
		a.put(h.at, h.ref, h.f, false, in)
	}
}
