package sqltext

type (
	// A Column is a reference to a column: email, u.email, public.users.email. What looks
	// like one may be a keyword of the dialect: CURRENT_DATE is a Column too.
	Column struct{ Name }
	// A Param is a placeholder.
	Param struct {
		Span
		Number int    // of $3, ?3; for ? its position, from 1
		Name   string // of :name, @name, $name with its sign
	}
	// A Literal is a constant. DEFAULT is a Literal too.
	Literal struct {
		Span
		Kind  LiteralKind
		Value string // a string's content, decoded; a number as written; bytes as a string
	}
	// A Unary is NOT x, -x, x ISNULL and the like; Op is upper case.
	Unary struct {
		Span
		Op string
		X  Expr
	}
	// A Binary is x op y; Op is upper case: "=", "<>", "AND", "||", "->>", "IS DISTINCT
	// FROM", "IS NOT DISTINCT FROM", "<=>", "IS", "IS NOT", "OVERLAPS", "LIKE",
	// "NOT LIKE", "ILIKE", "SIMILAR TO", "REGEXP", "GLOB", "MATCH", "SOUNDS LIKE", "MEMBER OF", "AT TIME ZONE", …
	// "!=" is "<>". PostgreSQL's OPERATOR(s.=) is "OPERATOR".
	Binary struct {
		Span
		Op   string
		X, Y Expr
		// Escape is that of LIKE … ESCAPE.
		Escape Expr
	}
	// An IsNull is x IS [NOT] NULL.
	IsNull struct {
		Span
		X   Expr
		Not bool
	}
	// A Between is x [NOT] BETWEEN [SYMMETRIC] low AND high.
	Between struct {
		Span
		X, Low, High Expr
		Not          bool
	}
	// An In is x [NOT] IN (…), with a list or a query.
	In struct {
		Span
		X     Expr
		Not   bool
		List  []Expr
		Query *Query
	}
	// A Quantified is x op ANY|SOME|ALL (array or query).
	Quantified struct {
		Span
		X     Expr
		Op    string
		All   bool
		Array Expr
		Query *Query
	}
	// A Cast is CAST(x AS type), x::type, CONVERT(x, type), type 'literal'.
	Cast struct {
		Span
		X    Expr
		Type Span
	}
	// A Call is a function call, or what is written like one: COALESCE(…), EXTRACT(YEAR FROM
	// x), TRIM(BOTH …), GROUP_CONCAT(… ORDER BY …). All expressions inside are in Args, OrderBy,
	// Filter, Over.
	Call struct {
		Span
		Name     Name // as written; a keyword's Ident otherwise
		Args     []Expr
		Star     bool // count(*)
		Distinct bool
		OrderBy  []*Order // inside, or WITHIN GROUP
		Filter   Expr
		Over     *Window
	}
	// A Case is CASE [x] WHEN … THEN … ELSE … END.
	Case struct {
		Span
		X     Expr
		Whens []When
		Else  Expr
	}
	// A Row is (a, b) or ROW(a, b).
	Row struct {
		Span
		Values []Expr
	}
	// A Paren is (x).
	Paren struct {
		Span
		X Expr
	}
	// An Array is ARRAY[…]; with a Query ARRAY(SELECT …).
	Array struct {
		Span
		Values []Expr
		Query  *Query
	}
	// A Subquery is (SELECT …) as a value.
	Subquery struct {
		Span
		Query *Query
	}
	// An Exists is EXISTS (SELECT …).
	Exists struct {
		Span
		Query *Query
	}
	// A Collate is x COLLATE name.
	Collate struct {
		Span
		X         Expr
		Collation Name
	}
	// An Index is x[1], x[1:2], or a field (x).f, (x).*.
	Index struct {
		Span
		X    Expr
		Subs []Expr
	}
	// An Other is known syntax that is made of expressions and nothing this package's
	// callers look into: INTERVAL 1 DAY, MATCH (a, b) AGAINST (…), @v := x.
	Other struct {
		Span
		What string // upper case: "INTERVAL", "MATCH", "VARIABLE", …
		Args []Expr
	}
)

// When is one branch of a Case.
type When struct{ Cond, Then Expr }

// A LiteralKind says what a Literal is.
type LiteralKind uint8

// The kinds of literals.
const (
	String LiteralKind = iota + 1
	Number
	Bytes // x'…', X'…', 0x…
	Bits  // b'…'
	True
	False
	Null
	Default
)

func (*Column) expr()     {}
func (*Param) expr()      {}
func (*Literal) expr()    {}
func (*Unary) expr()      {}
func (*Binary) expr()     {}
func (*IsNull) expr()     {}
func (*Between) expr()    {}
func (*In) expr()         {}
func (*Quantified) expr() {}
func (*Cast) expr()       {}
func (*Call) expr()       {}
func (*Case) expr()       {}
func (*Row) expr()        {}
func (*Paren) expr()      {}
func (*Array) expr()      {}
func (*Subquery) expr()   {}
func (*Exists) expr()     {}
func (*Collate) expr()    {}
func (*Index) expr()      {}
func (*Other) expr()      {}
