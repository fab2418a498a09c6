package sqlfuzz

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pingcap/tidb/pkg/parser"
	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/format"
	"github.com/pingcap/tidb/pkg/parser/test_driver"
)

func mysqlParse(text string) (ast.StmtNode, error) {
	stmts, _, err := parser.New().Parse(text, "", "")
	if err != nil {
		return nil, err
	}
	if len(stmts) != 1 {
		return nil, fmt.Errorf("%d statements", len(stmts))
	}
	if e, ok := stmts[0].(*ast.ExplainStmt); ok {
		return e.Stmt, nil
	}
	return stmts[0], nil
}

// mysqlFacts asks TiDB's parser of MySQL.
func mysqlFacts(text string) (f *facts, err error) {
	defer func() {
		if r := recover(); r != nil { // DESCRIBE "x" makes TiDB's tree panic
			err = fmt.Errorf("TiDB's parser: %v", r)
		}
	}()
	stmt, err := mysqlParse(text)
	if err != nil {
		return nil, err
	}
	w := &mysqlWalk{}
	switch stmt.(type) {
	case *ast.SelectStmt, *ast.SetOprStmt:
		w.kind = "SELECT"
	case *ast.InsertStmt:
		w.kind = "INSERT"
	case *ast.UpdateStmt:
		w.kind = "UPDATE"
	case *ast.DeleteStmt:
		w.kind = "DELETE"
	default:
		w.kind = fmt.Sprintf("%T", stmt)
	}
	stmt.Accept(w)
	switch w.kind {
	case "SELECT", "INSERT", "UPDATE", "DELETE":
	default:
		w.protected = ""
	}
	if s, ok := stmt.(*ast.SelectStmt); ok && s.Kind == ast.SelectStmtKindTable {
		w.protected = "" // DESCRIBE TABLE users shows none of its rows; TABLE users is never understood
	}
	return w.sort(), nil
}

type mysqlWalk struct {
	facts
	scopes [][]string // of CTEs, innermost last
	skip   []ast.Node
}

func withOf(n ast.Node) *ast.WithClause {
	switch n := n.(type) {
	case *ast.SelectStmt:
		return n.With
	case *ast.SetOprStmt:
		return n.With
	case *ast.SetOprSelectList:
		return n.With
	case *ast.UpdateStmt:
		return n.With
	case *ast.DeleteStmt:
		return n.With
	}
	return nil
}

func (w *mysqlWalk) Enter(n ast.Node) (ast.Node, bool) {
	if with := withOf(n); with != nil {
		var names []string
		for _, c := range with.CTEs {
			if with.IsRecursive {
				names = append(names, c.Name.L)
			}
		}
		w.scopes = append(w.scopes, names)
	}
	if slices.Contains(w.skip, n) {
		return n, true
	}
	switch n := n.(type) {
	case *ast.SelectStmt:
		if n.LockInfo != nil { // names again what FROM names
			for _, t := range n.LockInfo.Tables {
				w.skip = append(w.skip, t)
			}
		}
	case *ast.DeleteTableList: // names of what is in FROM or USING
		for _, t := range n.Tables {
			w.tables = append(w.tables, t.Name.L)
			w.skip = append(w.skip, t)
		}
	case *ast.TableName:
		w.tables = append(w.tables, n.Name.L)
		cte := n.Schema.L == "" && slices.ContainsFunc(w.scopes, func(s []string) bool { return slices.Contains(s, n.Name.L) })
		if slices.Contains(protectedTables, n.Name.L) && !cte {
			w.protected = n.Name.L
		}
	case *ast.ColumnNameExpr:
		w.columns = append(w.columns, n.Name.Name.L)
	case *ast.ValuesExpr:
		w.columns = append(w.columns, n.Column.Name.Name.L)
		w.skip = append(w.skip, n.Column)
	case *test_driver.ParamMarkerExpr:
		w.params = append(w.params, 0)
	case *test_driver.ValueExpr:
		if n.Kind() == test_driver.KindString {
			w.strings = append(w.strings, n.GetString())
		}
	case *ast.FuncCallExpr:
		switch n.FnName.L { // a character set is an argument there
		case "convert", "char_func":
			w.skip = append(w.skip, n.Args[len(n.Args)-1])
		}
	}
	return n, false
}

func (w *mysqlWalk) Leave(n ast.Node) (ast.Node, bool) {
	if c, ok := n.(*ast.CommonTableExpression); ok {
		last := len(w.scopes) - 1
		w.scopes[last] = append(w.scopes[last], c.Name.L)
	}
	if withOf(n) != nil {
		w.scopes = w.scopes[:len(w.scopes)-1]
	}
	return n, true
}

// comparable reports whether TiDB's tree has no more values in it than the text.
func mysqlComparable(text string) bool {
	text = strings.ToUpper(text)
	for _, odd := range []string{"GROUP_CONCAT", "MATCH", "DEFAULT", "SYSDATE", "@"} {
		if strings.Contains(text, odd) {
			return false
		}
	}
	return true
}

// mysqlCanonical is the tree as text, with parentheses around each operator and nothing else.
func mysqlCanonical(text string) (string, error) {
	stmt, err := mysqlParse(text)
	if err != nil {
		return "", err
	}
	node, _ := stmt.Accept(bracketing{})
	var b strings.Builder
	err = node.Restore(format.NewRestoreCtx(format.DefaultRestoreFlags, &b))
	return b.String(), err
}

type bracketing struct{}

func (bracketing) Enter(n ast.Node) (ast.Node, bool) { return n, false }

func (bracketing) Leave(n ast.Node) (ast.Node, bool) {
	switch n := n.(type) {
	case *ast.ParenthesesExpr:
		return n.Expr, true
	case *ast.BinaryOperationExpr, *ast.UnaryOperationExpr, *ast.BetweenExpr, *ast.PatternInExpr, *ast.IsNullExpr, *ast.IsTruthExpr, *ast.PatternLikeOrIlikeExpr,
		*ast.PatternRegexpExpr, *ast.CompareSubqueryExpr:
		return &ast.ParenthesesExpr{Expr: n.(ast.ExprNode)}, true
	}
	return n, true
}
