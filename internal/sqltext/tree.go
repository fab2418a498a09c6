package sqltext

import "github.com/cellseal/cellseal/internal/dialect"

// A Dialect is a database's way to write SQL.
type Dialect = dialect.Dialect

// The dialects. MySQL is MariaDB too.
const (
	PostgreSQL = dialect.PostgreSQL
	MySQL      = dialect.MySQL
	SQLite     = dialect.SQLite
)

// A Span is a part of the statement's text: text[Pos:End].
type Span struct{ Pos, End int }

// At returns the span; every node has it by embedding.
func (s Span) At() Span { return s }

// An Ident is a name. Name is unquoted, and in PostgreSQL folded to lower case unless
// it was quoted.
type Ident struct {
	Span
	Name   string
	Quoted bool
}

// A Name is a dotted name: users, public.users, u.email.
type Name struct {
	Span
	Parts []Ident
}

// Last returns the name without its qualifiers.
func (n Name) Last() string { return n.Parts[len(n.Parts)-1].Name }

// A Node is a part of the tree.
type Node interface{ At() Span }

// A Statement is *Query, *Insert, *Update or *Delete.
type Statement interface {
	Node
	statement()
}

// An Expr is one of the expression nodes below.
type Expr interface {
	Node
	expr()
}

// With is WITH [RECURSIVE] a AS (…), b AS (…).
type With struct {
	Span
	Recursive bool
	CTEs      []*CTE
}

// A CTE is one named statement of a With.
type CTE struct {
	Span
	Name    Ident
	Columns []Ident
	Body    Statement // *Query; in PostgreSQL also *Insert, *Update, *Delete
}

// A Query is SELECT, VALUES or TABLE with what may follow: set operations, ORDER BY,
// LIMIT, locking. Its span is without the parentheses around it.
type Query struct {
	Span
	With    *With
	Arms    []*Arm // one, or more joined by set operations
	OrderBy []*Order
	Sorting Span   // ORDER BY and what it says; empty if there is none
	Limit   []Expr // LIMIT, OFFSET and FETCH expressions in any order
	Cuts    []Cut  // what these are of
	Lock    *Span  // FOR UPDATE and the like, LOCK IN SHARE MODE
	TailPos int    // where ORDER BY, LIMIT or locking begins; the query's end if there is none
}

// An Arm is one SELECT of a query, or VALUES, or a parenthesized query.
type Arm struct {
	Span
	Op string // before it, upper case: "", "UNION", "UNION ALL", "INTERSECT", …

	Distinct   bool
	Quantifier Span // DISTINCT, with ON (…) behind it; empty if there is none
	DistinctOn []Expr
	Items      []*Item // SELECT list, or RETURNING list
	ItemsEnd   int     // end of the last item: where more can be added
	From       []Table
	FromPos    int // of FROM; 0 if there is none
	Where      Expr
	GroupBy    []Expr
	Grouping   Span // GROUP BY and what it says; empty if there is none
	Rollup     bool // MySQL: WITH ROLLUP
	Having     Expr
	HavingAll  Span // HAVING and what it says; empty if there is none
	Windows    []*Window

	Command bool // TABLE t: read as SELECT * FROM t, though there is no list to add to

	Values [][]Expr // of VALUES (…), (…)
	Nested *Query   // of a parenthesized query
}

// An Item is one element of a SELECT or RETURNING list.
type Item struct {
	Span
	Expr  Expr   // nil for a star
	Star  bool   // *, t.*
	Of    *Name  // t of t.*
	Alias *Ident // with or without AS
}

// An Order is one element of ORDER BY.
type Order struct {
	Span
	Expr  Expr
	Desc  bool
	Using bool   // PostgreSQL: USING operator
	Nulls string // "FIRST", "LAST", or "" if it does not say
}

// A Cut is one LIMIT, OFFSET or FETCH. LIMIT ALL has neither expression.
type Cut struct {
	Span
	Count, Offset Expr
	One           bool // FETCH FIRST ROW: one, without an expression
	Ties          bool // WITH TIES
}

// Exprs are the expressions of a cut, which may be nil, in the order of the text: MySQL writes
// LIMIT offset, count.
func (c *Cut) Exprs() []Expr {
	switch {
	case c == nil || c.Count == nil && c.Offset == nil:
		return nil
	case c.Offset == nil:
		return []Expr{c.Count}
	case c.Count == nil:
		return []Expr{c.Offset}
	case c.Offset.At().Pos < c.Count.At().Pos:
		return []Expr{c.Offset, c.Count}
	}
	return []Expr{c.Count, c.Offset}
}

// A Window is WINDOW name AS (…), or what OVER says.
type Window struct {
	Span
	Name        *Ident // declared, or referred to
	PartitionBy []Expr
	OrderBy     []*Order
	Frame       []Expr // bounds
}

// A Table is an element of FROM: *TableName, *Derived, *TableFunc or *Join.
type Table interface {
	Node
	table()
}

// A TableName is a table or view with its alias. Between name and alias may stand what
// dialects allow: ONLY, PARTITION (…), INDEXED BY, index hints, TABLESAMPLE.
type TableName struct {
	Span
	Name    Name
	Alias   *Ident
	Columns []Ident // alias (a, b)
}

// A Derived is a query in FROM.
type Derived struct {
	Span
	Lateral bool
	Query   *Query
	Alias   *Ident
	Columns []Ident
}

// A TableFunc is a function in FROM: unnest(…), json_each(…), generate_series(…).
type TableFunc struct {
	Span
	Call    Expr
	Alias   *Ident
	Columns []Ident
}

// A Join joins two elements of FROM. A comma is not one.
type Join struct {
	Span
	Kind        string // upper case, without OUTER: "JOIN", "LEFT JOIN", "CROSS JOIN", "STRAIGHT_JOIN", …
	Natural     bool
	Left, Right Table
	On          Expr
	Using       []Ident
}

// An Insert is INSERT or REPLACE.
type Insert struct {
	Span
	With       *With
	Verb       string // upper case up to INTO: "INSERT", "INSERT IGNORE", "REPLACE", "INSERT OR REPLACE", …
	Table      *TableName
	Columns    []Ident // nil if there is no list
	ColumnsEnd int     // before the ")" of the list
	ValuesPos  int     // where VALUES, SELECT, SET or DEFAULT VALUES begins
	Rows       []*InsertRow
	Query      *Query // INSERT … SELECT, which may be VALUES in parentheses
	Set        []*Assign
	SetEnd     int // end of the last assignment of SET
	Default    bool
	RowAlias   *Ident // MySQL: VALUES (…) AS new
	RowColumns []Ident
	Conflicts  []*Conflict
	OnDup      []*Assign // MySQL: ON DUPLICATE KEY UPDATE
	OnDupEnd   int
	Returning  *Arm // Items and ItemsEnd only
}

// An InsertRow is one (…) of VALUES.
type InsertRow struct {
	Span   // with its parentheses
	Values []Expr
}

// A Conflict is ON CONFLICT ….
type Conflict struct {
	Span
	Target      []Expr // (a, b); nil if there is none
	TargetWhere Expr
	Constraint  *Ident
	Nothing     bool
	Set         []*Assign
	SetEnd      int
	Where       Expr
}

// An Assign is column = value, or (a, b) = (x, y), or (a, b) = (SELECT …).
type Assign struct {
	Span
	Columns []Name
	Row     bool // written with parentheses
	Value   Expr // *Row if Row and it is one
}

// An Update is UPDATE. Tables are those before SET: one, unless MySQL joins some.
type Update struct {
	Span
	With      *With
	Verb      string // "UPDATE", "UPDATE IGNORE", "UPDATE OR REPLACE", …
	Tables    []Table
	Set       []*Assign
	SetPos    int // of the first assignment
	SetEnd    int
	From      []Table
	WherePos  int // of WHERE; 0 if there is none
	Where     Expr
	OrderBy   []*Order
	Limit     []Expr
	TailPos   int // where ORDER BY, LIMIT or RETURNING begins; the end if there is none
	Returning *Arm
}

// A Delete is DELETE.
type Delete struct {
	Span
	With      *With
	Targets   []Name  // MySQL: DELETE a, b FROM …; else nil
	Tables    []Table // after FROM
	Using     []Table
	WherePos  int
	Where     Expr
	OrderBy   []*Order
	Limit     []Expr
	Returning *Arm
}

func (*Query) statement()  {}
func (*Insert) statement() {}
func (*Update) statement() {}
func (*Delete) statement() {}

func (*TableName) table() {}
func (*Derived) table()   {}
func (*TableFunc) table() {}
func (*Join) table()      {}
