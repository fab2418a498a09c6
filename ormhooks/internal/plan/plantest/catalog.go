package plantest

import "github.com/cellseal/cellseal/ormhooks/internal/catalog"

// Catalog returns what a server's catalogue says of the tables: those of Schema with the library's own columns, and
// the plain ones, orders and items.
func Catalog() *catalog.Catalog {
	columns := func(names ...string) (all []catalog.Column) {
		for _, n := range names {
			all = append(all, catalog.Column{Name: n, Type: "bigint", Nullable: n != "id" && n != "due"})
		}
		return all
	}
	costs := columns("id", "clinic", "city", "fee", "tax", "due", "payer", "day", "fee__n", "fee__sum", "tax__n", "tax__sum", "due__n", "due__sum", "payer__eq")
	costs[2].Type = "varchar(40)"
	return catalog.New(
		&catalog.Table{Name: "users", Visible: true, Columns: columns("id", "email", "ssn", "name", "age", "deleted_at", "email__eq", "ssn__tok", "ssn__eq"), Unique: [][]string{{"id"}, {"ssn__eq"}}},
		&catalog.Table{Name: "orders", Visible: true, Columns: columns("id", "user_id", "email", "total"), Unique: [][]string{{"id"}}},
		&catalog.Table{Name: "items", Visible: true, Columns: columns("id", "user_id"), Unique: [][]string{{"id"}}},
		&catalog.Table{Name: "notes", Visible: true, Columns: columns("id", "tenant_id", "title", "body", "title__eq", "cellseal_row"), Unique: [][]string{{"id"}, {"cellseal_row"}}},
		&catalog.Table{Name: "people", Visible: true, Columns: columns("id", "given", "family", "given_family__eq", "family__eq"), Unique: [][]string{{"id"}}},
		&catalog.Table{Name: "docs", Visible: true, Columns: columns("id", "memo", "years", "shelf", "n"), Unique: [][]string{{"id"}, {"n"}}},
		&catalog.Table{Name: "files", Visible: true, Columns: columns("id", "tenant_id", "label", "cellseal_row"), Unique: [][]string{{"id"}, {"cellseal_row"}}},
		&catalog.Table{Name: "visits", Visible: true, Columns: append(columns("patient", "remark"), catalog.Column{Name: "day", Type: "varchar(10)"}), Unique: [][]string{{"day", "patient"}}},
		&catalog.Table{Name: "towns", Visible: true, Columns: columns("id", "city", "city__sm", "n"), Unique: [][]string{{"id"}}},
		&catalog.Table{Name: "fares", Visible: true, Columns: columns("id", "city", "city__sm", "fare", "fare__n", "fare__sum"), Unique: [][]string{{"id"}, {"fare__n"}}},
		&catalog.Table{Name: "parcels", Visible: true, Columns: columns("id", "zip", "zip__eq", "n"), Unique: [][]string{{"id"}}},
		&catalog.Table{Name: "guests", Visible: true, Columns: columns("tenant_id", "city", "city__sm", "cellseal_row"), Unique: [][]string{{"cellseal_row"}}},
		&catalog.Table{Name: "clients", Visible: true, Columns: columns("id", "mail", "other", "phone", "name", "mail__eq", "mail__jn", "other__jn", "phone__jn"), Unique: [][]string{{"id"}}},
		&catalog.Table{Name: "bills", Visible: true, Columns: columns("id", "payer", "phone", "phone__tok", "total", "payer__jn", "phone__jn"), Unique: [][]string{{"id"}}},
		&catalog.Table{Name: "leads", Visible: true, Columns: columns("id", "tenant_id", "mail", "other", "mail__jn", "other__jn"), Unique: [][]string{{"id"}}},
		&catalog.Table{Name: "costs", Visible: true, Columns: costs, Unique: [][]string{{"id"}, {"clinic", "fee__n"}, {"tax__n"}, {"clinic", "city", "due__n"}}},
		&catalog.Table{Name: "stays", Visible: true, Columns: columns("tenant_id", "ward", "nights", "guest", "nights__n", "nights__sum", "cellseal_row"), Unique: [][]string{{"cellseal_row"}, {"tenant_id", "ward", "nights__n"}}},
	)
}
