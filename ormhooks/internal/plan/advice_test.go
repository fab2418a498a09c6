package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/internal/plan/plantest"
)

// What a refusal says to write in place of the statement.
func TestAdvice(t *testing.T) {
	const fold = "this server has no ILIKE: write LIKE, and add fold to the index that answers it"
	for _, c := range []struct{ dialect, statement, column, instead string }{
		{"sqlite", "SELECT id FROM docs WHERE memo ILIKE '%abc%'", "", fold},
		{"mysql", "SELECT id FROM docs WHERE memo NOT ILIKE '%abc%'", "", fold},
		{"pg", "SELECT id FROM docs WHERE cellseal_mach(memo, 'n')", "", "did you mean cellseal_match?"},
		{"pg", "SELECT id FROM docs WHERE NOT cellseal_naer(memo, 'n')", "", "did you mean cellseal_near?"},
		{"pg", "SELECT id FROM docs WHERE cellseal_match('n', memo)", "docs.memo", "write cellseal_match(memo, ?)"},
		{"pg", "SELECT id FROM docs WHERE cellseal_match(memo)", "", "write cellseal_match(column, ?)"},
		{"pg", "SELECT id FROM visits WHERE remark LIKE '%'", "visits.remark", "write remark IS NOT NULL"},
		{"pg", "SELECT id FROM visits WHERE remark LIKE '%a'", "visits.remark", `add search:"substring" for patterns with 3 characters in a row, "prefix" for 'x%', or "suffix" for '%x' to its tag; transforms, as fold, say how its values compare`},
	} {
		_, err := analyse(t, c.dialect, c.statement)
		refused, ok := err.(*plan.Refusal)
		require.True(t, ok, c.statement)
		require.Equal(t, [2]string{c.column, c.instead}, [2]string{refused.Column, refused.Instead}, c.statement)
	}
	_, err := plan.Analyse(sqltext.PostgreSQL, sqltext.Options{}, plantest.Schema(), &catalog.Catalog{}, "SELECT id FROM docs WHERE memo LIKE '%abc%'")
	require.Equal(t, "create it with what sqlcell.DDL returns, and see what sqlcell.Check still finds", err.(*plan.Refusal).Instead)
}
