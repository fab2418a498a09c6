package conformance

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/sum"
)

// A listedStatement is a line of the table in STATEMENTS.md.
type listedStatement struct {
	asked, text, by string
}

func listedStatements(t *testing.T) (all []listedStatement) {
	page, err := os.ReadFile("../../ormhooks/sqlcell/STATEMENTS.md")
	require.NoError(t, err)
	for _, m := range regexp.MustCompile("(?m)^\\| ([^|]+) \\| `([^`]+)` \\| ([^|]+) \\|$").FindAllStringSubmatch(string(page), -1) {
		all = append(all, listedStatement{m[1], m[2], m[3]})
	}
	require.Greater(t, len(all), 35, "the table is not read")
	return all
}

// What the twin is asked where it has no such function.
var twinsWords = map[string]string{
	"cellseal_match(notes, 'allergy penicillin')": "notes LIKE '%allergy%' AND notes LIKE '%penicillin%'",
	"cellseal_near(name, 'jonson')":               "name LIKE '%johnson%'",
}

// Every line of STATEMENTS.md is true on every database.
func TestStatementsListed(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := clinic(t, db)
		for _, s := range listedStatements(t) {
			t.Run(s.asked, func(t *testing.T) {
				ours, err := w.Begin()
				require.NoError(t, err)
				defer ours.Rollback()
				twin, err := w.twin.Begin()
				require.NoError(t, err)
				defer twin.Rollback()
				w.line(t, s, ours, twin)
			})
		}
	})
}

func (w *world) line(t *testing.T, s listedStatement, ours, twin runner) {
	got := execute(ctx, ours, s.text)
	if strings.HasPrefix(s.by, "refused") {
		var statement *ormhooks.StatementError
		var column *ormhooks.ColumnError // what a value says, and not the statement
		require.True(t, errors.As(got.err, &statement) || errors.As(got.err, &column), "%s: %v", s.text, got.err)
		return
	}
	twins := s.text
	for mine, his := range twinsWords {
		twins = strings.ReplaceAll(twins, mine, his)
	}
	want := execute(ctx, twin, twins)
	require.NoError(t, want.err, twins)
	require.NoError(t, got.err, s.text)
	if !strings.Contains(s.text, "ORDER BY") {
		slices.Sort(got.rows)
		slices.Sort(want.rows)
	}
	require.Equal(t, want.rows, got.rows, s.text)
	require.Equal(t, want.affected, got.affected, s.text)
	require.True(t, len(want.rows) > 0 || want.affected > 0, "%s finds nothing on the twin", s.text)
	state := "SELECT id, clinic, email, name, age FROM patients ORDER BY id"
	require.Equal(t, execute(ctx, twin, state).rows, execute(ctx, ours, state).rows)
}

// clinic is the two tables of STATEMENTS.md with some rows.
func clinic(t *testing.T, db testdb.DB) *world {
	index := func(kind, column string, transforms ...search.Transform) *schema.Index {
		return &schema.Index{Kind: kind, Columns: []search.Column{{Name: column, Transforms: transforms}}}
	}
	number := func(name string) *schema.Column {
		c := sealed(name)
		c.Type = "int"
		return c
	}
	address := func() *schema.Index {
		x := index("join", "email", search.Fold)
		x.Group, x.AcceptEquality = "address", true
		return x
	}
	email, city := exact("email", search.Fold), exact("city")
	paid := index("sum", "paid")
	paid.By = []string{"clinic"}
	email.Unique, city.AcceptFrequencyLeak = true, true
	s := newSchema(t, schema.Table{
		Name: "patients", Bind: bound("id"),
		Columns: []*schema.Column{{Name: "id", Type: "int"}, {Name: "clinic", Type: "text"}, sealed("email"), sealed("city"), sealed("name"), number("age"), number("fee"), number("paid"), sealed("notes")},
		Indexes: []*schema.Index{email, address(), city, index("substring", "name"), index("words", "name"), index("fuzzy", "name"), index("sorted", "name"),
			index("sorted", "name", search.Reverse), index("sorted", "age"), index("words", "notes"), paid},
	}, schema.Table{
		Name: "visits", Bind: bound("id"),
		Columns: []*schema.Column{{Name: "id", Type: "int"}, sealed("email")}, Indexes: []*schema.Index{exact("email", search.Fold), address()},
	})
	w := newWorld(t, db, s, celltest.Ring(t),
		"patients (id :int PRIMARY KEY, clinic :exact, email :folded UNIQUE, city :exact, name :exact, age :int, fee :int, paid :int, notes :exact)",
		"visits (id :int PRIMARY KEY, patient :int, email :folded)")
	w.lists(t)
	for _, statement := range sum.DDL(dialects[db.Dialect]) {
		run(t, w.bare, statement)
	}
	for i, p := range []struct {
		email, city, name string
		age, fee          any
		notes             any
	}{
		{"ann@x.example", "cork", "anna johnson", 34, 100, "an allergy to penicillin"},
		{"bob@x.example", "bonn", "daniel bob", 51, 250, nil},
		{"cid@x.example", "cork", "cid annie nielson", 72, 75, "no allergy"},
		{"dan@x.example", "lyon", "dan", nil, 300, "penicillin, by his own account"},
		{"eve@x.example", "cork", "eve danielson", 29, nil, ""},
		{"fay@x.example", "bonn", "fay", 51, 20, "allergy: penicillin"},
	} {
		w.both(t, "INSERT INTO patients (id, clinic, email, city, name, age, fee, paid, notes) VALUES (?, 'north', ?, ?, ?, ?, ?, ?, ?)", i+1, p.email, p.city, p.name, p.age, p.fee, p.fee, p.notes)
		w.both(t, "INSERT INTO visits (id, patient, email) VALUES (?, ?, ?)", 10+i, i+1, p.email)
	}
	return w
}
