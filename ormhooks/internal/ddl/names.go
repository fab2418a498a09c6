package ddl

import (
	"fmt"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// Quote writes a name. Every name is quoted: which words are reserved differs between
// servers and their versions.
func Quote(d sqltext.Dialect, name string) string {
	if d == sqltext.MySQL {
		return "`" + strings.ReplaceAll(name, "`", "``") + "`"
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func quoteAll(d sqltext.Dialect, names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = Quote(d, n)
	}
	return strings.Join(quoted, ", ")
}

// checkName refuses a name that the server would cut short, in silence on PostgreSQL: it would
// then not be found in the catalogue.
func checkName(d sqltext.Dialect, name string) error {
	limit := map[sqltext.Dialect]int{sqltext.PostgreSQL: 63, sqltext.MySQL: 64}[d]
	if limit > 0 && len(name) > limit {
		return fmt.Errorf("cellseal: the name %s is longer than the %d bytes the database keeps: give the column, or its index with name=, a shorter one", name, limit)
	}
	return nil
}
