package schema_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/schema"
)

const frequency = "shows how often each of them occurs to whoever reads the table, who can then guess which is which: take a smoothed index in its place (of whole values), make it unique, combine it with other columns, or accept it (AcceptFrequencyLeak; leaks=frequency in a tag)"

func TestFewValuesInAnIndexAreToBeAcknowledged(t *testing.T) {
	for name, c := range map[string]struct {
		model any
		field string
		about string
	}{
		"a bool":                        {tagged[bool](`cell:"seal" search:"exact"`), "Value", "about 2^1 different"},
		"a byte":                        {tagged[uint8](`cell:"seal" search:"exact"`), "Value", "about 2^8 different"},
		"a small number":                {tagged[*int16](`cell:"seal" search:"exact"`), "Value", "about 2^16 different"},
		"a short number":                {tagged[string](`cell:"seal,type=numeric(3,1)" search:"exact"`), "Value", "about 2^11 different"},
		"a short text":                  {tagged[string](`cell:"seal,type=varchar(4)" search:"exact"`), "Value", "about 2^21 different"},
		"a suffix":                      {tagged[string](`cell:"seal" search:"exact,last(4)"`), "Value", "about 2^21 different"},
		"a short text's shorter prefix": {tagged[string](`cell:"seal,type=varchar(3)" search:"exact,first(4)"`), "Value", "about 2^16 different"},
		"several of them together": {func() any {
			type Patient struct {
				_     struct{} `search:"exact,on=alive+sex+ward"`
				ID    UUID
				Alive bool   `cell:"seal"`
				Sex   string `cell:"seal,type=varchar(1)"`
				Ward  string `cell:"seal,type=numeric(2,0)"`
			}
			return Patient{}
		}(), "alive+sex+ward", "about 2^14 different"},
	} {
		_, err := schema.New(c.model)
		found := problems(t, err)
		require.Len(t, found, 1, name)
		require.Equal(t, c.field, found[0].Field, name)
		require.Contains(t, found[0].Problem, c.about, name)
		require.Contains(t, found[0].Problem, frequency, name)
	}
}

func TestWhatMakesFewValuesAcceptable(t *testing.T) {
	for _, model := range []any{
		tagged[bool](`cell:"seal" search:"exact,leaks=frequency"`),
		tagged[string](`cell:"seal,type=varchar(4)" search:"exact,unique"`),
		tagged[string](`cell:"seal,type=varchar(5)" search:"exact"`),
		tagged[string](`cell:"seal,type=numeric(8,0)" search:"exact"`),
		tagged[string](`cell:"seal" search:"exact,last(5)"`),
		tagged[string](`cell:"seal" search:"exact,last(4),unique(id),leaks=frequency"`),
	} {
		must(t, model)
	}
	type Patient struct {
		_     struct{} `search:"exact,on=alive+ward;exact,on=ward+city,name=x;exact,on=alive+name,name=y"`
		ID    UUID
		Alive bool   `cell:"seal"`
		Ward  string `cell:"seal,type=varchar(5)"`
		City  string `cell:"seal,type=varchar(2)"`
		Name  string `cell:"seal"`
	}
	must(t, Patient{})
}

// Rows outside the constraint can hold equal terms, and then show it.
func TestAConstraintOverSomeRowsShowsEqualValues(t *testing.T) {
	const hides, shows = "nothing beyond the number of rows", "which rows hold equal values, and how often each value occurs"
	type Patient struct {
		_      struct{} `cell:"scope=tenant(clinic)"`
		ID     UUID
		Clinic UUID
		Email  string `cell:"seal" search:"exact,unique;exact,name=shared;exact,unique(clinic),name=local;exact,unique(clinic),scope=none,name=global;exact,unique(id),name=id;exact,unique(clinic),unique(where=deleted IS NULL),name=alive"`
	}
	want := map[string]string{
		"email__eq": hides, "email__shared": shows, "email__local": hides, "email__global": shows, "email__id": shows, "email__alive": shows,
	}
	for _, leak := range must(t, Patient{}).Leakage() {
		if leak.What != "email" {
			require.Equal(t, want[leak.What], leak.AtRest, leak.What)
			delete(want, leak.What)
		}
	}
	require.Empty(t, want)
}
