package template

import (
	"database/sql/driver"
	"fmt"
	"reflect"
	"strings"

	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// Match matches arguments with a statement's parameters, of which it takes inputs. What stands
// before them is the driver's own.
func Match(params []plan.Param, inputs int, args []driver.NamedValue) (front []driver.NamedValue, values []any, err error) {
	n := 0
	for n < len(args) && isDriverOption(args[n].Value) {
		n++
	}
	front, args = args[:n], args[n:]
	values = make([]any, len(params))
	used := 0
	for i, p := range params {
		at := -1
		for j, a := range args {
			if p.Name != "" && a.Name != "" && a.Name == p.Name[1:] {
				at = j
			}
		}
		if at < 0 && p.Number > 0 && p.Number <= len(args) && args[p.Number-1].Name == "" {
			at = p.Number - 1
		}
		if at < 0 {
			return nil, nil, fmt.Errorf("cellseal: the statement takes %d arguments, and one of them was not given among %d", inputs, len(args))
		}
		values[i] = args[at].Value
		used = max(used, at+1)
	}
	if len(args) > max(used, inputs) {
		return nil, nil, fmt.Errorf("cellseal: the statement takes %d arguments, and %d were given", inputs, len(args))
	}
	return front, values, nil
}

// isDriverOption reports whether an argument is what pgx takes before the parameters. It is
// told by name, because this package must not import it.
func isDriverOption(v any) bool {
	t := reflect.TypeOf(v)
	if t == nil || !strings.HasPrefix(t.PkgPath(), "github.com/jackc/pgx/") {
		return false
	}
	switch t.Name() {
	case "QueryExecMode", "QueryResultFormats", "QueryResultFormatsByOID":
		return true
	}
	return false
}
