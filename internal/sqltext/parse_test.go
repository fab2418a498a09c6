package sqltext

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func optionsOf(d Dialect) Options { return Options{BackslashEscapes: d == MySQL} }

func TestUnderstood(t *testing.T) {
	for d, texts := range understood {
		for _, text := range texts {
			checkParsed(t, d, optionsOf(d), text, true)
		}
	}
}

func TestRefused(t *testing.T) {
	for d, texts := range refused {
		for _, text := range texts {
			_, err := Parse(d, optionsOf(d), text)
			var e *Error
			require.ErrorAs(t, err, &e, text)
		}
	}
}

// checkParsed checks what holds of every tree: spans lie in the text and in those above
// them, parameters are all there and in order, and the text of each expression alone means
// the same.
func checkParsed(t *testing.T, d Dialect, o Options, text string, must bool) {
	p, err := Parse(d, o, text)
	if !must && err != nil {
		return
	}
	require.NoError(t, err, text)
	require.Empty(t, p.Explain.Pos)
	nested(t, text, Span{p.Explain.End, len(text)}, p.Statement)

	toks, err := Scan(d, o, text)
	require.NoError(t, err)
	var want, got, below []Span
	for _, tok := range toks {
		if tok.Kind == ParamToken {
			want = append(want, tok.Span)
		}
	}
	for _, param := range p.Params {
		got = append(got, param.Span)
	}
	Walk(p.Statement, func(n Node) bool {
		if param, ok := n.(*Param); ok {
			below = append(below, param.Span)
		}
		return true
	})
	require.Equal(t, want, got, text)
	require.ElementsMatch(t, want, below, text)
}

// nested checks the spans below n, and that Walk meets no nil.
func nested(t *testing.T, text string, above Span, n Node) {
	s := n.At()
	require.True(t, above.Pos <= s.Pos && s.Pos <= s.End && s.End <= above.End, "%s: %T %v in %v", text, n, s, above)
	require.Equal(t, strings.TrimSpace(text[s.Pos:s.End]), text[s.Pos:s.End])
	Walk(n, func(below Node) bool {
		if below == n {
			return true
		}
		require.False(t, reflect.ValueOf(below).IsNil(), "%s: a nil %T", text, below)
		nested(t, text, s, below)
		return false
	})
}

// The text of every expression is complete: alone it has the same shape, but for the
// numbers of parameters that are counted.
func TestExpressionSpans(t *testing.T) {
	count := 0
	for d, texts := range understood {
		for _, text := range texts {
			p, err := Parse(d, optionsOf(d), text)
			require.NoError(t, err)
			Walk(p.Statement, func(n Node) bool {
				x, ok := n.(Expr)
				if !ok || standsNowhereElse(x) {
					return true
				}
				part := text[x.At().Pos:x.At().End]
				alone, err := Parse(d, optionsOf(d), "SELECT "+part)
				require.NoError(t, err, "%q of %q", part, text)
				again := alone.Statement.(*Query).Arms[0].Items[0].Expr
				require.Equal(t, unnumbered(shape(x)), unnumbered(shape(again)), "%q of %q", part, text)
				count++
				return true
			})
		}
	}
	require.Greater(t, count, 300)
}

// standsNowhereElse are DEFAULT, elements of GROUPING SETS, nested brackets of an array,
// rows of one value and such.
func standsNowhereElse(x Expr) bool {
	switch x := x.(type) {
	case *Literal:
		return x.Kind == Default
	case *Row:
		return len(x.Values) < 2 || strings.Contains(shape(x), `"DEFAULT"`)
	case *Other:
		return x.What == "GROUPING SETS"
	}
	return false
}

func unnumbered(shape string) string {
	for i := 9; i > 0; i-- {
		shape = strings.ReplaceAll(shape, fmt.Sprintf("$%d", i), "$")
	}
	return shape
}

// Walk visits what reflection finds, each once.
func TestWalkVisitsAll(t *testing.T) {
	kinds := map[reflect.Type]bool{}
	for d, texts := range understood {
		for _, text := range texts {
			p, err := Parse(d, optionsOf(d), text)
			require.NoError(t, err)
			want := map[any]int{}
			reachable(reflect.ValueOf(p.Statement), want)
			got := map[any]int{}
			Walk(p.Statement, func(n Node) bool {
				got[n]++
				kinds[reflect.TypeOf(n)] = true
				return true
			})
			require.Equal(t, len(want), len(got), text)
			for n := range want {
				require.Equal(t, 1, got[n], "%s: %T", text, n)
			}
		}
	}
	// 17 statements and their parts, 20 expressions.
	require.Len(t, kinds, 37)

	p, err := Parse(PostgreSQL, Options{}, "SELECT (a + b), c")
	require.NoError(t, err)
	count := 0
	Walk(p.Statement, func(n Node) bool {
		_, paren := n.(*Paren)
		count++
		return !paren
	})
	require.Equal(t, 6, count)
	Walk(nil, func(Node) bool { panic("visited nothing") })
}

// reachable collects the nodes below v; names and positions are none.
func reachable(v reflect.Value, found map[any]int) {
	switch v.Kind() {
	case reflect.Interface:
		reachable(v.Elem(), found)
	case reflect.Slice:
		for i := range v.Len() {
			reachable(v.Index(i), found)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			reachable(v.Field(i), found)
		}
	case reflect.Pointer:
		switch n := v.Interface().(type) {
		case *Ident, *Name, *Span:
			return
		case Node:
			if !v.IsNil() {
				found[n]++
			}
		}
		reachable(v.Elem(), found)
	}
}

func TestOneStatement(t *testing.T) {
	_, err := Parse(PostgreSQL, Options{}, "SELECT 1; SELECT 2")
	require.EqualError(t, err, "more than one statement")
}

// An Error says where, and neither literals nor names: one may be a secret that somebody
// forgot to quote.
func TestErrorsTellNoSecrets(t *testing.T) {
	for _, text := range []string{
		`SELECT a FROM t WHERE a = canary`, `SELECT 'canary' 'canary'`, `SELECT "canary" "canary" "canary"`, `SELECT 'canary`, `SELECT $canary$`,
		`SELECT a = canary@canary.canary canary`, `canary`, `SELECT 1 FROM canary canary canary`, `SELECT 1 canary(canary)`, `SELECT E'canary\u1'`, `SELECT 1canary`,
	} {
		if _, err := Parse(PostgreSQL, Options{}, text+" x y"); err != nil {
			require.NotContains(t, err.Error(), "canary", text)
		}
	}
	_, err := Parse(PostgreSQL, Options{}, "SELECT a FROM t WHERE GROUP BY a")
	require.EqualError(t, err, "met GROUP where an expression should be")
	require.Equal(t, 22, err.(*Error).Pos)
}

// Hostile nesting is an Error in each kind of recursion.
func TestNesting(t *testing.T) {
	for _, c := range []struct{ open, middle, closing string }{
		{"(", "1", ")"}, {"NOT ", "1", ""}, {"- ", "1", ""}, {"f(", "1", ")"}, {"CASE WHEN ", "1", " THEN 1 END"}, {"(SELECT ", "1", ")"},
		{"ARRAY[", "1", "]"}, {"[", "", "]"}, {"ARRAY[[", "1", "]]"}, {"1 IN (", "1", ")"}, {"a[", "1", "]"}, {"1 + (", "1", ")"}, {"CAST(", "1", " AS int)"},
		{"1 FROM (SELECT ", "1", ")"}, {"EXISTS (SELECT ", "1", ")"},
	} {
		deep := "SELECT " + strings.Repeat(c.open, 100_000) + c.middle + strings.Repeat(c.closing, 100_000)
		_, err := Parse(PostgreSQL, Options{}, deep)
		require.Error(t, err, c.open)
	}
	_, err := Parse(PostgreSQL, Options{}, "SELECT 1"+strings.Repeat(" + 1", 100_000))
	require.Error(t, err)
	_, err = Parse(PostgreSQL, Options{}, "SELECT 1 FROM t"+strings.Repeat(" CROSS JOIN t", 100_000))
	require.Error(t, err)
	_, err = Parse(PostgreSQL, Options{}, "SELECT "+strings.Repeat("(", 50)+"1"+strings.Repeat(")", 50)+strings.Repeat(" OR 1", 1000))
	require.NoError(t, err)
}

// A name is what the server makes of it.
func TestNames(t *testing.T) {
	x := first(t, PostgreSQL, Options{}, `SELECT Public.USERS."eMail"`).(*Column)
	require.Equal(t, "public.users.eMail", dotted(x.Name))
	long := strings.Repeat("a", 62) + "é"
	require.Equal(t, strings.Repeat("a", 62), first(t, PostgreSQL, Options{}, "SELECT "+long).(*Column).Last())
	require.Equal(t, long, first(t, SQLite, Options{}, "SELECT "+long).(*Column).Last())
	require.Equal(t, "Email", first(t, MySQL, Options{}, "SELECT Email").(*Column).Last())
}
