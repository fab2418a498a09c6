package schema_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// searched declares a protected text column with a search tag.
func searched(tag string) any { return tagged[string](`cell:"seal" search:"` + tag + `"`) }

func TestTransformsApplyAsWritten(t *testing.T) {
	for tag, want := range map[string]string{
		"exact":                       "i:value/exact",
		"exact,trim,fold":             "i:value/exact/trim.v1+fold.v1",
		"exact,fold,trim":             "i:value/exact/fold.v1+trim.v1",
		"exact,email":                 "i:value/exact/email.v1",
		"exact, space , alnum":        "i:value/exact/space.v1+alnum.v1",
		"exact,digits,last(8)":        "i:value/exact/digits.v1+last(8).v1",
		"exact,first(64)":             "i:value/exact/first(64).v1",
		"exact,unique,fold,bits=256":  "i:value/exact/fold.v1",
		"exact,name=x,fold,bits=99":   "i:value/exact/fold.v1",
		"exact,trim,fold,trim,unique": "i:value/exact/trim.v1+fold.v1+trim.v1",
	} {
		require.EqualValues(t, want, only(t, must(t, searched(tag))).Indexes[0].Label(), tag)
	}
}

func TestIndexOptionsSayWhatTheySay(t *testing.T) {
	for tag, want := range map[string]schema.Index{
		"exact":                              {Name: "eq"},
		"exact,unique":                       {Name: "eq", Unique: true},
		"exact,name=mail":                    {Name: "mail"},
		"exact,bits=24":                      {Name: "eq", Bits: 24},
		"exact,last(4),leaks=frequency":      {Name: "eq", AcceptFrequencyLeak: true},
		"exact,unique(id)":                   {Name: "eq", Unique: true, UniqueWith: []string{"id"}},
		"exact,unique(where=id IS NOT NULL)": {Name: "eq", Unique: true, UniqueWhere: "id IS NOT NULL"},
		"exact,unique(where=a IN (1,2); b)":  {Name: "eq", Unique: true, UniqueWhere: "a IN (1,2); b"},
		"exact,unique(id),unique(where=a=1)": {Name: "eq", Unique: true, UniqueWith: []string{"id"}, UniqueWhere: "a=1"},
	} {
		x := only(t, must(t, searched(tag))).Indexes[0]
		require.Equal(t, want, schema.Index{
			Name: x.Name, Unique: x.Unique, UniqueWith: x.UniqueWith, UniqueWhere: x.UniqueWhere, Bits: x.Bits, AcceptFrequencyLeak: x.AcceptFrequencyLeak,
		}, tag)
		require.Equal(t, "value__"+want.Name, x.Hidden())
		require.Equal(t, search.Options{Types: []search.Type{search.Text}, Unique: want.Unique, Bits: want.Bits, AcceptFrequencyLeak: want.AcceptFrequencyLeak}, x.Options())
	}
}

func TestIndexesHaveTheirColumnsTypes(t *testing.T) {
	type Patient struct {
		_      struct{} `search:"exact,on=name(fold+trim)+born+weight+city(last(4))"`
		ID     UUID
		Name   string  `cell:"seal"`
		Born   date    `cell:"seal" search:"exact"`
		Weight string  `cell:"seal,type=numeric(20,2)" search:"exact"`
		City   *string `cell:"token"`
	}
	table := only(t, must(t, Patient{}))
	require.Equal(t, []string{"name_born_weight_city__eq", "born__eq", "weight__eq"}, []string{table.Indexes[0].Hidden(), table.Indexes[1].Hidden(), table.Indexes[2].Hidden()})
	require.Equal(t, search.ExactTuple(
		search.Column{Name: "name", Transforms: []search.Transform{search.Fold, search.Trim}},
		search.Column{Name: "born"}, search.Column{Name: "weight"},
		search.Column{Name: "city", Transforms: []search.Transform{search.Last(4)}},
	), table.Indexes[0].Label())
	require.Equal(t, []search.Type{search.Text, search.Time, search.Decimal, search.Text}, table.Indexes[0].Options().Types)
	require.Equal(t, []search.Type{search.Time}, table.Indexes[1].Options().Types)
	require.Equal(t, []*schema.Column{table.Column("name"), table.Column("born"), table.Column("weight"), table.Column("city")}, table.Indexes[0].Protected())
}

func TestSearchTagsThatAreNotUnderstood(t *testing.T) {
	const known = "want one of unique, unique(column), unique(where=condition), name=, bits=, scope=none, leaks=frequency, leaks=equality, by=, bound=, or a transform: "
	for tag, says := range map[string]string{
		"":                         `tag search: "" is no option`,
		"exact;":                   `tag search: "" is no option`,
		"exact,":                   `tag search: "" is no option`,
		"exact,unique(":            "parentheses do not pair",
		"sorted":                   `the kind sorted is written range, prefix or suffix`,
		"bloom":                    `index kind "bloom": want one of exact, smoothed, words, substring, fuzzy, range, prefix, suffix, sum, join=group`,
		"Exact":                    `index kind "Exact": did you mean exact? want one of exact,`,
		"fold,exact":               `a search tag begins with its kind, as exact, and not with "fold"`,
		"last(4),exact":            `a search tag begins with its kind, as exact, and not with "last(4)"`,
		"unique(id),exact":         `a search tag begins with its kind, as exact, and not with "unique(id)"`,
		"bits=9,exact":             `a search tag begins with its kind, as exact, and not with "bits=9"`,
		"exact=yes":                `a search tag begins with its kind, as exact, and not with "exact=yes"`,
		"exact,lower":              `search option "lower": ` + known + `unknown transform "lower": this version has trim, space, fold, email, digits, alnum, first(n) and last(n)`,
		"exact,fold.v1":            `search option "fold.v1": ` + known,
		"exact,last":               `search option "last": ` + known,
		"exact,last(0)":            `search option "last(0)": ` + known,
		"exact,last(65)":           `search option "last(65)": ` + known,
		"exact,trim(4)":            `search option "trim(4)": ` + known,
		"exact,exact":              `search option "exact" is an index of its own: separate indexes with ;, as search:"exact;words"`,
		"words,substring":          `search option "substring" is an index of its own: separate indexes with ;`,
		"words,folded":             `or a transform: unknown transform "folded": this version has trim,`,
		"substrings":               `index kind "substrings": did you mean substring? want one of exact, smoothed, words,`,
		"joins=email":              `begins with its kind, as exact, and not with "joins=email": did you mean join=email?`,
		"exact,leak=equality":      `unknown option "leak=equality": did you mean leaks=equality? want one of unique,`,
		"exact,uniq":               `search option "uniq": ` + known,
		"exact,leaks":              `search option "leaks": ` + known,
		"exact,leaks=all":          `unknown option "leaks=all": want one of unique,`,
		"exact,scope=tenant":       `unknown option "scope=tenant": want one of unique,`,
		"exact,fold=yes":           `unknown option "fold=yes": want one of unique,`,
		"exact,unique=id":          `unknown option "unique=id": want one of unique,`,
		"exact,on=value":           `unknown option "on=value": want one of unique,`,
		"exact,bits=0":             "bits wants 1 to 256",
		"exact,bits=99999999999":   "bits",
		"exact,bits=many":          "bits wants 1 to 256",
		"exact,bits=-1":            "-1 bits: want 1 to 256, or 0 for 64",
		"exact,bits=257":           "257 bits: want 1 to 256, or 0 for 64",
		"exact,unique,bits=24":     "a unique index has terms of 256 bits: leave Bits out",
		"exact,bits=24,bits=32":    "says bits twice",
		"exact,name=a,name=b":      "says name twice",
		"exact,unique(where=)":     "unique(where=…) wants one condition: join several with AND",
		"exact,unique(where= )":    "unique(where=…) wants one condition: join several with AND",
		"exact,unique(nobody)":     "unique(nobody): want a plain column of the table",
		"exact,unique(value)":      "unique(value): want a plain column of the table",
		"exact,unique(id,nobody)":  "unique(id,nobody): want a plain column of the table",
		"exact,scope=none":         "scope=none is for a table with a scope",
		"exact,unique,scope=none":  "scope=none is for a table with a scope",
		"exact,last(4)":            "a non-unique index over about 2^21 different values shows how often each of them occurs to whoever reads the table",
		"exact,digits,last(7)":     "a non-unique index over about 2^23 different values",
		"exact,last(4),unique(id)": "rows outside the constraint can hold equal values: a non-unique index over about 2^21 different values",
		"exact,last(4),unique(where=id IS NOT NULL)": "rows outside the constraint can hold equal values",

		"exact,unique(where=a),unique(where=b)": "unique(where=…) wants one condition: join several with AND",
	} {
		t.Run(tag, func(t *testing.T) {
			_, err := schema.New(searched(tag))
			found := problems(t, err)
			require.Len(t, found, 1, "%v", err)
			require.Equal(t, "Value", found[0].Field)
			require.Contains(t, found[0].Problem, says)
		})
	}
}

func TestSearchOnAColumnThatIsNotProtected(t *testing.T) {
	const says = "has a search tag but is not protected: add a cell tag, or an ordinary index of the database"
	for _, tag := range []string{`search:"exact"`, `cell:"name=value" search:"exact;exact,name=x"`} {
		_, err := schema.New(tagged[string](tag))
		require.EqualError(t, err, "cellseal: anonymous struct.Value: "+says)
	}
	_, err := schema.New(tagged[string](`cell:"" search:"exact"`))
	require.Len(t, problems(t, err), 1, "a broken cell tag is trouble enough")
}
