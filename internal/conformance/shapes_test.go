package conformance

import (
	"bufio"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// A shape is one statement, with SECRET where a value is that must not be seen.
type shape struct {
	name, sql string
	args      []string
}

// An outcome is what became of a shape, in one word; a leak or a wrong answer has failed
// the test already.
type outcome struct {
	word    string // answered, refused, or error: the server refuses it as well without the door
	err     error
	columns []string
}

const (
	answered = "answered"
	refused  = "refused"
	failed   = "error"
)

// try runs a shape through the door and on the twin, and compares.
func (w *shapesWorld) try(t *testing.T, s shape, sparse bool) outcome {
	t.Helper()
	w.restore(t, sparse)
	defer func() {
		if v := recover(); v != nil {
			t.Errorf("PANIC: %s: %v", s.sql, v)
		}
		w.clean = w.clean && !t.Failed()
	}()
	args := make([]any, len(s.args))
	for i, a := range s.args {
		args[i] = secretly(a)
		if a == "NULL" {
			args[i] = nil
		}
	}
	text := w.database(t, w.DB, secretly(s.sql))
	w.rec.taken()
	got := execute(ctx, w.DB, text, args...)
	sent := w.rec.taken()
	require.Empty(t, celltest.Found(sent, canary), "LEAK: %s: %s\n%s", s.name, s.sql, sent)
	if got.err != nil {
		require.Empty(t, celltest.Found([]byte(got.err.Error()), canary), "LEAK in the error: %s: %s\n%v", s.name, s.sql, got.err)
	}
	var refusal *ormhooks.StatementError
	if errors.As(got.err, &refusal) {
		require.Empty(t, catalogueLess(sent), "something of a refused statement left: %s: %s", s.name, s.sql)
		return outcome{word: refused, err: got.err}
	}
	text = w.database(t, w.twin, secretly(s.sql))
	want := execute(ctx, w.twin, text, args...)
	if want.err != nil {
		require.Error(t, got.err, "only the twin gives an error: %s: %s\n%v", s.name, s.sql, want.err)
		w.clean = false
		return outcome{word: failed, err: got.err}
	}
	require.NoError(t, got.err, "only the door gives an error: %s: %s\nsent: %s", s.name, s.sql, sent)
	if !explains.MatchString(s.sql) {
		if w.Dialect == testdb.MySQL && isUpsert.MatchString(s.sql) { // counts 2 for a row that changes, and a new cell is a change
			got.affected, want.affected = min(got.affected, 1), min(want.affected, 1)
		}
		for i, name := range got.columns { // an expression that has no name is called by its text
			if (strings.Contains(name, "__") || name == "coalesce") && len(want.columns) == len(got.columns) {
				got.columns[i] = want.columns[i]
			}
		}
		if picks.MatchString(s.sql) && !ordered.MatchString(s.sql) { // which of the rows is the server's choice
			require.Len(t, got.rows, len(want.rows), "%s: %s\nsent: %s", s.name, s.sql, sent)
			got.rows = want.rows
		}
		require.Equal(t, want, got, "%s: %s\nsent: %s", s.name, s.sql, sent)
	}
	if writes.MatchString(s.sql) {
		w.requireSame(t, s.sql)
		celltest.AssertSealed(t, w.bare, canary)
		w.clean = false
	}
	return outcome{word: answered, columns: got.columns}
}

// database puts the database's own name in the place of `db`.
func (w *shapesWorld) database(t *testing.T, db testdb.DB, text string) string {
	if strings.Contains(text, "`db`.") {
		var name string
		db.Scan(t, "SELECT DATABASE()", nil, &name)
		text = strings.ReplaceAll(text, "`db`.", "`"+name+"`.")
	}
	return text
}

// tryAll tries shapes with all rows in the tables, and with those that they insert missing. A
// shape is answered if it is once.
func (w *shapesWorld) tryAll(t *testing.T, shapes []shape) []outcome {
	t.Helper()
	all := make([]outcome, len(shapes))
	for _, sparse := range []bool{true, false} {
		for i, s := range shapes {
			t.Run("", func(t *testing.T) {
				if o := w.try(t, s, sparse); all[i].word == "" || o.word == answered {
					all[i] = o
				}
			})
		}
	}
	return all
}

var (
	writes   = regexp.MustCompile(`(?i)\b(INSERT|UPDATE|DELETE|REPLACE|MERGE|TRUNCATE|CREATE|DROP|ALTER|COPY|LOAD|SELECT.*\bINTO)\b`)
	explains = regexp.MustCompile(`(?i)^(EXPLAIN|ANALYZE|DESCRIBE)`)
	picks    = regexp.MustCompile(`(?i)\b(LIMIT|FETCH)\b`)
	ordered  = regexp.MustCompile(`(?i)\bORDER BY\b`)
	isUpsert = regexp.MustCompile(`(?i)ON DUPLICATE KEY|^REPLACE`)
)

var catalogueQuery = regexp.MustCompile(`(?i)pg_catalog|information_schema|pragma_|sqlite_schema|cellseal_index`)

// catalogueLess is what was sent but for the questions about the catalogue.
func catalogueLess(sent []byte) string {
	if catalogueQuery.Match(sent) {
		return ""
	}
	return string(sent)
}

var dialectNames = map[string]string{"pg": testdb.Postgres, "mysql": testdb.MySQL, "sqlite": testdb.SQLite}

// given are the shapes of shapes.tsv for a dialect.
func given(t testing.TB, dialect string) (all []shape) {
	t.Helper()
	f, err := os.Open("../../ormhooks/internal/plan/testdata/shapes.tsv")
	require.NoError(t, err)
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Scan()
	for lines.Scan() {
		cols := strings.Split(lines.Text()+"\t", "\t")
		if dialectNames[cols[0]] == dialect {
			all = append(all, shape{cols[1], cols[2], binds(cols[3])})
		}
	}
	return all
}

var quoted = regexp.MustCompile(`"([^"]*)"`)

// binds reads {"1", "SECRET"}, which is a list, or one bare value.
func binds(s string) (args []string) {
	switch {
	case s == "":
		return nil
	case !strings.HasPrefix(s, `{"`):
		return []string{s}
	}
	for _, m := range quoted.FindAllStringSubmatch(s, -1) {
		args = append(args, m[1])
	}
	return args
}

// asksForEquality are the shapes that look for a value by =, IN, ANY or a comparison of rows:
// all look-ups but those by LIKE, by <, by <>, by a function, and of a column with a column.
func asksForEquality(s shape) bool {
	switch s.name {
	case "where lower()", "where ILIKE exact bind", "where range", "where != literal", "join on cols":
		return false
	case "gorm First", "UNION branch", "CASE in select", "FILTER aggregate", "syntax pg16", "for update", "window fn parse":
		return true
	}
	for _, prefix := range []string{"where", "update where", "update from where", "delete where"} {
		if strings.HasPrefix(s.name, prefix) {
			return true
		}
	}
	return false
}

func TestShapes(t *testing.T) {
	total, all, asking, served := 0, map[string]int{}, 0, 0
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect == testdb.SQLite {
			t.Skip("shapes.tsv has none for it; beyond.shapes does")
		}
		w := newShapesWorld(t, db)
		shapes := given(t, db.Dialect)
		outcomes := w.tryAll(t, shapes)
		for i, o := range outcomes {
			total++
			all[o.word]++
			if o.word == refused {
				t.Logf("refused: %s: %v", shapes[i].sql, o.err)
			}
			if asksForEquality(shapes[i]) && o.word != failed {
				if asking++; o.word == answered {
					served++
				}
			}
		}
		celltest.AssertSealed(t, w.bare, canary)
	})
	t.Logf("%d shapes: %v; of %d that ask for equality, %d are answered", total, all, asking, served)
	require.GreaterOrEqual(t, served*100, asking*85, "of the shapes that ask for equality, 85 %% are to be answered")
}
