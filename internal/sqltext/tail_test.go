package sqltext

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The clauses that callers take out of a query, and what they say.
func TestClausesOfAQuery(t *testing.T) {
	for _, c := range []struct {
		d                           Dialect
		text, quantifier, group, by string
		cuts                        []string
		count, offset               string
	}{
		{PostgreSQL, "SELECT DISTINCT a FROM t GROUP BY a, b ORDER BY a DESC NULLS LAST, b LIMIT 3 OFFSET $1 FOR UPDATE", "DISTINCT", "GROUP BY a, b", "ORDER BY a DESC NULLS LAST, b", []string{"LIMIT 3", "OFFSET $1"}, "3", "$1"},
		{PostgreSQL, "SELECT DISTINCT ON (a) a FROM t OFFSET 2 ROWS FETCH NEXT 4 ROWS ONLY", "DISTINCT ON (a)", "", "", []string{"OFFSET 2 ROWS", "FETCH NEXT 4 ROWS ONLY"}, "4", "2"},
		{PostgreSQL, "SELECT a FROM t LIMIT ALL", "", "", "", []string{"LIMIT ALL"}, "", ""},
		{MySQL, "SELECT DISTINCTROW a FROM t GROUP BY a DESC WITH ROLLUP LIMIT ?, 5 LOCK IN SHARE MODE", "DISTINCTROW", "GROUP BY a DESC WITH ROLLUP", "", []string{"LIMIT ?, 5"}, "5", "?"},
		{SQLite, "SELECT ALL a FROM t ORDER BY 1 COLLATE NOCASE ASC NULLS FIRST LIMIT 5 OFFSET 6;", "", "", "ORDER BY 1 COLLATE NOCASE ASC NULLS FIRST", []string{"LIMIT 5 OFFSET 6"}, "5", "6"},
	} {
		p, err := Parse(c.d, Options{}, c.text)
		require.NoError(t, err, c.text)
		q := p.Statement.(*Query)
		at := func(s Span) string { return c.text[s.Pos:s.End] }
		require.Equal(t, c.quantifier, at(q.Arms[0].Quantifier), c.text)
		require.Equal(t, c.group, at(q.Arms[0].Grouping), c.text)
		require.Equal(t, c.by, at(q.Sorting), c.text)
		count, offset, cuts := "", "", []string(nil)
		for _, cut := range q.Cuts {
			cuts = append(cuts, at(cut.Span))
			if cut.Count != nil {
				count = at(cut.Count.At())
			}
			if cut.Offset != nil {
				offset = at(cut.Offset.At())
			}
		}
		require.Equal(t, c.cuts, cuts, c.text)
		require.Equal(t, []string{c.count, c.offset}, []string{count, offset}, c.text)
	}
	p, err := Parse(PostgreSQL, Options{}, "SELECT a FROM t ORDER BY a DESC, b NULLS FIRST, c USING < FETCH FIRST ROW WITH TIES")
	require.NoError(t, err)
	q := p.Statement.(*Query)
	require.True(t, q.OrderBy[0].Desc)
	require.Equal(t, "FIRST", q.OrderBy[1].Nulls)
	require.True(t, q.OrderBy[2].Using)
	require.True(t, q.Cuts[0].One)
	require.True(t, q.Cuts[0].Ties)
}
