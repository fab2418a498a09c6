package sqlfuzz

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// keep changes how a statement is written and nothing of what it means: white space,
// comments, case, parentheses, quotes, and how the secret is spelled.
func (m *mutator) keep(text string) string {
	tokens, err := sqltext.Scan(m.d.sql, m.d.o, text)
	if err != nil || len(tokens) == 0 {
		return text
	}
	var b strings.Builder
	opening, closing := m.parentheses(text)
	pos := 0
	for i, t := range tokens {
		gap := text[pos:t.Pos]
		// Functions may not be parted from their parenthesis, nor an @ from its name.
		if gap != "" && m.IntN(3) == 0 {
			gap += m.gap()
		}
		b.WriteString(gap)
		b.WriteString(strings.Repeat("(", opening[t.Pos]))
		behindSign := i > 0 && strings.HasPrefix(tokens[i-1].Text, "@") && tokens[i-1].Kind == sqltext.Symbol
		if behindSign || m.IntN(3) > 0 {
			b.WriteString(text[t.Pos:t.End])
		} else {
			b.WriteString(m.respell(text[t.Pos:t.End], t))
		}
		b.WriteString(strings.Repeat(")", closing[t.End]))
		pos = t.End
	}
	if m.IntN(3) == 0 {
		b.WriteString(m.gap())
	}
	kept := b.String()
	if m.IntN(3) == 0 {
		kept = m.squeeze(kept)
	}
	if first := strings.ToUpper(tokens[0].Text); m.IntN(12) == 0 && strings.Contains(" SELECT INSERT UPDATE DELETE REPLACE WITH ", " "+first+" ") {
		kept = m.explain() + kept
	}
	return kept
}

// squeeze takes white space away where the tokens stay the same without.
func (m *mutator) squeeze(text string) string {
	tokens, err := sqltext.Scan(m.d.sql, m.d.o, text)
	if err != nil {
		return text
	}
	for i := len(tokens) - 1; i > 0; i-- {
		if m.IntN(2) == 0 {
			continue
		}
		less := text[:tokens[i-1].End] + text[tokens[i].Pos:]
		again, err := sqltext.Scan(m.d.sql, m.d.o, less)
		same := func(x, y sqltext.Token) bool { return x.Kind == y.Kind && x.Text == y.Text }
		if err == nil && slices.EqualFunc(tokens, again, same) {
			text = less
		}
	}
	return text
}

// explain is one of the words that ask how a statement would be carried out.
func (m *mutator) explain() string {
	switch m.d {
	case postgres:
		return pick(m, []string{"EXPLAIN ", "EXPLAIN ANALYZE ", "explain (costs off) "})
	case mysql:
		return pick(m, []string{"EXPLAIN ", "DESCRIBE ", "DESC EXTENDED ", "explain PARTITIONS ", "ANALYZE ", "DESCRIBE FORMAT=JSON ", "DESC/**/"})
	}
	return pick(m, []string{"EXPLAIN ", "EXPLAIN QUERY PLAN "})
}

// gap is white space or a comment of the dialect, with white space around it.
func (m *mutator) gap() string {
	all := []string{"\t", "\n", "\r\n", "/**/", "/* ' */", "/* SELECT */", "-- '\n", "-- users \n", "--\n", "/* \" */", "/*/ x */", "\f"}
	switch m.d {
	case postgres:
		all = append(all, "/* /* ' */ */", "\v", "-- x\r", "--'\r")
	case mysql:
		all = append(all, "# '\n", "#\n", "\v", "--\t'\n", "/*+ x */")
	case sqlite:
		all = append(all, "/* /* */")
	}
	return " " + pick(m, all) + " "
}

// parentheses chooses expressions that stand in parentheses as well.
func (m *mutator) parentheses(text string) (opening, closing map[int]int) {
	opening, closing = map[int]int{}, map[int]int{}
	p, err := sqltext.Parse(m.d.sql, m.d.o, text)
	if err != nil {
		return opening, closing
	}
	var inside func(n sqltext.Node) bool
	inside = func(n sqltext.Node) bool {
		switch n := n.(type) {
		case *sqltext.Conflict, *sqltext.Order, *sqltext.TableFunc:
			return false // a name and an expression are not the same there
		case *sqltext.Call:
			if strings.EqualFold(n.Name.Last(), "values") {
				return false
			}
		case *sqltext.Item:
			if _, ok := n.Expr.(*sqltext.Column); ok {
				return false // (users).email would be another thing
			}
		case *sqltext.Binary, *sqltext.Param, *sqltext.In, *sqltext.Column:
			if m.IntN(4) == 0 && !slices.Contains([]string{"NULL"}, text[n.At().Pos:n.At().End]) {
				opening[n.At().Pos]++
				closing[n.At().End]++
			}
		case *sqltext.Literal:
			if n.Kind == sqltext.String && m.IntN(4) == 0 && strings.Contains(n.Value, secret) {
				opening[n.Pos]++
				closing[n.End]++
			}
		}
		return true
	}
	sqltext.Walk(p.Statement, inside)
	return opening, closing
}

// respell writes a token in another way that means the same.
func (m *mutator) respell(token string, t sqltext.Token) string {
	switch t.Kind {
	case sqltext.Word:
		switch m.IntN(3) {
		case 0:
			return strings.ToUpper(token)
		case 1:
			return strings.ToLower(token)
		}
		var b strings.Builder
		for _, r := range token {
			if m.IntN(2) == 0 {
				b.WriteString(strings.ToUpper(string(r)))
			} else {
				b.WriteString(strings.ToLower(string(r)))
			}
		}
		return b.String()
	case sqltext.StringToken:
		if t.Text == secret {
			return m.spell()
		}
	}
	return token
}

// spell is a way to write the secret as a literal.
func (m *mutator) spell() string {
	half := func(open string) string { return open + secret[:3] + "'" }
	escaped := fmt.Sprintf(`\x%X%s`, secret[0], secret[1:])
	all := []string{"'" + secret + "'", "'SEC''RET'"}
	switch m.d {
	case postgres:
		all = append(all, "$$"+secret+"$$", "$a$"+secret+"$a$", "E'"+secret+"'", "E'"+escaped+"'", `E'\u0053ECRET'`, `e'\123ECRET'`, "N'"+secret+"'", half("'")+"\n'"+secret[3:]+"'",
			half("E'")+" -- x\n '"+secret[3:]+"'", "U&'"+secret+"'", `U&'\0053ECRET'`)
	case mysql:
		all = append(all, `"`+secret+`"`, "N'"+secret+"'", "_utf8mb4'"+secret+"'", "_utf8mb4 '"+secret+"'", "_binary'"+secret+"'", half("'")+" '"+secret[3:]+"'",
			half("'")+`/**/"`+secret[3:]+`"`, "0x"+hex.EncodeToString([]byte(secret)), "x'"+hex.EncodeToString([]byte(secret))+"'", `'\SECRET'`, `'SEC\RET'`, `"SEC\"RET"`)
	case sqlite:
		all = append(all, "x'"+hex.EncodeToString([]byte(secret))+"'")
	}
	return pick(m, all)
}

// shows reports whether the secret can be read in a text, in one of the ways it may have been
// written.
func (d *dialect) shows(text string) bool { return d.sightings(text) > 0 }

// names reports whether the secret stands in a statement as a name without quotes, which a
// refusal may say.
func (d *dialect) names(text string) bool {
	tokens, err := sqltext.Scan(d.sql, d.o, text)
	return err != nil || slices.ContainsFunc(tokens, func(t sqltext.Token) bool { return t.Kind == sqltext.Word && strings.Contains(t.Text, secret) })
}

func (d *dialect) sightings(text string) int {
	tokens, err := sqltext.Scan(d.sql, d.o, text)
	if err != nil {
		return strings.Count(text, secret)
	}
	n := 0
	for _, t := range tokens {
		if t.Kind == sqltext.StringToken || t.Kind == sqltext.BytesToken {
			n += strings.Count(strings.NewReplacer("'", "", `"`, "").Replace(t.Text), secret)
		}
	}
	return n
}
