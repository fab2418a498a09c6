package schema_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Model is gorm.Model.
type Model struct {
	ID        uint `gorm:"primarykey"`
	CreatedAt time.Time
	UpdatedAt time.Time
	DeletedAt *time.Time `gorm:"index"`
}

type Address struct {
	Street string `cell:"seal" search:"exact,fold"`
	City   string
}

type Keyed struct {
	ID UUID `gorm:"primaryKey"`
}

type unexported struct {
	Notes string `cell:"seal"`
}

func TestEmbeddedStructsFlatten(t *testing.T) {
	type Patient struct {
		Keyed
		Address
		unexported
		Work  Address `gorm:"embedded;embeddedPrefix:work_"`
		Email string  `cell:"seal"`
	}
	table := only(t, must(t, Patient{}))
	var names []string
	for _, c := range table.Columns {
		names = append(names, c.Name)
	}
	require.Equal(t, []string{"id", "street", "city", "notes", "work_street", "work_city", "email"}, names)
	require.True(t, table.Column("work_street").Protected())
	require.False(t, table.Column("work_city").Protected())
	require.Equal(t, []string{"id"}, table.Column("work_street").Bind.Columns)
	require.Equal(t, []string{"street__eq", "work_street__eq"}, hidden(table))
	require.Equal(t, "patients.work_street", table.Column("work_street").Label())
}

func TestTheKeyOfAnEmbeddedModelIsTheTables(t *testing.T) {
	requireRefused(t, []refusal{{"", func() any {
		type Patient struct {
			Model
			Email string `cell:"seal"`
		}
		return Patient{}
	}, "ID", "bind=row_key"}})

	type Patient struct {
		_ struct{} `cell:"bind=row_key"`
		Model
		Email string `cell:"seal"`
	}
	require.Equal(t, schema.BindRowKey, only(t, must(t, Patient{})).Column("email").Bind.Kind)
}

type Node struct {
	*Node
	*Address
}

// Scoped would separate tenants, if its tag were read.
type Scoped struct {
	_      struct{} `cell:"scope=tenant(clinic)"`
	Clinic UUID
}

func TestTagsThatWouldSilentlyProtectNothing(t *testing.T) {
	const but = "has a cell or search tag but "
	requireRefused(t, []refusal{
		{"a field that is not exported", func() any {
			type Patient struct {
				ID    UUID
				email string `cell:"seal"`
			}
			return Patient{email: ""}
		}, "email", but + "is not exported"},
		{"a search tag alone", func() any {
			type Patient struct {
				ID    UUID
				email string `search:"exact"`
			}
			return Patient{email: ""}
		}, "email", but + "is not exported"},
		{"an empty tag", func() any {
			type Patient struct {
				ID    UUID
				email string `cell:""`
			}
			return Patient{email: ""}
		}, "email", but + "is not exported"},
		{"ignored by GORM", func() any {
			type Patient struct {
				ID    UUID
				Email string `gorm:"-" cell:"seal"`
			}
			return Patient{}
		}, "Email", but + "has no column"},
		{"ignored by GORM and its migrator", func() any {
			type Patient struct {
				ID    UUID
				Email string `gorm:"-:all" cell:"seal"`
			}
			return Patient{}
		}, "Email", but + "has no column"},
		{"ignored by sqlx", func() any {
			type Patient struct {
				ID    UUID
				Email string `db:"-" cell:"seal"`
			}
			return Patient{}
		}, "Email", but + "has no column"},
		{"an embedded pointer with a tag", func() any {
			type Patient struct {
				ID     UUID
				*Keyed `cell:"seal,json"`
			}
			return Patient{}
		}, "Keyed", but + "is an embedded pointer, which may be nil: embed the struct itself"},
		{"inside an embedded pointer", func() any {
			type Patient struct {
				ID UUID
				*Address
			}
			return Patient{}
		}, "Street", but + "is in a field that is an embedded pointer, which may be nil: embed the struct itself"},
		{"inside a pointer that GORM embeds", func() any {
			type Patient struct {
				ID   UUID
				Home *Address `gorm:"embedded"`
			}
			return Patient{}
		}, "Street", but + "is in a field that is an embedded pointer, which may be nil: embed the struct itself"},
		{"inside pointers that go round in circles", func() any {
			type Patient struct {
				ID UUID
				Node
			}
			return Patient{}
		}, "Street", but + "is in a field that is an embedded pointer, which may be nil: embed the struct itself"},
		{"inside an embedded field that is not exported", func() any {
			type Patient struct {
				ID   UUID
				home Address `gorm:"embedded"`
			}
			return Patient{home: Address{}}
		}, "Street", but + "is in a field that is not exported"},
		{"inside an embedded struct that GORM ignores", func() any {
			type Patient struct {
				ID      UUID
				Address `gorm:"-"`
			}
			return Patient{}
		}, "Street", but + "is in a field that has no column"},
		{"on an embedded struct", func() any {
			type Patient struct {
				Keyed `cell:"seal,json"`
			}
			return Patient{}
		}, "Keyed", but + "is embedded, so its fields are the columns: tag those, or give it a name to protect it as a whole"},
		{"on the _ of an embedded struct", func() any {
			type Patient struct {
				Keyed
				Scoped
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "_", but + "is the _ field of an embedded struct, which is not read: write it on the _ field of the model"},
	})
}

func TestAHiddenFieldIsNothingToProtect(t *testing.T) {
	type Patient struct {
		ID      UUID
		Email   ormhooks.Sealed[string] `cell:"seal" search:"exact"`
		EmailEq ormhooks.Hidden         `db:"email__eq" cell:"seal"`
	}
	_, err := ormhooks.NewSchema(Patient{})
	require.EqualError(t, err, "cellseal: Patient.EmailEq: has a cell or search tag but is no column")
}

func TestTagsOfEveryBlankFieldAreRead(t *testing.T) {
	type Patient struct {
		_     [0]func() // makes == a compile error
		_     struct{}  `cell:"table=people,scope=tenant"`
		_     struct{}  `search:"exact,on=email+phone"`
		_     [0]func()
		ID    UUID
		Email string `cell:"seal"`
		Phone string `cell:"seal"`
	}
	table := only(t, must(t, Patient{}))
	require.Equal(t, "people", table.Name)
	require.Equal(t, "tenant", table.Scope.Kind)
	require.Equal(t, []string{"email_phone__eq"}, hidden(table))
}
