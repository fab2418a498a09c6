package sqlfuzz

import (
	"fmt"
	"slices"
	"strings"

	pg "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// postgresFacts asks PostgreSQL's own parser.
func postgresFacts(text string) (*facts, error) {
	tree, err := pg.Parse(text)
	if err != nil {
		return nil, err
	}
	if len(tree.Stmts) != 1 {
		return nil, fmt.Errorf("%d statements", len(tree.Stmts))
	}
	stmt := tree.Stmts[0].Stmt
	if e := stmt.GetExplainStmt(); e != nil {
		stmt = e.Query
	}
	w := &postgresWalk{}
	root := stmt.ProtoReflect()
	inner := root.Get(root.WhichOneof(root.Descriptor().Oneofs().Get(0))).Message()
	name := string(inner.Descriptor().Name())
	w.kind = strings.ToUpper(strings.TrimSuffix(name, "Stmt"))
	w.walk(inner, nil, "")
	switch w.kind {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "VIEW", "CREATETABLEAS", "RULE", "CREATETRIG", "PREPARE", "DECLARECURSOR":
	default:
		w.protected = "" // other definitions may pass
	}
	if len(w.tables) != 1 || w.tables[0] != "users" || w.ctes {
		w.sealed = 0 // which table a column is of takes more than a parser
	}
	return w.sort(), nil
}

type postgresWalk struct {
	facts
	ctes bool
}

// walk goes through every node. scope are the names of CTEs that may be meant; in is the
// field that the message is in.
func (w *postgresWalk) walk(m protoreflect.Message, scope []string, in protoreflect.Name) {
	switch node := m.Interface().(type) {
	case *pg.RangeVar:
		w.tables = append(w.tables, node.Relname)
		cte := node.Schemaname == "" && slices.Contains(scope, node.Relname)
		if slices.Contains(protectedTables, node.Relname) && (!cte || in == "relation") {
			w.protected = node.Relname
		}
		return
	case *pg.A_Const:
		if s, ok := node.Val.(*pg.A_Const_Sval); ok {
			w.strings = append(w.strings, s.Sval.Sval)
		}
		return
	case *pg.ColumnRef:
		if last := node.Fields[len(node.Fields)-1].GetString_(); last != nil {
			w.columns = append(w.columns, last.Sval)
		}
		return
	case *pg.ParamRef:
		w.params = append(w.params, int(node.Number))
	case *pg.TypeName, *pg.LockingClause:
		return // no values, and tables that are named before
	case *pg.FuncCall:
		if last := node.Funcname[len(node.Funcname)-1].GetString_(); len(node.Funcname) == 2 && (last.GetSval() == "extract" || last.GetSval() == "normalize") && len(node.Args) == 2 {
			arg := 0 // the field's name, which is a string only here
			if last.GetSval() == "normalize" {
				arg = 1
			}
			w.walk(node.Args[1-arg].ProtoReflect(), scope, "")
			return
		}
	case *pg.MultiAssignRef:
		if node.Colno > 1 {
			return // the same row again
		}
	case *pg.IndexElem:
		if node.Name != "" {
			w.columns = append(w.columns, node.Name)
		}
	case *pg.A_Expr:
		w.compared(node)
	case *pg.UpdateStmt:
		for _, target := range node.TargetList {
			w.assigned(target.GetResTarget().GetName(), target.GetResTarget().GetVal())
		}
	case *pg.InsertStmt:
		w.inserted(node)
	}
	fields := m.Descriptor().Fields()
	if with := fields.ByName("with_clause"); with != nil && m.Has(with) {
		w.ctes = true
		scope = w.with(m.Get(with).Message().Interface().(*pg.WithClause), scope)
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Kind() != protoreflect.MessageKind || f.Name() == "with_clause":
		case f.IsList():
			for i := range v.List().Len() {
				w.walk(v.List().Get(i).Message(), scope, "")
			}
		default:
			name := f.Name()
			if _, ok := m.Interface().(*pg.Node); ok {
				name = in
			}
			w.walk(v.Message(), scope, name)
		}
		return true
	})
}

// with walks a WITH and returns the scope of what follows it.
func (w *postgresWalk) with(with *pg.WithClause, scope []string) []string {
	scope = slices.Clone(scope)
	if with.Recursive {
		for _, c := range with.Ctes {
			scope = append(scope, c.GetCommonTableExpr().Ctename)
		}
	}
	for _, c := range with.Ctes {
		w.walk(c.GetCommonTableExpr().ProtoReflect(), scope, "")
		scope = append(scope, c.GetCommonTableExpr().Ctename)
	}
	return scope
}

func isSecret(n *pg.Node) bool {
	return n.GetAConst() != nil && strings.Contains(n.GetAConst().GetSval().GetSval(), secret)
}

func isProtected(n *pg.Node) bool {
	f := n.GetColumnRef().GetFields()
	if len(f) == 0 {
		return false
	}
	name := f[len(f)-1].GetString_().GetSval()
	return name == "email" || name == "ssn"
}

func (w *postgresWalk) compared(e *pg.A_Expr) {
	for _, sides := range [][2]*pg.Node{{e.Lexpr, e.Rexpr}, {e.Rexpr, e.Lexpr}} {
		if !isProtected(sides[0]) {
			continue
		}
		for _, value := range append([]*pg.Node{sides[1]}, sides[1].GetList().GetItems()...) {
			if isSecret(value) {
				w.sealed++
			}
		}
	}
}

func (w *postgresWalk) assigned(column string, value *pg.Node) {
	if (column == "email" || column == "ssn") && isSecret(value) {
		w.sealed++
	}
}

func (w *postgresWalk) inserted(n *pg.InsertStmt) {
	rows := n.GetSelectStmt().GetSelectStmt().GetValuesLists()
	for _, row := range rows {
		for i, v := range row.GetList().GetItems() {
			if i < len(n.Cols) {
				w.assigned(n.Cols[i].GetResTarget().GetName(), v)
			}
		}
	}
}

// postgresCanonical is the tree without the positions in the text.
func postgresCanonical(text string) (string, error) {
	tree, err := pg.Parse(text)
	if err != nil {
		return "", err
	}
	forget(tree.ProtoReflect())
	out, err := prototext.MarshalOptions{}.Marshal(proto.Message(tree))
	return strings.ReplaceAll(string(out), "  ", " "), err // it puts spaces at random
}

func forget(m protoreflect.Message) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Kind() == protoreflect.MessageKind && f.IsList():
			for i := range v.List().Len() {
				forget(v.List().Get(i).Message())
			}
		case f.Kind() == protoreflect.MessageKind:
			forget(v.Message())
		case f.Name() == "location" || strings.HasPrefix(string(f.Name()), "stmt_"):
			m.Clear(f)
		}
		return true
	})
}
