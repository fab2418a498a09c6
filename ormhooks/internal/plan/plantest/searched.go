package plantest

import (
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

func listed(kind, column string, transforms ...search.Transform) *schema.Index {
	return &schema.Index{Kind: kind, Columns: []search.Column{{Name: column, Transforms: transforms}}}
}

// docs has every kind of listed index, over rows that are told apart by a number.
func docs() schema.Table {
	return schema.Table{
		Name: "docs", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"},
			{Name: "memo", Mode: schema.ModeSeal, Type: "text", Nullable: true},
			{Name: "years", Mode: schema.ModeSeal, Type: "int", Nullable: true},
			{Name: "shelf", Mode: schema.ModeSeal, Type: "text", Nullable: true},
		},
		Indexes: []*schema.Index{
			listed("words", "memo", search.Fold), listed("substring", "memo", search.Fold), listed("fuzzy", "memo", search.Fold),
			listed("sorted", "years"), listed("sorted", "shelf"), listed("sorted", "shelf", search.Reverse),
		},
	}
}

// files are told apart by random keys, and belong to tenants.
func files() schema.Table {
	return schema.Table{
		Name: "files", Bind: schema.Binding{Kind: schema.BindRowKey}, Scope: schema.Scope{Kind: "tenant", Column: "tenant_id"},
		Columns: []*schema.Column{{Name: "tenant_id", Type: "int"}, {Name: "label", Mode: schema.ModeSeal, Type: "text", Nullable: true}},
		Indexes: []*schema.Index{listed("substring", "label")},
	}
}

// visits are told apart by two columns.
func visits() schema.Table {
	return schema.Table{
		Name: "visits", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"patient", "day"}},
		Columns: []*schema.Column{
			{Name: "patient", Type: "int"}, {Name: "day", Type: "varchar(10)"},
			{Name: "remark", Mode: schema.ModeSeal, Type: "text", Nullable: true},
		},
		Indexes: []*schema.Index{listed("words", "remark")},
	}
}

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

// fares have a running sum beside a smoothed index.
func fares() schema.Table {
	return schema.Table{
		Name: "fares", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"}, {Name: "city", Mode: schema.ModeSeal, Type: "text", Nullable: true}, {Name: "fare", Mode: schema.ModeSeal, Type: "int", Nullable: true},
		},
		Indexes: []*schema.Index{listed("smoothed", "city"), sums("fare")},
	}
}
