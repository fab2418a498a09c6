package schema_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

func TestTheExampleOfTheArchitecture(t *testing.T) {
	type Patient struct {
		_     struct{} `cell:"table=patients,bind=id"`
		ID    UUID     `gorm:"primaryKey"`
		Email string   `cell:"seal" search:"exact,trim,fold,unique;prefix,fold"`
		SSN   string   `cell:"token"`
		Phone string   `cell:"imprint,alphabet=digits" search:"exact,digits"`
		Notes string   `cell:"seal,compartment=medical,pad=256" search:"words"`
	}
	table := only(t, must(t, Patient{}))
	require.Equal(t, []string{"ssn__tok", "phone__kid", "email__eq", "phone__eq"}, hidden(table))
	require.Equal(t, "email__prefix", table.Listed[0].String())
	require.Equal(t, "notes__words", table.Listed[1].String())
}

func TestTheSameExampleWithExactIndexesAlone(t *testing.T) {
	type Patient struct {
		_     struct{} `cell:"table=patients,bind=id"`
		ID    UUID     `gorm:"primaryKey"`
		Email string   `cell:"seal" search:"exact,trim,fold,unique"`
		SSN   string   `cell:"token"`
		Phone string   `cell:"imprint,alphabet=digits,keep" search:"exact,digits"`
		Notes string   `cell:"seal,compartment=medical,pad=256"`
	}
	table := only(t, must(t, Patient{}))
	require.Equal(t, "patients", table.Name)
	require.Equal(t, []string{"ssn__tok", "phone__kid", "email__eq", "phone__eq"}, hidden(table))

	id := schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}
	require.False(t, table.Column("id").Protected())
	email := table.Column("email")
	require.Equal(t, schema.ModeSeal, email.Mode)
	require.Equal(t, "patients.email", email.Label())
	require.Equal(t, id, email.Bind)
	require.Equal(t, schema.ModeToken, table.Column("ssn").Mode)
	phone := table.Column("phone")
	require.Equal(t, schema.ModeImprint, phone.Mode)
	require.Same(t, cell.Digits, phone.Alphabet)
	require.True(t, phone.KeepOthers)
	notes := table.Column("notes")
	require.Equal(t, "medical", notes.Compartment)
	require.Equal(t, 256, notes.Pad)
	require.Equal(t, id, notes.Bind, "a compartment of its own is bound as its table")

	require.Len(t, table.Indexes, 2)
	require.Equal(t, search.Exact("email", search.Trim, search.Fold), table.Indexes[0].Label())
	require.True(t, table.Indexes[0].Unique)
	require.Equal(t, search.Exact("phone", search.Digits), table.Indexes[1].Label())
	require.Equal(t, []*schema.Column{phone}, table.Indexes[1].Protected())
}

func TestDefaultsAreFilledIn(t *testing.T) {
	type Patient struct {
		ID    UUID
		Email string `cell:"seal" search:"exact"`
	}
	table := only(t, must(t, &Patient{}))
	require.Equal(t, "patients", table.Name)
	require.Equal(t, "patients", table.Logical)
	require.Zero(t, table.Scope)
	email := table.ColumnNamed("email")
	require.Equal(t, "email", email.Logical)
	require.Equal(t, "default", email.Compartment)
	require.Equal(t, "text", email.Type)
	require.Equal(t, schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}, email.Bind, "id is the primary key without a tag too")
	index := table.Indexes[0]
	require.Equal(t, "eq", index.Name)
	require.Equal(t, "email__eq", index.Hidden())
	require.Equal(t, search.Options{Types: []search.Type{search.Text}}, index.Options())
}
