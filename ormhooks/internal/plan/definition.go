package plan

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// passing are statements that hold no value for a row and show none.
var passing = map[string]bool{
	"DROP": true, "TRUNCATE": true, "UNLOCK": true, "VACUUM": true, "ANALYZE": true, "ANALYSE": true, "REINDEX": true,
	"CLUSTER": true, "OPTIMIZE": true, "CHECK": true, "REPAIR": true, "SHOW": true, "DESCRIBE": true, "DESC": true,
	"PRAGMA": true, "FLUSH": true, "USE": true,
	"REFRESH": true, "SAVEPOINT": true, "RELEASE": true, "ROLLBACK": true, "COMMIT": true, "BEGIN": true, "START": true, "DEALLOCATE": true, "CLOSE": true, "FETCH": true,
}

// definition decides on statements that are no query: whether one passes as it is. Those
// that could carry or copy what is protected are refused.
func (a *analysis) definition(tokens []sqltext.Token) (passes bool, err error) {
	if len(tokens) == 0 || tokens[0].Kind != sqltext.Word {
		return false, nil
	}
	if i := slices.IndexFunc(tokens, func(t sqltext.Token) bool { return t.Kind == sqltext.Symbol && t.Text == ";" }); i >= 0 && i < len(tokens)-1 {
		return a.definitions(tokens, i)
	}
	verb := strings.ToUpper(tokens[0].Text)
	switch verb {
	case "CREATE":
		return true, a.create(tokens)
	case "ALTER", "RENAME":
		if err := a.renames(tokens); err != nil {
			return false, err
		}
		if err := a.retypes(tokens); err != nil {
			return false, err
		}
		return true, a.create(tokens) // which may be of a view too
	case "COMMENT":
		return true, a.alter(tokens)
	case "LOCK":
		if a.dialect == sqltext.MySQL {
			return false, &Refusal{Pos: tokens[0].Pos, Reason: "an UPDATE that goes row by row begins a transaction, which releases the locks", Instead: "lock rows in a transaction, with SELECT … FOR UPDATE"}
		}
		return true, nil
	case "GRANT", "REVOKE": // which name what queries do
		return true, nil
	case "MERGE", "COPY", "LOAD", "DO", "CALL", "PREPARE", "EXECUTE", "DECLARE", "HANDLER", "SET", "IMPORT", "SECURITY", "TABLE":
		instead := "write it as SELECT, INSERT, UPDATE or DELETE"
		if verb == "COPY" || verb == "LOAD" {
			instead = "insert the rows through the door, some hundred in one INSERT"
		}
		return false, &Refusal{Pos: tokens[0].Pos, Reason: verb + " on a protected table is not rewritten", Instead: instead}
	}
	return passing[verb] && !slices.ContainsFunc(tokens[1:], func(t sqltext.Token) bool { return t.Kind == sqltext.Word && isQueryVerb(t.Text) }), nil
}

// definitions passes several statements in one text if each is a definition, as a script that makes
// tables is; end is the place of the first semicolon.
func (a *analysis) definitions(tokens []sqltext.Token, end int) (passes bool, err error) {
	for len(tokens) > 0 {
		if end < 0 {
			end = len(tokens)
		}
		if end > 0 {
			switch strings.ToUpper(tokens[0].Text) {
			case "CREATE", "ALTER", "DROP", "COMMENT", "GRANT", "REVOKE":
				if _, err := a.definition(tokens[:end]); err != nil {
					return false, err
				}
			default:
				return false, &Refusal{Pos: tokens[0].Pos, Reason: "several statements in one text, one of them on a protected table", Instead: "send them one by one"}
			}
		}
		tokens = tokens[min(end+1, len(tokens)):]
		end = slices.IndexFunc(tokens, func(t sqltext.Token) bool { return t.Kind == sqltext.Symbol && t.Text == ";" })
	}
	return true, nil
}

func isQueryVerb(word string) bool {
	switch strings.ToUpper(word) {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "VALUES":
		return true
	}
	return false
}

// create passes tables and plain indexes. Views, triggers and routines would read and
// write below the door.
func (a *analysis) create(tokens []sqltext.Token) error {
	if err := a.temporary(tokens); err != nil {
		return err
	}
	for _, t := range tokens[1:] {
		if word := strings.ToUpper(t.Text); word == "TABLE" && t.Kind == sqltext.Word {
			break
		}
		if t.Kind != sqltext.Word { // as in DEFINER=root@localhost
			continue
		}
		switch word := strings.ToUpper(t.Text); word {
		case "VIEW", "TRIGGER", "FUNCTION", "PROCEDURE", "RULE", "EVENT", "POLICY", "STATISTICS", "SUBSCRIPTION", "PUBLICATION":
			return &Refusal{Pos: t.Pos, Reason: "a " + strings.ToLower(word) + " on a protected table works below Cellseal: it sees cells and could take search values past it", Instead: "write its query where it is used"}
		case "INDEX":
			for _, name := range tokens {
				if isName(name) && a.isProtectedColumn(name.Text) {
					return &Refusal{Pos: name.Pos, Column: name.Text, Reason: "an index over cells finds nothing: each is random", Instead: `use the tag search:"exact" and the index on its hidden column`}
				}
			}
		}
	}
	tables := 0
	for _, t := range tokens[1:] {
		word := strings.ToUpper(t.Text)
		if word == "TABLE" && t.Kind == sqltext.Word {
			tables++ // the second one is a query: CREATE TABLE c AS TABLE users
		}
		if t.Kind == sqltext.Word && (word == "SELECT" || tables > 1) {
			return &Refusal{Pos: t.Pos, Reason: "cells would be copied to a table that they are not bound to", Instead: "create the table, then read and write the rows"}
		}
	}
	return a.alter(tokens)
}

// temporary refuses a temporary table that hides a protected one: its rows would be in the lists of that, and
// have the other's entries void.
func (a *analysis) temporary(tokens []sqltext.Token) error {
	word := func(i int) string {
		if i >= len(tokens) {
			return ""
		}
		return strings.ToUpper(tokens[i].Text)
	}
	at := slices.IndexFunc(tokens, func(t sqltext.Token) bool { return t.Kind == sqltext.Word && strings.EqualFold(t.Text, "TABLE") })
	if word(0) != "CREATE" || at < 0 {
		return nil
	}
	temporary := slices.ContainsFunc(tokens[:at], func(t sqltext.Token) bool {
		return strings.EqualFold(t.Text, "TEMP") || strings.EqualFold(t.Text, "TEMPORARY")
	})
	if at++; word(at) == "IF" && word(at+1) == "NOT" && word(at+2) == "EXISTS" {
		at += 3
	}
	for ; word(at+1) == "."; at += 2 {
		temporary = temporary || word(at) == "TEMP" || word(at) == "PG_TEMP"
	}
	if temporary && at < len(tokens) && a.isProtectedName(tokens[at].Text) {
		return &Refusal{Pos: tokens[at].Pos, Reason: "a temporary table takes the name of a protected one, and would share its lists", Instead: "give it another name"}
	}
	return nil
}

// renames refuses what takes a protected table or column out of the schema's sight.
func (a *analysis) renames(tokens []sqltext.Token) error {
	for i, t := range tokens {
		word := strings.ToUpper(t.Text)
		if t.Kind != sqltext.Word || word != "RENAME" && word != "CHANGE" && word != "SCHEMA" || i+1 == len(tokens) {
			continue
		}
		next := strings.ToUpper(tokens[i+1].Text)
		column := slices.ContainsFunc(tokens[i+1:min(i+4, len(tokens))], func(t sqltext.Token) bool {
			return isName(t) && (a.isProtectedColumn(t.Text) || a.holdsBytes(t.Text) || a.bindsTo(t.Text))
		})
		table := next == "TO" || next == "TABLE" || next == "AS" || word == "SCHEMA" && i > 0 && strings.EqualFold(tokens[i-1].Text, "SET")
		if column || table {
			return &Refusal{Pos: t.Pos, Reason: "a protected table or column gets a name that the schema does not have", Instead: "rename it in the schema, keep its logical name with name=, and run this on a connection without Cellseal"}
		}
	}
	return nil
}

// retypes refuses to give a column of cells or of the library's own bytes a type that holds none:
// PostgreSQL would turn what is stored into text, and it opens no more.
func (a *analysis) retypes(tokens []sqltext.Token) error {
	word := func(i int) string {
		if i < 0 || i >= len(tokens) || tokens[i].Kind != sqltext.Word {
			return ""
		}
		return strings.ToUpper(tokens[i].Text)
	}
	for i, t := range tokens {
		next := i + 1
		if isName(t) && a.bindsTo(t.Text) && (word(i-1) == "DROP" || word(i-1) == "COLUMN" && word(i-2) == "DROP" || word(next) == "TYPE" && slices.ContainsFunc(tokens[next:], func(t sqltext.Token) bool { return strings.EqualFold(t.Text, "USING") })) {
			return &Refusal{Pos: t.Pos, Column: t.Text, Reason: "cells are bound to what this column holds", Instead: "change keys row by row with UPDATE, which seals the cells again"}
		}
		if !isName(t) || !a.holdsBytes(t.Text) {
			continue
		}
		if own := !a.isProtectedColumn(t.Text); own && (word(i-1) == "DROP" || word(i-1) == "COLUMN" && word(i-2) == "DROP") {
			return &Refusal{Pos: t.Pos, Column: t.Text, Reason: "it is the library's own column", Instead: "drop it on a connection without Cellseal, when no index and no column of the schema needs it any more"}
		}
		if before := word(i - 1); before != "MODIFY" && (before != "COLUMN" || word(i-2) != "MODIFY") {
			if word(next) == "SET" && word(next+1) == "DATA" {
				next += 2
			}
			if word(next) != "TYPE" {
				continue
			}
			next++
		}
		switch typ := word(next); typ {
		case "BYTEA", "BLOB", "TINYBLOB", "MEDIUMBLOB", "LONGBLOB", "BINARY", "VARBINARY":
		default:
			return &Refusal{Pos: t.Pos, Column: t.Text, Reason: "what the column stores is bytes, which another type would change so that they open no more", Instead: "keep its type; with GORM install gormcell's plugin before AutoMigrate, and see what sqlcell.Check says"}
		}
	}
	return nil
}

// bindsTo reports whether any table's cells are bound to a column of that name, or scoped by it.
func (a *analysis) bindsTo(name string) bool {
	for t := range a.tables() {
		if isIdentity(t, name) {
			return true
		}
	}
	return false
}

// holdsBytes reports whether any protected table stores bytes under that name.
func (a *analysis) holdsBytes(name string) bool {
	for t := range a.tables() {
		for _, c := range t.Columns {
			if strings.EqualFold(c.Name, name) && c.Protected() && !c.Text && c.Alphabet == nil || c.Mode == schema.ModeToken && strings.EqualFold(c.Hidden(), name) {
				return true
			}
		}
		for _, x := range t.Indexes {
			if strings.EqualFold(x.Hidden(), name) {
				return true
			}
		}
		if strings.EqualFold(name, schema.RowKeyColumn) {
			return true
		}
	}
	return false
}

// alter passes a definition unless a literal stands beside a protected column: it could
// be a value for it, in a DEFAULT or a CHECK.
func (a *analysis) alter(tokens []sqltext.Token) error {
	var column *sqltext.Token
	literal := -1
	depth := 0
	check := func() error {
		if column != nil && literal >= 0 {
			return &Refusal{Pos: tokens[literal].Pos, Column: column.Text, Reason: "the definition of a protected column holds a literal", Instead: "a DEFAULT or CHECK would show values in clear: set them in the application"}
		}
		return nil
	}
	for i := range tokens {
		t := &tokens[i]
		switch {
		case t.Kind == sqltext.Symbol && t.Text == "(":
			depth++
		case t.Kind == sqltext.Symbol && t.Text == ")":
			depth--
		case t.Kind == sqltext.Symbol && t.Text == "," && depth <= 1:
			if err := check(); err != nil {
				return err
			}
			column, literal = nil, -1
		case isName(*t) && a.isProtectedColumn(t.Text):
			column = t
		case t.Kind == sqltext.NumberToken && strings.EqualFold(tokens[i-1].Text, "DEFAULT"):
			literal = i
		case t.Kind == sqltext.StringToken || t.Kind == sqltext.BytesToken:
			if i == 0 || !strings.EqualFold(tokens[i-1].Text, "COMMENT") && !strings.EqualFold(tokens[i-1].Text, "IS") {
				literal = i
			}
		}
	}
	return check()
}

func isName(t sqltext.Token) bool {
	return t.Kind == sqltext.Word || t.Kind == sqltext.QuotedIdent
}

// isProtectedColumn reports whether any table protects a column of that name.
func (a *analysis) isProtectedColumn(name string) bool {
	for t := range a.tables() {
		for _, c := range t.Columns {
			if c.Protected() && strings.EqualFold(c.Name, name) {
				return true
			}
		}
	}
	return false
}
