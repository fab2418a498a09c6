package sqlfuzz

import (
	"sync"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/internal/plan/plantest"
)

// secret is what stands in the seeds where a value for a protected column does, and nowhere
// else.
const secret = "SECRET"

// protectedTables are those of the schema. Other tables of the world are orders and items.
var protectedTables = func() (names []string) {
	for t := range tables().Tables() {
		names = append(names, t.Name)
	}
	return names
}()

// A dialect is one of the three with what judges it.
type dialect struct {
	name   string // as in package plan's testdata
	sql    sqltext.Dialect
	o      sqltext.Options
	oracle func(text string) (*facts, error) // nil if there is no parser to ask
	// canonical is the other parser's tree as text, without what parentheses add.
	canonical func(text string) (string, error)
}

var (
	postgres = &dialect{name: "pg", sql: sqltext.PostgreSQL, oracle: postgresFacts, canonical: postgresCanonical}
	mysql    = &dialect{name: "mysql", sql: sqltext.MySQL, o: sqltext.Options{BackslashEscapes: true}, oracle: mysqlFacts, canonical: mysqlCanonical}
	sqlite   = &dialect{name: "sqlite", sql: sqltext.SQLite}
	dialects = []*dialect{postgres, mysql, sqlite}
)

// tables and known are those of package plan's own tests, for which the seeds were written.
var (
	tables = sync.OnceValue(plantest.Schema)
	known  = sync.OnceValue(plantest.Catalog)
)

func (d *dialect) analyse(text string) (*plan.Plan, error) {
	return plan.Analyse(d.sql, d.o, tables(), known(), text)
}
