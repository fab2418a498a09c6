package schema_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/schema"
)

type named struct {
	ID    UUID
	Email string `cell:"seal"`
}

func (named) TableName() string { return "clinic_people" }

type namedByPointer struct {
	ID    UUID
	Email string `cell:"seal"`
}

func (*namedByPointer) TableName() string { return "clinic_staff" }

type namedTwice struct {
	_     struct{} `cell:"table=guests"`
	ID    UUID
	Email string `cell:"seal"`
}

func (namedTwice) TableName() string { return "clinic_guests" }

type UserAccount struct {
	ID    UUID
	Email string `cell:"seal"`
}

func TestATableIsNamedByItsTagItsMethodOrItsType(t *testing.T) {
	for want, model := range map[string]any{
		"clinic_people": named{},
		"clinic_staff":  namedByPointer{},
		"guests":        namedTwice{},
		"user_accounts": &UserAccount{},
	} {
		table := only(t, must(t, model))
		require.Equal(t, want, table.Name)
		require.Equal(t, want, table.Logical)
		require.Equal(t, want+".email", table.Column("email").Label())
	}
}

func TestAColumnIsNamedByItsTagsOrItsField(t *testing.T) {
	type Patient struct {
		ID          UUID
		Plain       string `cell:"seal"`
		HomeAddress string `cell:"seal"`
		URL         string `cell:"seal"`
		PatientsID  string `cell:"seal"`
		G           string `gorm:"column:by_gorm" cell:"seal"`
		D           string `db:"by_db,omitempty" cell:"seal"`
		Both        string `gorm:"not null;column:gorm_wins" db:"db_loses" cell:"seal"`
		NoColumn    string `gorm:"size:9" db:",omitempty" cell:"seal"`
	}
	table := only(t, must(t, Patient{}))
	var names []string
	for _, c := range table.Columns {
		require.Equal(t, c.Name, c.Logical)
		names = append(names, c.Name)
	}
	require.Equal(t, []string{"id", "plain", "home_address", "url", "patients_id", "by_gorm", "by_db", "gorm_wins", "no_column"}, names)
}

func TestLogicalNamesOutliveTheDatabases(t *testing.T) {
	type Patient struct {
		_      struct{} `cell:"table=patients_2031,name=patients,scope=tenant(clinic)" search:"exact,on=email+phone"`
		Number UUID     `gorm:"primaryKey;column:id_2031" cell:"name=id"`
		Clinic int64    `db:"clinic_2031" cell:"name=clinic"`
		Email  string   `db:"email_2031" cell:"seal,name=email" search:"exact,fold,unique(clinic)"`
		Phone  string   `cell:"seal"`
	}
	table := only(t, must(t, Patient{}))
	require.Equal(t, "patients_2031", table.Name)
	require.Equal(t, "patients", table.Logical)
	email := table.Column("email")
	require.Same(t, email, table.ColumnNamed("email_2031"))
	require.Nil(t, table.ColumnNamed("email"))
	require.Nil(t, table.Column("email_2031"))
	require.Equal(t, "patients.email", email.Label())
	require.Equal(t, []string{"id"}, email.Bind.Columns)
	require.EqualValues(t, "i:email/exact/fold.v1", table.Indexes[1].Label())
	require.Equal(t, "email_2031__eq", table.Indexes[1].Hidden(), "the library's columns stand beside the database's")
	require.Equal(t, "email_2031_phone__eq", table.Indexes[0].Hidden())
}

func TestNamesTheKeyTreeCannotHold(t *testing.T) {
	requireRefused(t, []refusal{
		{"table", func() any {
			type Patient struct {
				_     struct{} `cell:"table=clinic.patients"`
				ID    UUID
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "", `logical table name "clinic.patients": want A-Z a-z 0-9 _; set one with name=`},
		{"column", func() any {
			type Patient struct {
				ID    UUID
				Email string `db:"e-mail" cell:"seal"`
			}
			return Patient{}
		}, "Email", `logical column name "e-mail": want A-Z a-z 0-9 _; set one with name=`},
		{"compartment", func() any {
			type Patient struct {
				ID    UUID
				Email string `cell:"seal,compartment=very private"`
			}
			return Patient{}
		}, "Email", `compartment "very private": want A-Z a-z 0-9 _`},
		{"index", func() any {
			type Patient struct {
				ID    UUID
				Email string `cell:"seal" search:"exact,name=by-mail"`
			}
			return Patient{}
		}, "Email", `index name "by-mail": want A-Z a-z 0-9 _`},
	})
}

func TestAwkwardNamesWithLogicalOnes(t *testing.T) {
	type Patient struct {
		_     struct{} `cell:"table=clinic.patients,name=patients"`
		ID    UUID
		Email string `db:"e-mail" cell:"seal,name=email"`
	}
	table := only(t, must(t, Patient{}))
	require.Equal(t, "patients.email", table.ColumnNamed("e-mail").Label())
}

func TestAnAnonymousStructNeedsATableName(t *testing.T) {
	_, err := schema.New(struct {
		ID    UUID
		Email string `cell:"seal"`
	}{})
	require.EqualError(t, err, "cellseal: anonymous struct: has no name: set one with table=")

	must(t, struct {
		_     struct{} `cell:"table=patients"`
		ID    UUID
		Email string `cell:"seal"`
	}{})
}
