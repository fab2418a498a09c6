package plan_test

import (
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

func sums(column string, by ...string) *schema.Index {
	return &schema.Index{Kind: "sum", Columns: []search.Column{{Name: column}}, By: by}
}

// costs have running sums: by a clinic, by none, and of decimals by two columns.
func costs() schema.Table {
	sealed := func(name, typ string) *schema.Column {
		return &schema.Column{Name: name, Mode: schema.ModeSeal, Type: typ, Nullable: name != "due"}
	}
	return schema.Table{
		Name: "costs", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"}, {Name: "clinic", Type: "int"}, {Name: "city", Type: "varchar(40)", Nullable: true},
			sealed("fee", "int"), sealed("tax", "int"), sealed("due", "numeric(10,2)"), sealed("payer", "text"),
		},
		Indexes: []*schema.Index{sums("fee", "clinic"), sums("tax"), sums("due", "clinic", "city"), {Kind: "exact", Columns: []search.Column{{Name: "payer"}}}},
	}
}

// stays belong to tenants, and are told apart by random keys.
func stays() schema.Table {
	return schema.Table{
		Name: "stays", Bind: schema.Binding{Kind: schema.BindRowKey}, Scope: schema.Scope{Kind: "tenant", Column: "tenant_id"},
		Columns: []*schema.Column{
			{Name: "tenant_id", Type: "int"}, {Name: "ward", Type: "int"},
			{Name: "nights", Mode: schema.ModeSeal, Type: "int", Nullable: true}, {Name: "guest", Mode: schema.ModeSeal, Type: "text", Nullable: true},
		},
		Indexes: []*schema.Index{sums("nights", "ward")},
	}
}

func sumTables() []*catalog.Table {
	columns := func(names ...string) (all []catalog.Column) {
		for _, n := range names {
			all = append(all, catalog.Column{Name: n, Type: "bigint", Nullable: n != "id" && n != "due"})
		}
		return all
	}
	costs := columns("id", "clinic", "city", "fee", "tax", "due", "payer", "day", "fee__n", "fee__sum", "tax__n", "tax__sum", "due__n", "due__sum", "payer__eq")
	costs[2].Type = "varchar(40)"
	return []*catalog.Table{
		{Name: "costs", Visible: true, Columns: costs, Unique: [][]string{{"id"}, {"clinic", "fee__n"}, {"tax__n"}, {"clinic", "city", "due__n"}}},
		{Name: "stays", Visible: true, Columns: columns("tenant_id", "ward", "nights", "guest", "nights__n", "nights__sum", "cellseal_row"), Unique: [][]string{{"cellseal_row"}, {"tenant_id", "ward", "nights__n"}}},
	}
}
