package conformance

import (
	"bufio"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// everyBinding has a table for each way to bind.
func everyBinding() []any {
	table := func(name string, b schema.Binding, columns ...*schema.Column) schema.Table {
		return schema.Table{Name: name, Bind: b, Columns: columns}
	}
	integer := func(name string) *schema.Column { return &schema.Column{Name: name, Type: "int"} }
	key := func(name string) *schema.Column { return &schema.Column{Name: name, Type: "text"} }
	byid := table("byid", bound("id"), integer("id"), sealed("email"), tokened("ssn"))
	byid.Indexes = []*schema.Index{exact("email", search.Fold), uniquely(exact("ssn"))}
	keyed := table("keyed", schema.Binding{Kind: schema.BindRowKey}, sealed("title"), tokened("body"))
	keyed.Indexes = []*schema.Index{exact("title")}
	loose := table("loose", schema.Binding{Kind: schema.BindNothing}, sealed("note"))
	loose.Indexes = []*schema.Index{exact("note")}
	rented := table("rented", bound("id"), integer("id"), integer("tenant"), sealed("title"))
	rented.Scope, rented.Indexes = schema.Scope{Kind: "tenant", Column: "tenant"}, []*schema.Index{exact("title")}
	notes := table("notes", schema.Binding{Kind: schema.BindRowKey}, integer("tenant"), sealed("title"), sealed("body"))
	notes.Scope = rented.Scope
	return []any{
		byid, keyed, loose, rented, notes,
		table("pairs", bound("region", "num"), key("region"), integer("num"), sealed("note")),
		table("coded", bound("code"), key("code"), tokened("note")),
		table("children", bound("pid", "num"), integer("pid"), integer("num"), sealed("note")),
	}
}

var everyTable = []string{
	"byid (id :int PRIMARY KEY, email :folded, ssn :exact, name :exact)",
	"pairs (region :key NOT NULL, num :int NOT NULL, note :exact, PRIMARY KEY (region, num))",
	"coded (code :key PRIMARY KEY, note :exact, name :exact)",
	"keyed (id :int PRIMARY KEY, title :exact, body :exact, name :exact)",
	"loose (id :int PRIMARY KEY, note :exact)",
	"rented (id :int PRIMARY KEY, tenant :int NOT NULL, title :exact, name :exact)",
	"notes (id :int PRIMARY KEY, tenant :int NOT NULL, title :exact, body :exact)",
	"parents (id :int PRIMARY KEY, name :exact)",
	"children (pid :int NOT NULL, num :int NOT NULL, note :exact, PRIMARY KEY (pid, num), FOREIGN KEY (pid) REFERENCES parents (id) ON DELETE CASCADE)",
}

// values are what stands for {…}. Texts are alike but for case, padding and composition, which
// keys must tell apart and folded columns must not.
var values = map[string][]any{
	"id":     {1, 2, 3, 4, 5, 6, int32(7), "8", int64(9)},
	"tenant": {1, 2, 3},
	"text":   {nil, "", "siobhan", "Siobhan", "SIOBHAN", "o'neill", `back\slash`, "tab\tquote\"", "percent%"},
	"ssn":    {nil, nil, "111", "222", "333", "444", "555"},
	"name":   {"n", "m", "o"},
	"code":   {"alice", "Alice", "ALICE", "alice ", " alice", "e\u0301", "\u00e9", "bob"},
}

// A step is a statement of the script.
type step struct{ table, sql string }

// readSteps reads the steps for a dialect.
func readSteps(t testing.TB, path, dialect string) (all []step) {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	table := ""
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if about, ok := strings.CutPrefix(line, "## "); ok {
			table, _, _ = strings.Cut(about, ":")
		}
		names, sql, ok := strings.Cut(line, ": ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		if slices.ContainsFunc(strings.Fields(names), func(n string) bool { return dialectNames[n] == dialect }) {
			all = append(all, step{table, sql})
		}
	}
	require.NotEmpty(t, all)
	return all
}

var slot = regexp.MustCompile(`\{(\w+)\}`)

// fill gives a statement random values, as literals or as arguments for ?.
func fill(r *rand.Rand, d string, sql string) (text string, args []any) {
	text = slot.ReplaceAllStringFunc(sql, func(word string) string {
		all := values[word[1:len(word)-1]]
		v := all[r.IntN(len(all))]
		if r.IntN(2) == 0 {
			args = append(args, v)
			return "?"
		}
		return literal(d, v)
	})
	return text, args
}

func literal(d string, v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case string:
		v = strings.ReplaceAll(v, "'", "''")
		if d == testdb.MySQL {
			v = strings.ReplaceAll(v, `\`, `\\`)
		}
		return "'" + v + "'"
	}
	return fmt.Sprint(v)
}

// steps is how many random steps to take: n, or as many times more as the environment says.
func steps(n int) int {
	if factor, err := strconv.Atoi(os.Getenv("CELLSEAL_TEST_STEPS")); err == nil {
		return n * factor
	}
	return n
}

// seeded is a source of random steps. CELLSEAL_TEST_SEED makes it another one.
func seeded(what, who uint64) *rand.Rand {
	seed, _ := strconv.ParseUint(os.Getenv("CELLSEAL_TEST_SEED"), 10, 32)
	return rand.New(rand.NewPCG(what+seed<<32, who))
}

// contents are all tables as an application sees them.
func (w *world) contents(t testing.TB, db runner, table string) result {
	t.Helper()
	r := execute(ctx, db, "SELECT * FROM "+table)
	return r
}

// A tally counts what became of steps, and keeps the refused ones with their reasons.
type tally struct {
	done, failed, refused int
	reasons               map[string]string
}

// take takes a step on both databases, and compares what they say.
func (w *world) take(t testing.TB, n *tally, door, twin runner, s step, text string, args []any) (ok bool) {
	t.Helper()
	text = w.SQL(text)
	w.rec.taken()
	got := execute(ctx, door, text, args...)
	if isRefusal(got.err) {
		n.refused++
		n.reasons[s.sql] = got.err.Error()
		return true
	}
	want := execute(ctx, twin, text, args...)
	about := fmt.Sprintf("%s\nwith %q\nsent %s\ndoor: %v\ntwin: %v", text, args, w.rec.taken(), got.err, want.err)
	require.Equal(t, want.err == nil, got.err == nil, "one of them gives an error: %s", about)
	if got.err != nil {
		n.failed++
		return false
	}
	n.done++
	if w.Dialect == testdb.MySQL && isUpsert.MatchString(text) {
		got.affected, want.affected = min(got.affected, 1), min(want.affected, 1)
	}
	require.Equal(t, want, got, about)
	return true
}

// isRefusal reports whether an error says that the door has sent nothing: because of the statement,
// or of a value that no index can look for.
func isRefusal(err error) bool {
	return errors.As(err, new(*ormhooks.StatementError)) || errors.As(err, new(*ormhooks.ColumnError))
}

func TestNothingIsDestroyed(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := newWorld(t, db, newSchema(t, everyBinding()...), celltest.Rotated(t), everyTable...)
		w.pinAll(t)
		script := readSteps(t, "testdata/destroyed.steps", db.Dialect)
		r := rand.New(rand.NewPCG(7, 11))
		n := &tally{reasons: map[string]string{}}
		for i := range steps(max(1500, 3*len(script))) {
			s := script[r.IntN(len(script))]
			if i < len(script) { // each of them at least once
				s = script[i]
			}
			text, args := fill(r, db.Dialect, s.sql)
			w.stepIn(t, r, n, s, text, args)
			for _, table := range strings.Fields(strings.ReplaceAll(s.table, "and", "")) {
				got, want := w.contents(t, w.DB, table), w.contents(t, w.twin, table)
				require.NoError(t, got.err, "step %d: %s with %q", i, text, args)
				require.Equal(t, want.rows, got.rows, "step %d: %s with %q", i, text, args)
			}
		}
		t.Logf("%d done, %d errors on both, %d refused", n.done, n.failed, n.refused)
		for sql, reason := range n.reasons {
			t.Logf("refused: %s: %s", sql, reason)
		}
		require.Greater(t, n.done, n.refused, "the test is to do something")
	})
}

// stepIn takes a step directly, or in a transaction that is committed or rolled back.
func (w *world) stepIn(t testing.TB, r *rand.Rand, n *tally, s step, text string, args []any) {
	t.Helper()
	how := r.IntN(4)
	if how > 1 {
		w.take(t, n, w.DB, w.twin, s, text, args)
		return
	}
	var txs [2]*sql.Tx
	for i, db := range []*sql.DB{w.DB.DB, w.twin.DB} {
		tx, err := db.Begin()
		require.NoError(t, err)
		defer tx.Rollback() // if the test ends here, or the server could not drop the database
		txs[i] = tx
	}
	ok := w.take(t, n, txs[0], txs[1], s, text, args)
	for _, tx := range txs {
		if how == 0 && ok {
			require.NoError(t, tx.Commit())
			continue
		}
		require.NoError(t, tx.Rollback())
	}
}
