package gormcell

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/sqltext"
)

func TestLiterals(t *testing.T) {
	const my, pg, lite = sqltext.MySQL, sqltext.PostgreSQL, sqltext.SQLite
	for _, c := range []struct {
		d          sqltext.Dialect
		text, want string
	}{
		{pg, `SELECT * FROM "t" WHERE a = 'x''y'  AND b=$1 AND c IN (1,2.5)`, `SELECT * FROM "t" WHERE a = ? AND b=$1 AND c IN (?,?)`},
		{pg, "SELECT $$x$$, $q$y$q$, x'ab' -- z\n, 1", "SELECT ?, ?, ? , ?"},
		{pg, `SELECT a FROM t WHERE b = E'\'x' AND c = 'y'`, `SELECT a FROM t WHERE b = … ` + notShown},
		{my, "SELECT `a` FROM t /* x */ WHERE b = \"x\"", "SELECT `a` FROM t WHERE b = ?"},
		{my, `SELECT a FROM t WHERE b = 'x\' OR c = 'y`, `SELECT a FROM t WHERE b = … ` + notShown},
		{my, `SELECT a FROM t WHERE b = 'x\' OR c = 'y'`, notShown},
		{my, `SELECT a FROM t WHERE b = 'x\'' AND c = 'y'`, `SELECT a FROM t WHERE b = … ` + notShown},
		{lite, "SELECT [a], \"b\" FROM t WHERE c = :c AND d = x'00'", `SELECT [a], ? FROM t WHERE c = :c AND d = ?`}, // "b" is text there if no column has the name
		{lite, "SELECT 'x", notShown},
		{my, "ALTER TABLE t ADD a VARBINARY(85) DEFAULT 'x'", "ALTER TABLE t ADD a VARBINARY(85) DEFAULT ?"},
		{pg, "CREATE TABLE t (a numeric(10,2))", "CREATE TABLE t (a numeric(10,2))"},
		{pg, "CREATE TABLE t AS SELECT 1234", "CREATE TABLE t AS SELECT ?"},
		{0, "SELECT 1", notShown},
		{pg, "", ""},
	} {
		require.Equal(t, c.want, withoutLiterals(c.d, c.text), c.text)
	}
}
