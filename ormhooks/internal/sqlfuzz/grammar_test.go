package sqlfuzz

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// grammar are the statements of package sqltext's own tests, which have every part of the
// grammar in them, once as they are and once with the names of our tables.
func (d *dialect) grammar(t testing.TB) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../../internal/sqltext/statements_test.go", nil, 0)
	require.NoError(t, err)
	name := map[*dialect]string{postgres: "PostgreSQL", mysql: "MySQL", sqlite: "SQLite"}[d]
	var all []string
	ast.Inspect(file, func(n ast.Node) bool {
		list, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		if key, ok := list.Key.(*ast.Ident); !ok || key.Name != name {
			return true
		}
		for _, x := range list.Value.(*ast.CompositeLit).Elts {
			if text, ok := constant(x); ok && text != "" {
				all = append(all, text, ourNames(text))
			}
		}
		return false
	})
	require.Greater(t, len(all), 40)
	return all
}

// constant is the value of strings that are joined with +.
func constant(x ast.Expr) (string, bool) {
	switch x := x.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(x.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		left, ok := constant(x.X)
		right, ok2 := constant(x.Y)
		return left + right, ok && ok2
	}
	return "", false
}

var letter = regexp.MustCompile(`\b[a-dt-v]\b`)

func ourNames(text string) string {
	names := map[string]string{"t": "users", "u": "orders", "v": "notes", "a": "email", "b": "name", "c": "ssn", "d": "age"}
	return letter.ReplaceAllStringFunc(text, func(s string) string { return names[s] })
}
