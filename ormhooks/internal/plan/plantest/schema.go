package plantest

import (
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// Schema returns the protected tables.
func Schema() *schema.Schema {
	s, err := schema.New(users(), notes(), people(), docs(), files(), visits(), towns(), guests(), parcels(), fares(), clients(), bills(), leads(), costs(), stays())
	if err != nil {
		panic("plantest: " + err.Error())
	}
	return s
}

// users has an index that is not unique, and one that is, on a column with tokens.
func users() schema.Table {
	return schema.Table{
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
	}
}

// notes are told apart by random keys, and belong to tenants.
func notes() schema.Table {
	return schema.Table{
		Name: "notes", Bind: schema.Binding{Kind: schema.BindRowKey}, Scope: schema.Scope{Kind: "tenant", Column: "tenant_id"},
		Columns: []*schema.Column{
			{Name: "tenant_id", Type: "int"},
			{Name: "title", Mode: schema.ModeSeal, Type: "text", Nullable: true},
			{Name: "body", Mode: schema.ModeSeal, Type: "text", Nullable: true},
		},
		Indexes: []*schema.Index{{Kind: "exact", Columns: []search.Column{{Name: "title"}}}},
	}
}

// people has an index on two columns.
func people() schema.Table {
	return schema.Table{
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
	}
}
