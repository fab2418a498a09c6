package schema_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/schema"
)

// A tag that says nothing would leave its field in clear.
func TestMistypedTags(t *testing.T) {
	for problem, model := range map[string]any{
		"Go cannot read": reflect.Zero(reflect.StructOf([]reflect.StructField{ // vet would not let it be written
			{Name: "ID", Type: reflect.TypeFor[int64]()},
			{Name: "A", Type: reflect.TypeFor[string](), Tag: `cell: "seal"`},
		})).Interface(),
		"did you mean cell": struct {
			_  struct{} `cell:"table=t,bind=id"`
			ID int64
			A  string `cell:"seal"`
			B  string `cel:"seal"`
		}{},
		"did you mean search": struct {
			_  struct{} `cell:"table=t,bind=id"`
			ID int64
			A  string `cell:"seal" serach:"exact"`
		}{},
	} {
		_, err := schema.New(model)
		require.ErrorContains(t, err, problem)
	}
	_, err := schema.New(struct {
		_  struct{} `cell:"table=t,bind=id"`
		ID int64    `db:"id" json:"id,omitempty" tell:"x" shell:"y"`
		A  string   `cell:"seal" gorm:"column:a;comment:it's here" yaml:"a"`
	}{})
	require.ErrorContains(t, err, "tag tell", "one letter from it")
	_, err = schema.New(struct {
		_  struct{} `cell:"table=t,bind=id"`
		ID int64    `db:"id" json:"id,omitempty" shell:"y"`
		A  string   `cell:"seal" gorm:"column:a;comment:it's here" yaml:"a"`
	}{})
	require.NoError(t, err)
}
