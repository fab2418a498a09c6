package plan_test

import (
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// towns has a smoothed index, over rows that are told apart by a number.
func towns() schema.Table {
	return schema.Table{
		Name: "towns", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{{Name: "id", Type: "int"}, {Name: "city", Mode: schema.ModeSeal, Type: "text", Nullable: true}},
		Indexes: []*schema.Index{listed("smoothed", "city", search.Fold)},
	}
}

// guests are told apart by random keys, and belong to tenants.
func guests() schema.Table {
	return schema.Table{
		Name: "guests", Bind: schema.Binding{Kind: schema.BindRowKey}, Scope: schema.Scope{Kind: "tenant", Column: "tenant_id"},
		Columns: []*schema.Column{{Name: "tenant_id", Type: "int"}, {Name: "city", Mode: schema.ModeSeal, Type: "text", Nullable: true}},
		Indexes: []*schema.Index{listed("smoothed", "city")},
	}
}

// parcels have an index of which the terms are cut to two bytes, so that they find rows of other values.
func parcels() schema.Table {
	return schema.Table{
		Name: "parcels", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{{Name: "id", Type: "int"}, {Name: "zip", Mode: schema.ModeSeal, Type: "text", Nullable: true}},
		Indexes: []*schema.Index{{Kind: "exact", Bits: 16, AcceptFrequencyLeak: true, Columns: []search.Column{{Name: "zip"}}}},
	}
}
