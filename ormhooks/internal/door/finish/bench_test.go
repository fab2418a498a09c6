package finish

import (
	"database/sql/driver"
	"fmt"
	"testing"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/search"
)

// BenchmarkFinish finishes 10 000 opened rows of 1 000 different addresses.
func BenchmarkFinish(b *testing.B) {
	text := plan.Key{At: 0, Rank: -1, Column: column(b, "text")}
	folded := text
	folded.Collation = []search.Transform{search.Fold}
	sum := plan.Result{Func: plan.Sum, Key: plan.Key{At: 1, Rank: -1}, Addend: plan.Addend{Type: value.Int, Scale: -1}}
	for name, p := range map[string]*plan.Finish{
		"order":       {Results: []plan.Result{{Key: text}}, Sort: []plan.Sort{{}}},
		"order, fold": {Results: []plan.Result{{Key: folded}}, Sort: []plan.Sort{{}}},
		"group, sum":  {Grouped: true, By: []plan.Key{text}, Results: []plan.Result{{Key: text}, sum}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f := New(sqltext.PostgreSQL, p, 1)
				for i := range 10_000 {
					email := fmt.Sprintf("%d@example.com", i*7919%1000)
					err := f.Add(func(at int) (any, error) {
						if at == 0 {
							return email, nil
						}
						return int64(i), nil
					}, []driver.Value{email, nil})
					if err != nil {
						b.Fatal(err)
					}
				}
				if _, err := f.Rows(Ends{Count: 20}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
