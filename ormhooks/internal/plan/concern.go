package plan

import (
	"iter"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// concerned reports whether a statement names a protected table in any way that this
// package can see. It errs on the safe side: what may name one without showing it is
// refused.
func (a *analysis) concerned(tokens []sqltext.Token) (bool, error) {
	concerned := false
	if err := a.dependents(tokens); err != nil {
		return false, err
	}
	for i, t := range tokens {
		switch t.Kind {
		case sqltext.Word, sqltext.QuotedIdent:
			if i+1 < len(tokens) && tokens[i+1].Text == "(" && runsText(t.Text) {
				return false, &Refusal{Pos: t.Pos, Reason: t.Text + " runs text that cannot be seen", Instead: "send that text as a statement of its own"}
			}
			concerned = concerned || a.isProtectedName(t.Text)
		case sqltext.StringToken: // which SQLite takes for a name where it wants one, and MySQL in one of its modes
			concerned = concerned || a.dialect != sqltext.PostgreSQL && a.isProtectedName(t.Text)
		case sqltext.Opaque:
			return false, &Refusal{Pos: t.Pos, Reason: "an escaped identifier or an executable comment may name a protected table, or be any statement", Instead: "write it plainly"}
		}
	}
	if err := quoting(tokens); err != nil {
		return false, err
	}
	for i, t := range tokens[:max(0, len(tokens)-1)] {
		if concerned && t.Kind == sqltext.Word && strings.EqualFold(t.Text, "OVERRIDING") && strings.EqualFold(tokens[i+1].Text, "USER") {
			return false, &Refusal{Pos: t.Pos, Reason: "OVERRIDING USER VALUE gives the row another key than the statement says", Instead: "leave the column out, and bind the table with bind=row_key"}
		}
	}
	if !concerned {
		if err := ours(tokens); err != nil {
			return false, err
		}
		if err := a.named(tokens); err != nil {
			return false, err
		}
		return false, a.hiddenCode(tokens)
	}
	return true, nil
}

// ours refuses functions of no server, whose arguments would be seen by one that does not know them.
func ours(tokens []sqltext.Token) error {
	for i, t := range tokens[:max(0, len(tokens)-1)] {
		if (strings.EqualFold(t.Text, "cellseal_match") || strings.EqualFold(t.Text, "cellseal_near")) && tokens[i+1].Text == "(" {
			return &Refusal{Pos: t.Pos, Reason: strings.ToLower(t.Text) + " asks for the words of a protected column, and no protected table is named", Instead: "check the table's name"}
		}
	}
	return nil
}

// named refuses what runs a statement by the name it was prepared under: SQL's EXECUTE, and
// what is no command, which pgx takes for such a name.
func (a *analysis) named(tokens []sqltext.Token) error {
	if len(tokens) == 0 || a.dialect == sqltext.SQLite {
		return nil
	}
	first := strings.ToUpper(tokens[0].Text)
	verb := first // of the statement among several
	for i, t := range tokens {
		if begins(tokens, i) {
			verb = strings.ToUpper(t.Text)
		}
		if t.Kind != sqltext.Word || verb == "GRANT" || verb == "REVOKE" { // EXECUTE is a privilege too
			continue
		}
		next := ""
		if i+1 < len(tokens) {
			next = strings.ToUpper(tokens[i+1].Text)
		}
		word := strings.ToUpper(t.Text)
		switch {
		case word == "EXECUTE" && next != "FUNCTION" && next != "PROCEDURE",
			a.dialect == sqltext.MySQL && word == "PREPARE",
			a.dialect == sqltext.MySQL && word == "CALL" && i > 0 && !a.isAllowed(called(tokens[i+1:])) && first != "CREATE":
			return &Refusal{Pos: t.Pos, Reason: "what " + word + " runs cannot be seen", Instead: "send the statement itself; drivers prepare it"}
		}
	}
	if a.dialect == sqltext.PostgreSQL && !a.isCommand(tokens) {
		return &Refusal{Pos: tokens[0].Pos, Reason: "this is no command of PostgreSQL: what was prepared under that name cannot be seen", Instead: "send the statement itself; drivers prepare it"}
	}
	return nil
}

// begins reports whether a statement begins at the i-th token.
func begins(tokens []sqltext.Token, i int) bool {
	return i == 0 || tokens[i-1].Text == ";" && tokens[i-1].Kind == sqltext.Symbol
}

// runsText reports whether a function runs a statement that it is given as text, or reads
// tables that it is given by name.
func runsText(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "query_to_xml", "query_to_xmlschema", "query_to_xml_and_xmlschema", "cursor_to_xml", "cursor_to_xmlschema",
		"table_to_xml", "table_to_xmlschema", "table_to_xml_and_xmlschema", "ts_stat", "ts_rewrite", "connectby":
		return true
	}
	return strings.HasPrefix(name, "schema_to_xml") || strings.HasPrefix(name, "database_to_xml") || strings.HasPrefix(name, "dblink") || strings.HasPrefix(name, "crosstab")
}

// quoting refuses statements that change how the server reads quotes: the next ones would
// be misread here.
func quoting(tokens []sqltext.Token) error {
	verb := ""
	for i, t := range tokens {
		if begins(tokens, i) {
			verb = strings.ToUpper(t.Text)
		}
		sets := verb == "SET" || verb == "RESET" || verb == "ALTER"
		if t.Kind == sqltext.Word && strings.EqualFold(t.Text, "set_config") && i+3 < len(tokens) && (tokens[i+2].Kind != sqltext.StringToken || tokens[i+3].Text != "," || strings.EqualFold(tokens[i+2].Text, "search_path")) {
			return &Refusal{Pos: t.Pos, Reason: "set_config changes a setting that cannot be seen, or where tables are found", Instead: "write SET"}
		}
		switch strings.ToLower(strings.TrimPrefix(t.Text, "@@")) {
		case "names", "charset", "character":
			if verb == "SET" && !plainEncoding(tokens[i+1:]) {
				return &Refusal{Pos: t.Pos, Reason: "in some encodings a backslash or a quote is part of a letter, and statements would be misread", Instead: "keep the connection in UTF-8"}
			}
		case "pg_settings":
			if verb == "UPDATE" {
				return &Refusal{Pos: t.Pos, Reason: "it changes a setting that cannot be seen", Instead: "write SET"}
			}
		case "sql_mode", "standard_conforming_strings", "backslash_quote", "client_encoding", "character_set_client":
			if t.Kind == sqltext.StringToken || sets {
				return &Refusal{Pos: t.Pos, Reason: t.Text + " says how quotes are read, and is not changed on a connection with Cellseal", Instead: "set it for the whole pool, in the DSN"}
			}
		}
	}
	return nil
}

// plainEncoding reports whether SET NAMES, SET CHARACTER SET and the like name an encoding in which
// every byte below 0x80 is the ASCII character.
func plainEncoding(tokens []sqltext.Token) bool {
	for _, t := range tokens {
		switch strings.ToLower(t.Text) {
		case "set", "=", "to", ":=":
			continue
		case "utf8", "utf-8", "utf8mb3", "utf8mb4", "ascii", "latin1", "default":
			return true
		}
		return false
	}
	return true
}

// hiddenCode refuses statements whose strings are code: they could name a protected
// table, or take a search value to one.
func (a *analysis) hiddenCode(tokens []sqltext.Token) error {
	code := false
	for i, t := range tokens {
		if t.Kind != sqltext.Word || !begins(tokens, i) {
			continue
		}
		switch strings.ToUpper(t.Text) {
		case "CALL":
			if a.isAllowed(called(tokens[i+1:])) {
				continue
			}
			return &Refusal{Pos: t.Pos, Reason: "a routine may read or write protected tables with what it is given", Instead: "run what it does as statements of their own, or call it on a connection without Cellseal"}
		case "DO":
			if a.dialect == sqltext.PostgreSQL {
				return &Refusal{Pos: t.Pos, Reason: "a block may put statements together that cannot be seen", Instead: "send its statements, or run it on a connection without Cellseal"}
			}
		case "PREPARE", "EXECUTE", "CREATE", "ALTER", "HANDLER":
			code = true
		}
	}
	if !code {
		return nil
	}
	for _, t := range tokens {
		if t.Kind == sqltext.StringToken && a.mentions(t.Text) {
			return &Refusal{Pos: t.Pos, Reason: "code in a string names a protected table", Instead: "send its statements themselves"}
		}
	}
	return nil
}

// mentions reports whether text holds the name of a protected table.
func (a *analysis) mentions(text string) bool {
	text = strings.ToLower(text)
	for t := range a.tables() {
		if strings.Contains(text, strings.ToLower(t.Name)) {
			return true
		}
	}
	return false
}

// isProtectedName reports whether a name may mean a protected table. PostgreSQL tells
// "Users" from users; that is looked at again when names are resolved.
func (a *analysis) isProtectedName(name string) bool {
	if a.names == nil {
		a.names = map[string]bool{}
		for t := range a.tables() {
			a.names[strings.ToLower(t.Name)] = true
		}
	}
	return a.names[strings.ToLower(name)]
}

// tables yields the tables that the driver wrapper protects.
func (a *analysis) tables() iter.Seq[*schema.Table] {
	return func(yield func(*schema.Table) bool) {
		for t := range a.schema.Tables() {
			if !t.Explicit && !yield(t) {
				return
			}
		}
	}
}

// changesCatalog reports whether a statement that passes may change tables.
func changesCatalog(tokens []sqltext.Token) bool {
	for i, t := range tokens {
		first := i == 0 || tokens[i-1].Text == ";" && tokens[i-1].Kind == sqltext.Symbol
		if t.Kind == sqltext.Word && first {
			switch strings.ToUpper(t.Text) {
			case "CREATE", "ALTER", "DROP", "RENAME", "DO", "ATTACH", "DETACH":
				return true
			case "SET", "USE", "DISCARD", "RESET": // search_path, the current database
				return true
			}
		}
	}
	return false
}
