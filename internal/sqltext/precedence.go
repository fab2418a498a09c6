package sqltext

// Levels of precedence, loosest first. The dialects share the scale and differ in where
// they put an operator on it.
const (
	lowest         = iota
	disjunction    // OR
	exclusive      // XOR
	conjunction    // AND
	negation       // NOT
	equality       // PostgreSQL's IS; SQLite's =, IS, IN, LIKE
	comparison     // <, and = where it is no test
	membership     // BETWEEN, IN, LIKE
	operation      // any other operator of PostgreSQL
	bitOr          // bit operators, all of SQLite's
	bitAnd         //
	shift          //
	additive       // +, -
	multiplicative // *, /, %
	power          // ^
	zone           // AT TIME ZONE
	concatenation  // SQLite's || and ->
	collation      // COLLATE in PostgreSQL and SQLite
	unary          // -x
	tight          // MySQL's !x, BINARY x and COLLATE
	postfix        // x::t, x[1], MySQL's ->
)

// symbolLevels are the levels of the operators that are symbols. What is not in
// PostgreSQL's is an operation.
var symbolLevels = map[Dialect]map[string]int{
	PostgreSQL: {
		"<": comparison, ">": comparison, "=": comparison, "<=": comparison, ">=": comparison, "<>": comparison,
		"!=": comparison, "+": additive, "-": additive, "*": multiplicative, "/": multiplicative,
		"%": multiplicative, "^": power,
	},
	// With PIPES_AS_CONCAT MySQL's || concatenates and binds tightest. The options do not say,
	// so || is no OR for whoever reads the tree.
	MySQL: {
		"||": disjunction, "&&": conjunction, "<": comparison, ">": comparison, "=": comparison,
		"<=": comparison, ">=": comparison, "<>": comparison, "!=": comparison, "<=>": comparison, "|": bitOr,
		"&": bitAnd, "<<": shift, ">>": shift, "+": additive, "-": additive, "*": multiplicative,
		"/": multiplicative, "%": multiplicative, "^": power, "->": postfix, "->>": postfix,
	},
	SQLite: {
		"=": equality, "==": equality, "<>": equality, "!=": equality, "<": comparison, ">": comparison,
		"<=": comparison, ">=": comparison, "|": bitOr, "&": bitOr, "<<": bitOr, ">>": bitOr, "+": additive,
		"-": additive, "*": multiplicative, "/": multiplicative, "%": multiplicative, "||": concatenation,
		"->": concatenation, "->>": concatenation,
	},
}

// wordLevels are the levels of the operators that are one word between two operands.
var wordLevels = map[Dialect]map[string]int{
	PostgreSQL: {"OR": disjunction, "AND": conjunction, "OVERLAPS": operation},
	MySQL: {
		"OR": disjunction, "XOR": exclusive, "AND": conjunction, "DIV": multiplicative, "MOD": multiplicative,
	},
	SQLite: {"OR": disjunction, "AND": conjunction},
}

// patterns are the operators that may have NOT before them, and ESCAPE behind if true.
var patterns = map[Dialect]map[string]bool{
	PostgreSQL: {"LIKE": true, "ILIKE": true, "SIMILAR": true},
	MySQL:      {"LIKE": true, "REGEXP": false, "RLIKE": false},
	SQLite:     {"LIKE": true, "GLOB": true, "REGEXP": true, "MATCH": true},
}

// operatorLevel is the level of the symbol that comes next; 0 if it is no operator.
func (p *parser) operatorLevel() int {
	k := p.key()
	if p.peek().Kind == Word {
		return wordLevels[p.d][k]
	}
	if p.peek().Kind != Symbol {
		return 0
	}
	if level, ok := symbolLevels[p.d][k]; ok || p.d != PostgreSQL {
		return level
	}
	switch k {
	case "(", ")", "[", "]", ",", ";", ".", ":", "::", ":=", "..", "=>":
		return 0
	}
	return operation
}

// isLevel is where IS stands, and predicateLevel where IN, LIKE and BETWEEN do.
func (p *parser) isLevel() int {
	if p.d == MySQL {
		return comparison
	}
	return equality
}

func (p *parser) predicateLevel() int {
	if p.d == SQLite {
		return equality
	}
	return membership
}

// collateLevel is where COLLATE stands.
func (p *parser) collateLevel() int {
	if p.d == MySQL {
		return tight
	}
	return collation
}
