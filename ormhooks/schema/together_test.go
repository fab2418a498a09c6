package schema_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Wrong has a bit of everything wrong, in two models and a literal.
func wrong() []any {
	type Patient struct {
		ID      int64
		Email   string   `gorm:"unique;index;default:x" cell:"seal,padd=9" search:"exact,lower;bloom"`
		phone   string   `cell:"seal"`
		Channel chan int `cell:"seal"`
		Plain   string   `search:"exact"`
	}
	type Visit struct {
		_     struct{} `cell:"table=v-isits,scope=my-tenant(clinic)"`
		ID    UUID
		Email string `cell:"token,pad=9"`
	}
	return []any{
		Patient{phone: ""}, Visit{}, 7,
		schema.Table{Name: "v-isits", Columns: []*schema.Column{{Name: "a", Mode: "x", Type: "y"}, {Name: "b", Mode: "seal"}}},
	}
}

func TestEverythingWrongIsSaidAtOnceAndAlwaysAlike(t *testing.T) {
	const want = `cellseal: Patient.phone: has a cell or search tag but is not exported
cellseal: Patient.Email: unknown option "padd=9": want one of name=, compartment=, bind=, type=, pad=, alphabet=, keep, consistent, text, json
cellseal: Patient.Email: search option "lower": want one of unique, unique(column), unique(where=condition), name=, bits=, scope=none, leaks=frequency, leaks=equality, by=, bound=, or a transform: unknown transform "lower": this version has trim, space, fold, email, digits, alnum, first(n) and last(n) with n from 1 to 64
cellseal: Patient.Email: index kind "bloom": want one of exact, smoothed, words, substring, fuzzy, range, prefix, suffix, sum, join=group
cellseal: Patient.Email: gorm option default would act on the encrypted value: use a default set by the application, as the server cannot seal one
cellseal: Patient.Email: gorm option index would act on the encrypted value: use search:"exact,…"
cellseal: Patient.Email: gorm option unique would act on the encrypted value: use search:"exact,…,unique"
cellseal: Patient.Channel: a Go chan int cannot be stored
cellseal: Patient.Plain: has a search tag but is not protected: add a cell tag, or an ordinary index of the database
cellseal: Patient.ID: a primary key like this is assigned by the database at INSERT, when the row is sealed already: say on the _ field bind=<another column>, bind=row_key (a random column the library keeps) or bind=column (unbound); or bind=id if the application assigns it
cellseal: Visit: logical table name "v-isits": want A-Z a-z 0-9 _; set one with name=
cellseal: Visit.Email: pad is for seal: a token's ciphertext and an imprint keep the length
cellseal: Visit: scope kind "my-tenant": want A-Z a-z 0-9 _
cellseal: Visit: scope column clinic: want a field of that name, and a plain integer, UUID or text column that cannot be NULL
cellseal: int: is no model: want a struct, a pointer to one, or a schema.Table
cellseal: v-isits: logical table name "v-isits": want A-Z a-z 0-9 _; set one with name=
cellseal: v-isits.a: type=y: want text, bytes, bool, int, uint, float32, float64, time, uuid, decimal, json, numeric(p,s), timestamp(p) or varchar(n)
cellseal: v-isits.a: mode "x": want seal, token or imprint
cellseal: v-isits.b: has no type: say text, int, or another of the tag type=
cellseal: v-isits.a: it is not known what rows are bound to: say on the _ field bind=<another column>, bind=row_key (a random column the library keeps) or bind=column (unbound)
cellseal: v-isits: table v-isits is declared twice: one model declares a table`
	for range 100 {
		_, err := ormhooks.NewSchema(wrong()...)
		require.EqualError(t, err, want)
	}
	_, err := schema.New(wrong()...)
	require.Len(t, problems(t, err), 1+strings.Count(want, "\n"))
}

// One problem does not hide the next of its kind.
func TestProblemsOfOneKindAreAllSaid(t *testing.T) {
	_, err := schema.New(schema.Table{Name: "t", Columns: []*schema.Column{
		nil, {Type: "int"},
		{Name: "a", Mode: schema.ModeSeal, Type: "text", Bind: schema.Binding{Kind: schema.BindRowKey}},
		{Name: "b", Mode: schema.ModeSeal, Type: "text", Bind: schema.Binding{Kind: schema.BindNothing}},
		{Name: "c", Mode: schema.ModeSeal, Type: "text", Bind: schema.Binding{Kind: schema.BindNothing}},
	}, Indexes: []*schema.Index{nil, {Kind: "x"}, nil}})
	require.EqualError(t, err, `cellseal: t: has a column without a name
cellseal: t: has a column without a name
cellseal: t.b: compartment default has two bindings: columns with a binding of their own need a compartment of their own
cellseal: t.c: compartment default has two bindings: columns with a binding of their own need a compartment of their own
cellseal: t: has an index that is nil
cellseal: t: index kind "x": this version builds exact, smoothed, join, sum, words, substring, fuzzy and sorted
cellseal: t: has an index that is nil`)
}

func TestTablesOfOneLogicalNameAreReportedInOrder(t *testing.T) {
	table := func(name string) schema.Table { return schema.Table{Name: name, Logical: "same"} }
	for range 100 {
		_, err := schema.New(table("c"), table("b"), table("a"))
		require.EqualError(t, err, `cellseal: b: has the same logical name as table c, so their keys would be the same: set another with name=
cellseal: a: has the same logical name as table b, so their keys would be the same: set another with name=
cellseal: a: has the same logical name as table c, so their keys would be the same: set another with name=`)
	}
}

func TestOutputDoesNotDependOnMapOrderOrOnTheOrderOfModels(t *testing.T) {
	first := must(t, RichPatient{}, RichVisit{})
	require.Equal(t, "patients_2031", slices.Collect(first.Tables())[0].Name)
	for range 100 {
		for _, models := range [][]any{{RichPatient{}, RichVisit{}}, {RichVisit{}, RichPatient{}}} {
			again := must(t, models...)
			require.Equal(t, slices.Collect(first.Tables()), slices.Collect(again.Tables()))
			require.Equal(t, first.Leakage(), again.Leakage())
			require.Equal(t, first.Lock(), again.Lock())
		}
	}
}

func TestTablesCanBeLeftEarly(t *testing.T) {
	s := must(t, RichPatient{}, RichVisit{})
	for table := range s.Tables() {
		require.Equal(t, "patients_2031", table.Name)
		break
	}
	for name := range s.Table("patients_2031").Hidden() {
		require.Equal(t, "ssn__tok", name)
		break
	}
	var all []string
	for name := range s.Table("patients_2031").Hidden() {
		if all = append(all, name); name == "alive__eq" {
			break
		}
	}
	require.Equal(t, []string{"ssn__tok", "phone__kid", "locker__kid", "surname_born__person", "email__eq", "email__start", "phone__eq", "debt__eq", "alive__eq"}, all)
}
