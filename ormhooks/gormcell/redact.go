package gormcell

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
)

const notShown = "(a statement that is not shown, as it may hold values)"

// withoutLiterals writes ? for every literal of a statement, and leaves comments out. Where
// a string ends may depend on the server's settings once there is a backslash: from there
// on nothing is shown.
func withoutLiterals(d sqltext.Dialect, text string) string {
	end := strings.IndexByte(text, '\\')
	if d == 0 {
		return notShown
	}
	tokens, err := sqltext.Scan(d, sqltext.Options{BackslashEscapes: true}, text)
	if err != nil {
		return notShown
	}
	sizes := isDefinition(tokens)
	var b strings.Builder
	at := 0
	for _, t := range tokens {
		if end >= 0 && t.End > end {
			b.WriteString(" … " + notShown)
			break
		}
		if t.Pos > at && at > 0 {
			b.WriteByte(' ')
		}
		switch t.Kind {
		case sqltext.StringToken, sqltext.NumberToken, sqltext.BytesToken, sqltext.Opaque, sqltext.QuotedIdent:
			if t.Kind == sqltext.QuotedIdent && (d != sqltext.SQLite || text[t.Pos] != '"') { // there it may be a value
				b.WriteString(text[t.Pos:t.End])
				break
			}
			if sizes && t.Kind == sqltext.NumberToken {
				b.WriteString(text[t.Pos:t.End])
				break
			}
			b.WriteByte('?')
		default:
			b.WriteString(text[t.Pos:t.End])
		}
		at = t.End
	}
	return b.String()
}

// isDefinition reports whether the numbers of a statement are sizes of columns. A table that
// is created from a query has values of rows.
func isDefinition(tokens []sqltext.Token) bool {
	if len(tokens) == 0 || !strings.EqualFold(tokens[0].Text, "CREATE") && !strings.EqualFold(tokens[0].Text, "ALTER") {
		return false
	}
	return !slices.ContainsFunc(tokens, func(t sqltext.Token) bool { return t.Kind == sqltext.Word && strings.EqualFold(t.Text, "SELECT") })
}

// quoting are beginnings of errors of database/sql and GORM that go on to quote a value that
// did not fit its Go field.
var quoting = []string{"sql: Scan error on ", "converting driver.Value ", "failed to set ", "failed to unmarshal "}

// quiet is an error as it is printed: without what may quote a value.
type quiet struct {
	error
	text string
}

func (q quiet) Error() string { return q.text }
func (q quiet) Unwrap() error { return q.error }

// withoutValues cuts an error short before what may quote a value. errors.Is sees what
// it saw.
func withoutValues(err error) error {
	if err == nil {
		return nil
	}
	text, cut := err.Error(), -1
	for _, q := range quoting {
		if i := strings.Index(text, q); i >= 0 && (cut < 0 || i+len(q) < cut) {
			cut = i + len(q)
		}
	}
	if cut < 0 {
		return err
	}
	return quiet{err, text[:cut] + "… (cut short, as it may quote a value)"}
}
