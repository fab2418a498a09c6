package sqltext

// Walk visits n and every node below it: queries, common table expressions, items, windows,
// assignments, expressions. Where visit answers false, the nodes below are left out. Names
// are no nodes.
func Walk(n Node, visit func(Node) bool) {
	if n != nil {
		walker(visit).node(n)
	}
}

type walker func(Node) bool

// one walks to a node that may be missing. It is a function of the pointer's type because
// an interface around a nil pointer is not nil.
func one[T any, P interface {
	*T
	Node
}](w walker, n P) {
	if n != nil {
		w.node(n)
	}
}

func many[N Node](w walker, nodes []N) {
	for _, n := range nodes {
		w.node(n)
	}
}

// expr walks to an expression that may be missing.
func (w walker) expr(x Expr) {
	if x != nil {
		w.node(x)
	}
}

// node walks statements and their parts, and leaves the rest to the functions below.
func (w walker) node(n Node) {
	if !w(n) {
		return
	}
	switch n := n.(type) {
	case *With:
		many(w, n.CTEs)
	case *CTE:
		w.node(n.Body)
	case *Query:
		one(w, n.With)
		many(w, n.Arms)
		many(w, n.OrderBy)
		many(w, n.Limit)
	case *Arm:
		w.arm(n)
	case *Insert:
		w.insert(n)
	case *InsertRow:
		many(w, n.Values)
	case *Conflict:
		many(w, n.Target)
		w.expr(n.TargetWhere)
		many(w, n.Set)
		w.expr(n.Where)
	case *Assign:
		w.expr(n.Value)
	case *Update:
		one(w, n.With)
		many(w, n.Tables)
		many(w, n.Set)
		many(w, n.From)
		w.expr(n.Where)
		many(w, n.OrderBy)
		many(w, n.Limit)
		one(w, n.Returning)
	case *Delete:
		one(w, n.With)
		many(w, n.Tables)
		many(w, n.Using)
		w.expr(n.Where)
		many(w, n.OrderBy)
		many(w, n.Limit)
		one(w, n.Returning)
	case *Item:
		w.expr(n.Expr)
	case *Order:
		w.expr(n.Expr)
	case *Window:
		many(w, n.PartitionBy)
		many(w, n.OrderBy)
		many(w, n.Frame)
	case *Derived:
		one(w, n.Query)
	case *TableFunc:
		w.expr(n.Call)
	case *Join:
		w.node(n.Left)
		w.node(n.Right)
		w.expr(n.On)
	case Expr:
		w.operands(n)
	}
}

func (w walker) arm(n *Arm) {
	many(w, n.DistinctOn)
	many(w, n.Items)
	many(w, n.From)
	w.expr(n.Where)
	many(w, n.GroupBy)
	w.expr(n.Having)
	many(w, n.Windows)
	for _, row := range n.Values {
		many(w, row)
	}
	one(w, n.Nested)
}

func (w walker) insert(n *Insert) {
	one(w, n.With)
	one(w, n.Table)
	many(w, n.Rows)
	one(w, n.Query)
	many(w, n.Set)
	many(w, n.Conflicts)
	many(w, n.OnDup)
	one(w, n.Returning)
}

// operands walks below an expression.
func (w walker) operands(x Expr) {
	switch x := x.(type) {
	case *Unary:
		w.expr(x.X)
	case *Binary:
		w.expr(x.X)
		w.expr(x.Y)
		w.expr(x.Escape)
	case *IsNull:
		w.expr(x.X)
	case *Between:
		w.expr(x.X)
		w.expr(x.Low)
		w.expr(x.High)
	case *In:
		w.expr(x.X)
		many(w, x.List)
		one(w, x.Query)
	case *Quantified:
		w.expr(x.X)
		w.expr(x.Array)
		one(w, x.Query)
	case *Cast:
		w.expr(x.X)
	case *Call:
		many(w, x.Args)
		many(w, x.OrderBy)
		w.expr(x.Filter)
		one(w, x.Over)
	case *Case:
		w.expr(x.X)
		for _, when := range x.Whens {
			w.expr(when.Cond)
			w.expr(when.Then)
		}
		w.expr(x.Else)
	case *Row:
		many(w, x.Values)
	case *Paren:
		w.expr(x.X)
	case *Array:
		many(w, x.Values)
		one(w, x.Query)
	case *Subquery:
		one(w, x.Query)
	case *Exists:
		one(w, x.Query)
	case *Collate:
		w.expr(x.X)
	case *Index:
		w.expr(x.X)
		many(w, x.Subs)
	case *Other:
		many(w, x.Args)
	}
}
