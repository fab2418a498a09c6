package plan_test

import (
	"bufio"
	"flag"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/internal/plan/plantest"
)

var dialects = map[string]sqltext.Dialect{"pg": sqltext.PostgreSQL, "mysql": sqltext.MySQL, "sqlite": sqltext.SQLite}

func analyse(t testing.TB, dialect, text string) (*plan.Plan, error) {
	t.Helper()
	o := sqltext.Options{BackslashEscapes: dialect == "mysql"}
	return plan.Analyse(dialects[dialect], o, plantest.Schema(), plantest.Catalog(), text)
}

// TestShapes asks of every statement shape that the secret does not pass: neither in what
// is sent nor in what is said.
func TestShapes(t *testing.T) {
	f, err := os.Open("testdata/shapes.tsv")
	require.NoError(t, err)
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Scan()
	n, refused := 0, 0
	for lines.Scan() {
		cols := strings.Split(lines.Text(), "\t")
		n++
		p, err := analyse(t, cols[0], cols[2])
		if err != nil {
			refused++
			require.NotContains(t, err.(*plan.Refusal).Reason, "SECRET")
			continue
		}
		require.False(t, p.Pass, cols[2])
		require.NotContains(t, p.Describe(), "SECRET")
	}
	require.Equal(t, 73, n)
	require.Equal(t, 12, refused)
}

var rewrite = flag.Bool("rewrite", false, "write what the plans are into testdata")

// TestPlans reads statements from a script and compares their plans with what stands below
// each. After a change, run it with -rewrite and read the difference.
func TestPlans(t *testing.T) {
	for _, script := range []string{"pg", "mysql", "sqlite", "listed/pg", "listed/mysql", "listed/sqlite", "join/pg", "join/mysql", "join/sqlite", "sum/pg", "sum/mysql", "sum/sqlite"} {
		dialect, name := path.Base(script), "testdata/"+script+".plans"
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		var out strings.Builder
		for block := range strings.SplitSeq(strings.TrimSpace(string(data)), "\n\n") {
			statement, _, _ := strings.Cut(block, "\n→ ")
			if strings.HasPrefix(statement, "# ") {
				out.WriteString(block + "\n\n")
				continue
			}
			p, err := analyse(t, dialect, statement)
			got := ""
			if err != nil {
				r := err.(*plan.Refusal)
				require.LessOrEqual(t, r.Pos, len(statement))
				got = "refused: " + strings.TrimSpace(r.Column+" "+r.Reason)
			} else {
				got = p.Describe()
			}
			require.NotContains(t, got, "SECRET", statement)
			out.WriteString(statement + "\n→ " + got + "\n\n")
		}
		if *rewrite {
			require.NoError(t, os.WriteFile(name, []byte(strings.TrimSpace(out.String())+"\n"), 0o644))
			continue
		}
		want := strings.Split(strings.TrimSpace(string(data)), "\n\n")
		for i, block := range strings.Split(strings.TrimSpace(out.String()), "\n\n") {
			require.Equal(t, want[i], block, "%s: run with -rewrite and read the difference", name)
		}
	}
}
