package plantest

import (
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

func joins(group, column string, transforms ...search.Transform) *schema.Index {
	x := listed("join", column, transforms...)
	x.Group, x.AcceptEquality = group, true
	return x
}

// clients and bills have columns of one join group; that of bills has no other index.
func clients() schema.Table {
	return schema.Table{
		Name: "clients", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"},
			{Name: "mail", Mode: schema.ModeSeal, Type: "text", Nullable: true},
			{Name: "other", Mode: schema.ModeSeal, Type: "text", Nullable: true},
			{Name: "phone", Mode: schema.ModeSeal, Type: "text", Nullable: true},
		},
		Indexes: []*schema.Index{
			{Kind: "exact", Columns: []search.Column{{Name: "mail"}}},
			joins("mail", "mail", search.Fold), joins("mail", "other", search.Fold), joins("phone", "phone"),
		},
	}
}

func bills() schema.Table {
	return schema.Table{
		Name: "bills", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"},
			{Name: "payer", Mode: schema.ModeSeal, Type: "text", Nullable: true},
			{Name: "phone", Mode: schema.ModeToken, Type: "text", Nullable: true},
		},
		Indexes: []*schema.Index{joins("mail", "payer", search.Fold), joins("phone", "phone")},
	}
}

// leads and deals belong to tenants.
func leads() schema.Table {
	return schema.Table{
		Name: "leads", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}, Scope: schema.Scope{Kind: "tenant", Column: "tenant_id"},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"}, {Name: "tenant_id", Type: "int"},
			{Name: "mail", Mode: schema.ModeSeal, Type: "text", Nullable: true}, {Name: "other", Mode: schema.ModeSeal, Type: "text", Nullable: true},
		},
		Indexes: []*schema.Index{joins("lead", "mail"), joins("lead", "other")},
	}
}
