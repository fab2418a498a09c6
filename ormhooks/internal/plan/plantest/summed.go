package plantest

import (
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
