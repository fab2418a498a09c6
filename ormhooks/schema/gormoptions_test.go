package schema_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/schema"
)

func TestGORMOptionsThatWouldActOnTheCell(t *testing.T) {
	for option, c := range map[string]struct{ named, instead string }{
		"uniqueIndex":             {"uniqueindex", `use search:"exact,…,unique"`},
		"uniqueIndex:idx_email":   {"uniqueindex", `use search:"exact,…,unique"`},
		"UNIQUEINDEX":             {"uniqueindex", `use search:"exact,…,unique"`},
		"unique":                  {"unique", `use search:"exact,…,unique"`},
		"index":                   {"index", `use search:"exact,…"`},
		"index:,sort:desc":        {"index", `use search:"exact,…"`},
		"size:64; Index":          {"index", `use search:"exact,…"`},
		"check:email <> ''":       {"check", "use a check in the application, as the server cannot see the value"},
		"default:nobody@x.org":    {"default", "use a default set by the application, as the server cannot seal one"},
		"serializer:json":         {"serializer", "use the option json, or a type with its own Valuer and Scanner"},
		"not null;serializer:gob": {"serializer", "use the option json, or a type with its own Valuer and Scanner"},
	} {
		for _, mode := range []string{"seal", "token", "imprint"} {
			_, err := schema.New(gormModel(option, mode))
			require.EqualError(t, err, "cellseal: anonymous struct.Value: gorm option "+c.named+" would act on the encrypted value: "+c.instead, option)
		}
		must(t, gormModel(option, "name=value")) // a plain column has them all
	}
}

// gormModel has a column with a gorm tag and a cell tag.
func gormModel(option, cell string) any {
	return reflect.Zero(reflect.StructOf([]reflect.StructField{
		{Name: "_", PkgPath: "test", Type: reflect.TypeFor[struct{}](), Tag: `cell:"table=t"`},
		{Name: "ID", Type: reflect.TypeFor[UUID]()},
		{Name: "Value", Type: reflect.TypeFor[string](), Tag: reflect.StructTag(`gorm:"` + option + `" ` + cellTag(cell))},
	})).Interface()
}

func TestGORMOptionsThatDoNotMatter(t *testing.T) {
	for _, option := range []string{"not null", "comment:indexed elsewhere", "<-:create", "column:value", ""} {
		must(t, gormModel(option, "seal"))
	}
}

func TestAProtectedPrimaryKey(t *testing.T) {
	_, err := schema.New(gormModel("primaryKey", "seal"))
	require.ErrorContains(t, err, "gorm option primarykey would act on the encrypted value: use an unprotected key")
	_, err = schema.New(gormModel("primary_key", "seal"))
	require.ErrorContains(t, err, "gorm option primary_key would act on the encrypted value: use an unprotected key")

	requireRefused(t, []refusal{{"by its name", func() any {
		type Patient struct {
			ID UUID `cell:"seal"`
		}
		return Patient{}
	}, "ID", "is bound to id, which is protected itself: bind to a plain column"}})
}

// GORM takes a slice for a relation unless it has a serializer; the door seals the JSON
// text that this one gives.
func TestGORMsJSONBesideTheOptionJSON(t *testing.T) {
	must(t, gormModel("serializer:json", "seal,json"))
	for option, cell := range map[string]string{"serializer:gob": "seal,json", "serializer:unixtime": "seal,type=int"} {
		_, err := schema.New(gormModel(option, cell))
		require.ErrorContains(t, err, "gorm option serializer would act on the encrypted value", option)
	}
}

func TestATableKnowsItsModel(t *testing.T) {
	type Patient struct {
		ID    UUID
		Email string `cell:"seal"`
	}
	s := must(t, &Patient{}, schema.Table{Name: "literal"})
	require.Equal(t, reflect.TypeFor[Patient](), s.Table("patients").Model)
	require.Nil(t, s.Table("literal").Model)
}
