package schema_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/schema"
)

func TestRowsAreBoundAsDeclared(t *testing.T) {
	columns := func(names ...string) schema.Binding {
		return schema.Binding{Kind: schema.BindColumns, Columns: names}
	}
	for _, c := range []struct {
		name  string
		model any
		want  schema.Binding // of column email
	}{
		{"the primary key by its tag", struct {
			_      struct{} `cell:"table=t"`
			ID     int64
			Number UUID   `gorm:"primaryKey"`
			Email  string `cell:"seal"`
		}{}, columns("number")},
		{"the tag's older spelling", struct {
			_      struct{} `cell:"table=t"`
			Number UUID     `gorm:"primary_key"`
			Email  string   `cell:"seal"`
		}{}, columns("number")},
		{"a compound primary key, ordered by logical names", struct {
			_      struct{} `cell:"table=t"`
			Number string   `gorm:"primaryKey"`
			Clinic int64    `gorm:"primaryKey;column:zz" cell:"name=clinic"`
			Email  string   `cell:"seal"`
		}{}, columns("clinic", "number")},
		{"an integer key that the application assigns", struct {
			_     struct{} `cell:"table=t,bind=id"`
			ID    int64
			Email string `cell:"seal"`
		}{}, columns("id")},
		{"an integer key without auto-increment", struct {
			_     struct{} `cell:"table=t"`
			ID    int64    `gorm:"primaryKey;autoIncrement:false"`
			Email string   `cell:"seal"`
		}{}, columns("id")},
		{"a compound key whose integer is not named id", struct {
			_      struct{} `cell:"table=t"`
			Clinic int64    `gorm:"primaryKey"`
			Number int64    `gorm:"primaryKey"`
			Email  string   `cell:"seal"`
		}{}, columns("clinic", "number")},
		{"bytes", struct {
			_     struct{} `cell:"table=t"`
			ID    []byte
			Email string `cell:"seal"`
		}{}, columns("id")},
		{"another column than the key", struct {
			_      struct{} `cell:"table=t,bind=number"`
			ID     int64
			Number uint32
			Email  string `cell:"seal"`
		}{}, columns("number")},
		{"several columns", struct {
			_      struct{} `cell:"table=t,bind=number+clinic"`
			ID     int64
			Number uint32
			Clinic string
			Email  string `cell:"seal"`
		}{}, columns("clinic", "number")},
		{"a row key", struct {
			_     struct{} `cell:"table=t,bind=row_key"`
			ID    int64
			Email string `cell:"seal"`
		}{}, schema.Binding{Kind: schema.BindRowKey}},
		{"nothing", struct {
			_     struct{} `cell:"table=t,bind=column"`
			ID    int64
			Email string `cell:"seal"`
		}{}, schema.Binding{Kind: schema.BindNothing}},
		{"a compartment of its own", struct {
			_     struct{} `cell:"table=t,bind=row_key"`
			ID    int64
			Email string `cell:"seal,compartment=mail,bind=id"`
			Notes string `cell:"seal"`
		}{}, columns("id")},
		{"columns of a compartment of its own, ordered too", struct {
			_      struct{} `cell:"table=t,bind=row_key"`
			ID     int64
			Number int64
			Email  string `cell:"seal,compartment=mail,bind=number+id"`
		}{}, columns("id", "number")},
		{"a compartment of its own, where the table's key would be refused", struct {
			_     struct{} `cell:"table=t"`
			ID    int64
			Email string `cell:"seal,compartment=mail,bind=row_key"`
		}{}, schema.Binding{Kind: schema.BindRowKey}},
		{"a type of the application's that says what it is", struct {
			_     struct{} `cell:"table=t"`
			ID    unclear  `cell:"type=uuid"`
			Email string   `cell:"seal"`
		}{}, columns("id")},
	} {
		t.Run(c.name, func(t *testing.T) {
			bind := only(t, must(t, c.model)).Column("email").Bind
			require.Equal(t, c.want.Kind, bind.Kind)
			require.Equal(t, c.want.Columns, bind.Columns)
		})
	}
}

func TestTheTablesBindingIsOrderedToo(t *testing.T) {
	type Patient struct {
		_      struct{} `cell:"bind=number+clinic"`
		Number UUID
		Clinic UUID
		Email  string `cell:"seal"`
	}
	require.Equal(t, []string{"clinic", "number"}, only(t, must(t, Patient{})).Bind.Columns)
}

func TestTwoCompartmentsMayHaveTwoBindings(t *testing.T) {
	type Patient struct {
		_     struct{} `cell:"bind=row_key"`
		ID    UUID
		Email string `cell:"seal"`
		Phone string `cell:"seal"`
		Notes string `cell:"seal,compartment=medical,bind=id"`
		Scan  []byte `cell:"seal,compartment=medical,bind=id"`
	}
	table := only(t, must(t, Patient{}))
	require.Equal(t, schema.BindRowKey, table.Column("phone").Bind.Kind)
	require.Equal(t, []string{"id"}, table.Column("scan").Bind.Columns)
	require.Equal(t, []string{schema.RowKeyColumn}, hidden(table))
}

func TestOneRowKeyServesAllCompartments(t *testing.T) {
	type Patient struct {
		_     struct{} `cell:"bind=row_key"`
		ID    int64
		Email string `cell:"seal"`
		Notes string `cell:"seal,compartment=medical"`
	}
	require.Equal(t, []string{"cellseal_row"}, hidden(only(t, must(t, Patient{}))))
}

func TestATableWithoutProtectedColumnsNeedsNoBinding(t *testing.T) {
	type Clinic struct {
		ID   int64
		Name string
	}
	require.Empty(t, hidden(only(t, must(t, Clinic{}))))
}
