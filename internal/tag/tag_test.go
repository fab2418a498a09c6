package tag

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	for text, want := range map[string][][]Option{
		"seal":                  {{{Name: "seal"}}},
		"seal,pad=256":          {{{Name: "seal"}, {Name: "pad", Value: "256"}}},
		" seal , pad = 256 ":    {{{Name: "seal"}, {Name: "pad", Value: "256"}}},
		"exact,fold;prefix":     {{{Name: "exact"}, {Name: "fold"}}, {{Name: "prefix"}}},
		"last(4)":               {{{Name: "last", Arg: "4"}}},
		"last( 4 )":             {{{Name: "last", Arg: "4"}}},
		"type=numeric(10,2)":    {{{Name: "type", Value: "numeric(10,2)"}}},
		"on=name(fold)+city(a)": {{{Name: "on", Value: "name(fold)+city(a)"}}},
		"exact,unique(where=deleted_at IS NULL),fold": {{{Name: "exact"}, {Name: "unique", Arg: "where=deleted_at IS NULL"}, {Name: "fold"}}},
		"unique(where=a IN (1,2);b)":                  {{{Name: "unique", Arg: "where=a IN (1,2);b"}}},
		"where==a=b":                                  {{{Name: "where", Value: "=a=b"}}},
		"alphabet=hex(0123456789abcdef),keep":         {{{Name: "alphabet", Value: "hex(0123456789abcdef)"}, {Name: "keep"}}},
		"größe":                                       {{{Name: "größe"}}},
		"a(b)(c)":                                     {{{Name: "a", Arg: "b)(c"}}},
	} {
		got, err := Parse(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

func TestParseRefuses(t *testing.T) {
	for text, problem := range map[string]string{
		"": "is no option", " ": "is no option", ",": "is no option", ";": "is no option", "seal,": "is no option", ",seal": "is no option", "seal;": "is no option",
		"a b": "is no option", "a\tb": "is no option", "a\nb=c": "is no option",
		"=": "is no option", "=x": "is no option", "a=": "is no option", "a= ": "is no option", "(x)": "is no option", "a()": "is no option", "a( )": "is no option", "a(b)c": "is no option",
		"a(": "do not pair", "a)": "do not pair", "a)(": "do not pair", "a((b)": "do not pair", "a(b))": "do not pair", "a=b)": "do not pair", "a(b,c;d": "do not pair",
	} {
		got, err := Parse(text)
		require.ErrorContains(t, err, problem, text)
		require.Nil(t, got)
	}
}

func TestAnOptionHasOneSpelling(t *testing.T) {
	for text, want := range map[string]string{
		" seal ,  pad =\t256": "seal,pad=256", "exact , last( 4 ) ;\nprefix": "exact,last(4);prefix", "unique( where = a )": "unique(where = a)",
	} {
		got, err := Parse(text)
		require.NoError(t, err, text)
		require.Equal(t, want, Format(got))
	}
	require.Equal(t, "a", Option{Name: "a"}.String())
	require.Empty(t, Format(nil))
}
