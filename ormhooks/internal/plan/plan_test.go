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
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

func usersSchema(t testing.TB) *schema.Schema {
	t.Helper()
	s, err := schema.New(schema.Table{
		Name: "users", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"},
			{Name: "email", Mode: schema.ModeSeal, Type: "text", Nullable: true},
			{Name: "ssn", Mode: schema.ModeToken, Type: "text", Nullable: true},
		},
		Indexes: []*schema.Index{
			{Kind: "exact", Columns: []search.Column{{Name: "email", Transforms: []search.Transform{search.Fold}}}},
			{Kind: "exact", Columns: []search.Column{{Name: "ssn"}}, Unique: true},
		},
	}, schema.Table{
		Name: "notes", Bind: schema.Binding{Kind: schema.BindRowKey}, Scope: schema.Scope{Kind: "tenant", Column: "tenant_id"},
		Columns: []*schema.Column{
			{Name: "tenant_id", Type: "int"},
			{Name: "title", Mode: schema.ModeSeal, Type: "text", Nullable: true},
			{Name: "body", Mode: schema.ModeSeal, Type: "text", Nullable: true},
		},
		Indexes: []*schema.Index{{Kind: "exact", Columns: []search.Column{{Name: "title"}}}},
	}, schema.Table{
		Name: "people", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"},
			{Name: "given", Mode: schema.ModeSeal, Type: "text", Nullable: true},
			{Name: "family", Mode: schema.ModeSeal, Type: "text", Nullable: true},
		},
		Indexes: []*schema.Index{
			{Kind: "exact", Columns: []search.Column{{Name: "given", Transforms: []search.Transform{search.Fold}}, {Name: "family", Transforms: []search.Transform{search.Fold}}}},
			{Kind: "exact", Columns: []search.Column{{Name: "family"}}},
		},
	}, docs(), files(), visits(), towns(), guests(), clients(), bills(), leads(), costs(), stays())
	require.NoError(t, err)
	return s
}

func usersCatalog() *catalog.Catalog {
	columns := func(names ...string) (all []catalog.Column) {
		for _, n := range names {
			all = append(all, catalog.Column{Name: n, Type: "bigint", Nullable: n != "id"})
		}
		return all
	}
	return catalog.New(append(append(joinTables(), sumTables()...),
		&catalog.Table{Name: "users", Visible: true, Columns: columns("id", "email", "ssn", "name", "age", "deleted_at", "email__eq", "ssn__tok", "ssn__eq"), Unique: [][]string{{"id"}, {"ssn__eq"}}},
		&catalog.Table{Name: "orders", Visible: true, Columns: columns("id", "user_id", "email", "total"), Unique: [][]string{{"id"}}},
		&catalog.Table{Name: "items", Visible: true, Columns: columns("id", "user_id"), Unique: [][]string{{"id"}}},
		&catalog.Table{Name: "notes", Visible: true, Columns: columns("id", "tenant_id", "title", "body", "title__eq", "cellseal_row"), Unique: [][]string{{"id"}, {"cellseal_row"}}},
		&catalog.Table{Name: "people", Visible: true, Columns: columns("id", "given", "family", "given_family__eq", "family__eq"), Unique: [][]string{{"id"}}},
		&catalog.Table{Name: "docs", Visible: true, Columns: columns("id", "memo", "years", "shelf", "n"), Unique: [][]string{{"id"}, {"n"}}},
		&catalog.Table{Name: "files", Visible: true, Columns: columns("id", "tenant_id", "label", "cellseal_row"), Unique: [][]string{{"id"}, {"cellseal_row"}}},
		&catalog.Table{Name: "visits", Visible: true, Columns: append(columns("patient", "remark"), catalog.Column{Name: "day", Type: "varchar(10)"}), Unique: [][]string{{"day", "patient"}}},
		&catalog.Table{Name: "towns", Visible: true, Columns: columns("id", "city", "city__sm", "n"), Unique: [][]string{{"id"}}},
		&catalog.Table{Name: "guests", Visible: true, Columns: columns("tenant_id", "city", "city__sm", "cellseal_row"), Unique: [][]string{{"cellseal_row"}}},
	)...)
}

var dialects = map[string]sqltext.Dialect{"pg": sqltext.PostgreSQL, "mysql": sqltext.MySQL, "sqlite": sqltext.SQLite}

func analyse(t testing.TB, dialect, text string) (*plan.Plan, error) {
	t.Helper()
	o := sqltext.Options{BackslashEscapes: dialect == "mysql"}
	return plan.Analyse(dialects[dialect], o, usersSchema(t), usersCatalog(), text)
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
