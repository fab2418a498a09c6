package schema_test

import (
	"database/sql"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/schema"
)

const advice = "say on the _ field bind=<another column>, bind=row_key (a random column the library keeps) or bind=column (unbound)"

func TestAKeyTheDatabaseAssignsLeavesTheBindingOpen(t *testing.T) {
	const assigned = "a primary key like this is assigned by the database at INSERT, when the row is sealed already: " + advice
	requireRefused(t, []refusal{
		{"an integer named id", func() any {
			type Patient struct {
				ID    int64
				Email string `cell:"seal"`
				Notes string `cell:"seal,compartment=medical"`
			}
			return Patient{}
		}, "ID", assigned + "; or bind=id if the application assigns it"},
		{"an integer by its tag", func() any {
			type Patient struct {
				Number uint `gorm:"primaryKey;column:no" cell:"name=number"`
				Email  string
				Phone  string `cell:"token"`
			}
			return Patient{}
		}, "Number", assigned + "; or bind=number if the application assigns it"},
		{"the id of a compound key, which GORM has assigned", func() any {
			type Patient struct {
				Clinic int64  `gorm:"primaryKey"`
				ID     int64  `gorm:"primaryKey"`
				Email  string `cell:"seal"`
			}
			return Patient{}
		}, "ID", assigned + "; or bind=clinic+id if the application assigns it"},
		{"auto-increment", func() any {
			type Patient struct {
				ID    int64  `gorm:"primaryKey;autoIncrement"`
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "ID", assigned + "; or bind=id if the application assigns it, without its gorm option"},
		{"a default", func() any {
			type Patient struct {
				ID    UUID   `gorm:"primaryKey;default:gen_random_uuid()"`
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "ID", assigned},
		{"a default in a compound key", func() any {
			type Patient struct {
				Clinic UUID   `gorm:"primaryKey"`
				Number UUID   `gorm:"primaryKey;default:gen_random_uuid()"`
				Email  string `cell:"seal"`
			}
			return Patient{}
		}, "Number", assigned},
		{"one column that does not bind itself", func() any {
			type Patient struct {
				ID    int64
				Email string `cell:"seal"`
				Notes string `cell:"seal,compartment=medical,bind=column"`
			}
			return Patient{}
		}, "ID", assigned},
	})
}

func TestEveryIntegerKeyIsTakenForAssigned(t *testing.T) {
	key := func(typ reflect.Type) any {
		return reflect.Zero(reflect.StructOf([]reflect.StructField{
			{Name: "_", PkgPath: "test", Type: reflect.TypeFor[struct{}](), Tag: `cell:"table=t"`},
			{Name: "ID", Type: typ},
			{Name: "Email", Type: reflect.TypeFor[string](), Tag: `cell:"seal"`},
		})).Interface()
	}
	for _, v := range []any{int(0), int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0), uint64(0), level(0)} {
		_, err := schema.New(key(reflect.TypeOf(v)))
		require.ErrorContains(t, err, "ID: a primary key like this is assigned by the database at INSERT", "%T", v)
	}
	for _, v := range []any{"", UUID{}, []byte{}} {
		must(t, key(reflect.TypeOf(v)))
	}
}

func TestWhatTheDatabaseAssignsCannotBeBoundToEither(t *testing.T) {
	const unknown = "the database assigns this column at INSERT, so its value is not known when the row is sealed: " + advice
	requireRefused(t, []refusal{
		{"by the table", func() any {
			type Patient struct {
				_     struct{} `cell:"bind=id"`
				ID    int64    `gorm:"autoIncrement"`
				Email string   `cell:"seal"`
			}
			return Patient{}
		}, "ID", unknown},
		{"by a column", func() any {
			type Patient struct {
				ID     UUID
				Number int64  `gorm:"default:nextval('numbers');column:no" cell:"name=number"`
				Email  string `cell:"seal,compartment=mail,bind=number"`
			}
			return Patient{}
		}, "Number", unknown},
		{"by the scope", func() any {
			type Patient struct {
				_      struct{} `cell:"scope=tenant(clinic)"`
				ID     UUID
				Clinic UUID   `gorm:"default:current_clinic()"`
				Email  string `cell:"seal"`
			}
			return Patient{}
		}, "Clinic", "so the row's scope is not known when it is sealed: have the application assign it"},
	})
}

func TestARowIsIdentifiedByPlainColumnsThatCompareExactly(t *testing.T) {
	const only = "but only integers, UUIDs, bytes and exactly compared text that cannot be NULL identify a row: bind to another column"
	requireRefused(t, []refusal{
		{"a pointer", func() any {
			type Patient struct {
				ID    *UUID
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "Email", "is bound to id, " + only},
		{"sql.Null", func() any {
			type Patient struct {
				ID    sql.Null[int64]
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "Email", "is bound to id, " + only},
		{"float", func() any {
			type Patient struct {
				_      struct{} `cell:"bind=weight"`
				Weight float64
				Email  string `cell:"seal"`
			}
			return Patient{}
		}, "Email", "is bound to weight, " + only},
		{"bool", func() any {
			type Patient struct {
				_     struct{} `cell:"bind=id+alive"`
				ID    UUID
				Alive bool
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "Email", "is bound to alive, " + only},
		{"time", func() any {
			type Patient struct {
				_     struct{} `cell:"bind=born"`
				Born  time.Time
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "Email", "is bound to born, " + only},
		{"decimal", func() any {
			type Patient struct {
				ID    string `cell:"type=numeric(20,0)"`
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "Email", "is bound to id, " + only},
		{"json", func() any {
			type Patient struct {
				ID    string `cell:"type=json"`
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "Email", "is bound to id, " + only},
		{"a type that does not say what it is", func() any {
			type Patient struct {
				ID    unclear
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "Email", `or say what a type of your own is, as cell:"type=uuid"`},
		{"a struct", func() any {
			type Patient struct {
				ID    struct{ A, B int }
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "Email", "is bound to id, " + only},
		{"a protected column", func() any {
			type Patient struct {
				_     struct{} `cell:"bind=ssn"`
				SSN   string   `cell:"token,compartment=ssn,bind=id"`
				ID    UUID
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "Email", "is bound to ssn, which is protected itself: bind to a plain column"},
		{"a missing column", func() any {
			type Patient struct {
				_     struct{} `cell:"bind=idd"`
				ID    UUID
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "Email", "is bound to idd, which is no column of the table"},
		{"a column by the database's name", func() any {
			type Patient struct {
				_     struct{} `cell:"bind=no_2031"`
				ID    UUID     `db:"no_2031" cell:"name=id"`
				Email string   `cell:"seal"`
			}
			return Patient{}
		}, "Email", "is bound to no_2031, which is no column of the table"},
		{"a column twice", func() any {
			type Patient struct {
				_     struct{} `cell:"bind=id+id"`
				ID    UUID
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "Email", "is bound to id twice"},
	})
}

func TestATableWithoutAKeyLeavesTheBindingOpen(t *testing.T) {
	requireRefused(t, []refusal{{"", func() any {
		type Patient struct {
			Number UUID
			Email  string `cell:"seal"`
		}
		return Patient{}
	}, "Email", "it is not known what rows are bound to: " + advice}})
}

func TestACompartmentHasOneBinding(t *testing.T) {
	const two = "has two bindings: columns with a binding of their own need a compartment of their own"
	requireRefused(t, []refusal{
		{"the default one", func() any {
			type Patient struct {
				ID    UUID
				Email string `cell:"seal"`
				Notes string `cell:"seal,bind=row_key"`
			}
			return Patient{}
		}, "Notes", "compartment default " + two},
		{"one of its own", func() any {
			type Patient struct {
				ID     UUID
				Number int64
				Email  string `cell:"seal,compartment=medical,bind=number"`
				Notes  string `cell:"seal,compartment=medical"`
			}
			return Patient{}
		}, "Notes", "compartment medical " + two},
		{"other columns", func() any {
			type Patient struct {
				ID     UUID
				Number int64
				Email  string `cell:"seal,compartment=medical,bind=number"`
				Notes  string `cell:"seal,compartment=medical,bind=number+id"`
			}
			return Patient{}
		}, "Notes", "compartment medical " + two},
	})
}
