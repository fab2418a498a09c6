package schema_test

import "testing"

func TestCompoundIndexesThatAreNotUnderstood(t *testing.T) {
	requireRefused(t, []refusal{
		{"an unknown column", func() any {
			type Patient struct {
				_     struct{} `search:"exact,on=email+fone"`
				ID    UUID
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "fone", "is indexed but is no protected column of the table"},
		{"a plain column", func() any {
			type Patient struct {
				_     struct{} `search:"exact,on=email+city"`
				ID    UUID
				Email string `cell:"seal"`
				City  string
			}
			return Patient{}
		}, "City", "is indexed but is no protected column of the table"},
		{"a column by the database's name", func() any {
			type Patient struct {
				_     struct{} `search:"exact,on=e_mail"`
				ID    UUID
				Email string `db:"e_mail" cell:"seal,name=email"`
			}
			return Patient{}
		}, "Email", "is indexed but is no protected column of the table"},
		{"a column twice", func() any {
			type Patient struct {
				_     struct{} `search:"exact,on=email+email"`
				ID    UUID
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "Email", "is in one index twice"},
		{"no column", func() any {
			type Patient struct {
				_     struct{} `search:"exact,on=(fold)"`
				ID    UUID
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "", "is indexed but is no protected column of the table"},
		{"columns twice", func() any {
			type Patient struct {
				_     struct{} `search:"exact,on=email,on=phone"`
				ID    UUID
				Email string `cell:"seal"`
				Phone string `cell:"seal"`
			}
			return Patient{}
		}, "_", "says on twice"},
		{"an unknown transform", func() any {
			type Patient struct {
				_     struct{} `search:"exact,on=email(fold+lower)"`
				ID    UUID
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "_", `search option "lower": want one of unique`},
		{"transforms as of a single column", func() any {
			type Patient struct {
				_     struct{} `search:"exact,on=email(trim,fold)"`
				ID    UUID
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "_", `search option "trim,fold": want one of unique`},
		{"empty transforms", func() any {
			type Patient struct {
				_     struct{} `search:"exact,on=email()"`
				ID    UUID
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "_", `search option "": want one of unique`},
		{"something behind the transforms", func() any {
			type Patient struct {
				_     struct{} `search:"exact,on=email(fold)x"`
				ID    UUID
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "_", `search option "fold)x": want one of unique`},
		{"transforms of what is no text", func() any {
			type Patient struct {
				_     struct{} `search:"exact,on=email(fold)+age(digits)"`
				ID    UUID
				Email string `cell:"seal"`
				Age   int    `cell:"seal"`
			}
			return Patient{}
		}, "email+age", "column age is int: transforms are for text"},
		{"JSON", func() any {
			type Patient struct {
				_     struct{} `search:"exact,on=email+tags"`
				ID    UUID
				Email string   `cell:"seal"`
				Tags  []string `cell:"seal,json"`
			}
			return Patient{}
		}, "email+tags", "column tags is JSON, which has many spellings of one value: index a column of its own"},
	})
}

func TestIndexesOnTypesThatHaveNone(t *testing.T) {
	requireRefused(t, []refusal{
		{"transforms of a number", func() any {
			type Patient struct {
				ID  UUID
				Age int `cell:"seal" search:"exact,digits"`
			}
			return Patient{}
		}, "Age", "column age is int: transforms are for text"},
		{"transforms of bytes", func() any {
			type Patient struct {
				ID   UUID
				Scan []byte `cell:"seal" search:"exact,fold"`
			}
			return Patient{}
		}, "Scan", "column scan is bytes: transforms are for text"},
		{"JSON", func() any {
			type Patient struct {
				ID   UUID
				Tags []string `cell:"seal,json" search:"exact"`
			}
			return Patient{}
		}, "Tags", "column tags is JSON"},
	})
}
