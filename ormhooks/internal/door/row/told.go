package row

import (
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// Told tells fetched rows apart by what their execution takes from them: a join may have
// brought one up twice.
func Told(was *plan.Origin, slots []*plan.Slot, fetched []driver.Value) string {
	var b strings.Builder
	add := func(at int) {
		if at >= 0 && at < len(fetched) {
			s := fmt.Sprintf("%T %v", fetched[at], fetched[at])
			fmt.Fprintf(&b, "%d:%d:%s", at, len(s), s)
		}
	}
	if was.Table != nil {
		for _, c := range was.Table.Columns {
			if at, ok := was.Bound[c.Logical]; ok {
				add(at)
			}
		}
		add(was.Scope)
		add(was.RowKey)
	}
	for _, s := range slots {
		if s.Kind == plan.Fetched {
			add(s.At)
		}
	}
	return b.String()
}
