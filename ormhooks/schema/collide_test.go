package schema_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/schema"
)

const own = "is the library's own column: remove the field, or make it an ormhooks.Hidden beside Sealed fields"

func TestColumnsThatMeet(t *testing.T) {
	requireRefused(t, []refusal{
		{"two fields", func() any {
			type Patient struct {
				ID    UUID
				Email string `cell:"seal"`
				Mail  string `db:"email"`
			}
			return Patient{}
		}, "Mail", "two fields have the column email"},
		{"in case alone", func() any {
			type Patient struct {
				ID    UUID
				Email string `cell:"seal"`
				Mail  string `db:"EMail" cell:"seal,name=mail"`
			}
			return Patient{}
		}, "Mail", "two fields have the column EMail"},
		{"by embedding", func() any {
			type Patient struct {
				Keyed
				Address
				Street string `cell:"name=street_name"`
			}
			return Patient{}
		}, "Street", "two fields have the column street"},
		{"in the key tree", func() any {
			type Patient struct {
				ID    UUID
				Email string `cell:"seal"`
				Mail  string `cell:"seal,name=email"`
			}
			return Patient{}
		}, "Mail", "two columns have the logical name email: their keys would be the same: set another with name="},
		{"a plain one with a protected one in the key tree", func() any {
			type Patient struct {
				ID    UUID
				Email string `cell:"seal"`
				Mail  string `cell:"name=email"`
			}
			return Patient{}
		}, "Mail", "two columns have the logical name email"},
	})
}

func TestColumnsThatTakeTheNameOfAHiddenOne(t *testing.T) {
	requireRefused(t, []refusal{
		{"a term", func() any {
			type Patient struct {
				ID      UUID
				Email   string `cell:"seal" search:"exact"`
				EmailEq []byte `db:"email__eq"`
			}
			return Patient{}
		}, "EmailEq", own},
		{"a named term", func() any {
			type Patient struct {
				ID    UUID
				Phone string `cell:"seal" search:"exact,last(5),name=last"`
				Last  string `db:"phone__last" cell:"seal"`
			}
			return Patient{}
		}, "Last", own},
		{"a term in case alone", func() any {
			type Patient struct {
				ID      UUID
				Email   string `cell:"seal" search:"exact"`
				EmailEq []byte `db:"Email__EQ"`
			}
			return Patient{}
		}, "EmailEq", own},
		{"a compound term", func() any {
			type Patient struct {
				_     struct{} `search:"exact,on=email+phone"`
				ID    UUID
				Email string `cell:"seal"`
				Phone string `cell:"seal"`
				Both  []byte `db:"email_phone__eq"`
			}
			return Patient{}
		}, "Both", own},
		{"a token", func() any {
			type Patient struct {
				ID  UUID
				SSN string `cell:"token"`
				Tok []byte `db:"ssn__tok"`
			}
			return Patient{}
		}, "Tok", own},
		{"a key id", func() any {
			type Patient struct {
				ID    UUID
				Phone string `cell:"imprint,alphabet=digits"`
				Kid   int64  `db:"phone__kid"`
			}
			return Patient{}
		}, "Kid", own},
		{"the row key", func() any {
			type Patient struct {
				_     struct{} `cell:"bind=row_key"`
				ID    UUID
				Email string `cell:"seal"`
				Row   []byte `db:"cellseal_row"`
			}
			return Patient{}
		}, "Row", own},
		{"the row key of another binding, in other case", func() any {
			type Patient struct {
				ID    UUID
				Email string `cell:"seal"`
				Row   []byte `db:"CellSeal_Row"`
			}
			return Patient{}
		}, "Row", own},
	})
}

func TestHiddenColumnsThatMeet(t *testing.T) {
	const two = "the library would keep two things in this hidden column: give an index another with name="
	requireRefused(t, []refusal{
		{"two indexes without names", func() any {
			type Patient struct {
				ID    UUID
				Phone string `cell:"seal" search:"exact,digits;exact,last(5)"`
			}
			return Patient{}
		}, "phone__eq", two},
		{"two indexes of one name", func() any {
			type Patient struct {
				ID    UUID
				Phone string `cell:"seal" search:"exact,digits,name=x;exact,last(5),name=X"`
			}
			return Patient{}
		}, "phone__X", two},
		{"a compound index and one of a column that is named as it", func() any {
			type Patient struct {
				_          struct{} `search:"exact,on=email+phone"`
				ID         UUID
				Email      string `cell:"seal"`
				Phone      string `cell:"seal"`
				EmailPhone string `cell:"seal" search:"exact"`
			}
			return Patient{}
		}, "email_phone__eq", two},
		{"a term and a token", func() any {
			type Patient struct {
				ID  UUID
				SSN string `cell:"token" search:"exact,name=tok"`
			}
			return Patient{}
		}, "ssn__tok", two},
	})

	type Patient struct {
		ID    UUID
		Phone string `cell:"seal" search:"exact,digits;exact,last(5),name=last5"`
	}
	require.Equal(t, []string{"phone__eq", "phone__last5"}, hidden(only(t, must(t, Patient{}))))
}

func TestTablesThatMeet(t *testing.T) {
	type Patient struct {
		ID    UUID
		Email string `cell:"seal"`
	}
	type Person struct {
		_     struct{} `cell:"table=patients"`
		ID    UUID
		Phone string `cell:"seal"`
	}
	type Shouted struct {
		_     struct{} `cell:"table=PATIENTS"`
		ID    UUID
		Phone string `cell:"seal"`
	}
	type Archived struct {
		_     struct{} `cell:"table=patients_2025,name=patients"`
		ID    UUID
		Email string `cell:"seal"`
	}
	type Other struct {
		_     struct{} `cell:"table=others,name=patients_2025"`
		ID    UUID
		Email string `cell:"seal"`
	}
	for _, c := range []struct {
		second any
		says   string
	}{
		{Patient{}, "cellseal: Patient: table patients is declared twice: one model declares a table"},
		{&Patient{}, "cellseal: Patient: table patients is declared twice: one model declares a table"},
		{Person{}, "cellseal: Person: table patients is declared twice: one model declares a table"},
		{schema.Table{Name: "patients"}, "cellseal: patients: table patients is declared twice: one model declares a table"},
		{Shouted{}, "cellseal: Shouted: table PATIENTS differs from table patients in case alone, which not every database tells apart"},
		{Archived{}, "cellseal: Archived: has the same logical name as table patients, so their keys would be the same: set another with name="},
	} {
		_, err := schema.New(Patient{}, c.second)
		require.EqualError(t, err, c.says)
	}
	must(t, Patient{}, Other{})
}
