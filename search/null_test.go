package search_test

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search"
)

func TestWhatHasNoTerm(t *testing.T) {
	ring := fixedRing(t)
	trim := index(t, ring, search.Exact("name", search.Trim, search.Fold), search.Options{})
	digits := index(t, ring, search.Exact("phone", search.Digits), search.Options{})
	plain := index(t, ring, search.Exact("mrn"), search.Options{})
	unique := index(t, ring, search.Exact("email", search.Email), search.Options{Unique: true, PinnedKey: otherKey})
	pair := index(t, ring, search.ExactTuple(search.Column{Name: "name", Transforms: []search.Transform{search.Trim}}, search.Column{Name: "city"}), search.Options{})
	for name, c := range map[string]struct {
		x      *search.Index
		values []any
		column string
	}{
		"NULL":                         {plain, []any{nil}, "mrn"},
		"nil pointer":                  {plain, []any{(*string)(nil)}, "mrn"},
		"nil bytes":                    {plain, []any{[]byte(nil)}, "mrn"},
		"sql.Null":                     {plain, []any{sql.NullString{String: "a"}}, "mrn"},
		"NULL through transforms":      {trim, []any{nil}, "name"},
		"trimmed away":                 {trim, []any{" \t "}, "name"},
		"empty":                        {trim, []any{""}, "name"},
		"no digit":                     {digits, []any{"unknown"}, "phone"},
		"NULL, unique":                 {unique, []any{nil}, "email"},
		"empty, unique":                {unique, []any{" "}, "email"},
		"first of two NULL":            {pair, []any{nil, "Cork"}, "name"},
		"second of two NULL":           {pair, []any{"Ann", nil}, "city"},
		"both NULL":                    {pair, []any{nil, nil}, "name"},
		"first of two empty":           {pair, []any{" ", "Cork"}, "name"},
		"first empty, the second NULL": {pair, []any{"", nil}, "name"},
	} {
		stored, err := c.x.Term(c.values...)
		require.NoError(t, err, name)
		require.Nil(t, stored, name)

		terms, err := c.x.Match(c.values...)
		var value *search.ValueError
		require.ErrorAs(t, err, &value, name)
		require.Equal(t, c.column, value.Column, name)
		require.ErrorContains(t, err, "IS NULL")
		require.Nil(t, terms, name)
	}
}

// "" is a value where no transform says otherwise, and not NULL.
func TestTheEmptyValueHasATerm(t *testing.T) {
	ring := fixedRing(t)
	text := index(t, ring, search.Exact("mrn"), search.Options{})
	require.Len(t, term(t, text, ""), 8)
	require.Contains(t, match(t, text, []byte{}), term(t, text, ""))
	require.NotEqual(t, term(t, text, ""), term(t, text, "\x00"))

	bytes := index(t, ring, search.Exact("mrn"), search.Options{Types: []search.Type{search.Bytes}})
	require.Len(t, term(t, bytes, []byte{}), 8)

	pair := index(t, ring, search.ExactTuple(search.Column{Name: "a"}, search.Column{Name: "b"}), search.Options{})
	require.NotEqual(t, term(t, pair, "", "x"), term(t, pair, "x", ""))
	require.Len(t, term(t, pair, "", ""), 8)
}

// A NULL in one column does not hide that another holds what it cannot.
func TestErrorsComeBeforeNull(t *testing.T) {
	pair := index(t, fixedRing(t), search.ExactTuple(search.Column{Name: "a"}, search.Column{Name: "b"}),
		search.Options{Types: []search.Type{search.Text, search.Int}})
	_, err := pair.Term(nil, "no int")
	var value *search.ValueError
	require.ErrorAs(t, err, &value)
	require.Equal(t, "b", value.Column)
	require.EqualError(t, err, "cellseal/search: b: a Go string is no int")
}
