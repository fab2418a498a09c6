package sqlfuzz

import (
	"sync"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// secret is what stands in the seeds where a value for a protected column does, and nowhere
// else.
const secret = "SECRET"

// protectedTables are those of the schema. Other tables of the world are orders and items.
var protectedTables = []string{"users", "notes", "people"}

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

// usersSchema is that of package plan's own tests, for which the seeds were written.
var usersSchema = sync.OnceValue(func() *schema.Schema {
	s, err := schema.New(schema.Table{
		Name: "users", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"},
			{Name: "email", Mode: schema.ModeSeal, Type: "text", Nullable: true},
			{Name: "ssn", Mode: schema.ModeToken, Type: "text", Nullable: true},
		},
		Indexes: []*schema.Index{
			{Kind: "exact", Columns: []search.Column{{Name: "email", Transforms: []search.Transform{search.Fold}}}},
			{Kind: "exact", Columns: []search.Column{{Name: "ssn"}}, Unique: true},
		},
	}, schema.Table{
		Name: "notes", Bind: schema.Binding{Kind: schema.BindRowKey}, Scope: schema.Scope{Kind: "tenant", Column: "tenant_id"},
		Columns: []*schema.Column{
			{Name: "tenant_id", Type: "int"},
			{Name: "title", Mode: schema.ModeSeal, Type: "text", Nullable: true},
			{Name: "body", Mode: schema.ModeSeal, Type: "text", Nullable: true},
		},
		Indexes: []*schema.Index{{Kind: "exact", Columns: []search.Column{{Name: "title"}}}},
	}, schema.Table{
		Name: "people", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"},
			{Name: "given", Mode: schema.ModeSeal, Type: "text", Nullable: true},
			{Name: "family", Mode: schema.ModeSeal, Type: "text", Nullable: true},
		},
		Indexes: []*schema.Index{
			{Kind: "exact", Columns: []search.Column{{Name: "given", Transforms: []search.Transform{search.Fold}}, {Name: "family", Transforms: []search.Transform{search.Fold}}}},
			{Kind: "exact", Columns: []search.Column{{Name: "family"}}},
		},
	})
	if err != nil {
		panic(err)
	}
	return s
})

var usersCatalog = sync.OnceValue(func() *catalog.Catalog {
	columns := func(names ...string) (all []catalog.Column) {
		for _, n := range names {
			all = append(all, catalog.Column{Name: n, Nullable: n != "id"})
		}
		return all
	}
	return catalog.New(
		&catalog.Table{Name: "users", Visible: true, Columns: columns("id", "email", "ssn", "name", "age", "deleted_at", "email__eq", "ssn__tok", "ssn__eq"), Unique: [][]string{{"id"}, {"ssn__eq"}}},
		&catalog.Table{Name: "orders", Visible: true, Columns: columns("id", "user_id", "email", "total"), Unique: [][]string{{"id"}}},
		&catalog.Table{Name: "items", Visible: true, Columns: columns("id", "user_id"), Unique: [][]string{{"id"}}},
		&catalog.Table{Name: "notes", Visible: true, Columns: columns("id", "tenant_id", "title", "body", "title__eq", "cellseal_row"), Unique: [][]string{{"id"}, {"cellseal_row"}}},
		&catalog.Table{Name: "people", Visible: true, Columns: columns("id", "given", "family", "given_family__eq", "family__eq"), Unique: [][]string{{"id"}}},
	)
})

func (d *dialect) analyse(text string) (*plan.Plan, error) {
	return plan.Analyse(d.sql, d.o, usersSchema(), usersCatalog(), text)
}
