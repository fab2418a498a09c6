package sqlfuzz

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// slow is how long one statement may take.
const slow = 2 * time.Second

// A judge asks everything of a statement.
type judge struct {
	d    *dialect
	live *live // nil without a server

	// How many statements each question was asked of.
	total, passed, planned, refused, compared, shaped, prepared int
}

// An objection is what is wrong with what was made of a statement.
type objection struct{ what, why string }

func (o objection) String() string { return o.what + ": " + o.why }

// statement judges one. kept says that SECRET stands in it as a value of protected columns only.
func (j *judge) statement(text string, kept bool) (all []objection) {
	defer func() {
		if r := recover(); r != nil {
			all = append(all, objection{"panic", fmt.Sprint(r)})
		}
	}()
	object := func(what, why string, args ...any) { all = append(all, objection{what, fmt.Sprintf(why, args...)}) }
	j.total++
	start := time.Now()
	p, refusal := j.d.analyse(text)
	if took := time.Since(start); took > slow {
		object("hang", "took %v", took)
	}
	var theirs *facts
	if j.d.oracle != nil {
		if f, err := j.d.oracle(text); err == nil {
			theirs = f
			j.compare(text, f, object)
		}
	}
	if j.live != nil && j.d == sqlite {
		j.byteCode(text, object)
	}
	var r *plan.Refusal
	switch {
	case errors.As(refusal, &r):
		j.refused++
		if strings.Contains(r.Reason, secret) && !j.d.names(text) || r.Pos > len(text) {
			object("refusal", "%d %s", r.Pos, r.Reason)
		}
		return all
	case refusal != nil:
		object("refusal", "is no *Refusal: %v", refusal)
		return all
	case p.Pass:
		j.passed++
		if theirs != nil && theirs.protected != "" {
			object("passes", "it names %s", theirs.protected)
		}
		if kept && j.d.shows(text) {
			object("passes", "it has the secret in it")
		}
		if j.live != nil && !p.Changes {
			j.live.passes(j, text, object)
		}
		return all
	}
	j.planned++
	j.rewritten(text, p, kept, theirs, object)
	return all
}

func (j *judge) rewritten(text string, p *plan.Plan, kept bool, theirs *facts, object func(string, string, ...any)) {
	sent := j.d.send(p)
	for _, s := range sent {
		seen := j.d.sightings(s)
		if kept && (seen > 0 || strings.Contains(s, secret)) {
			object("secret", "sent %s", s)
		}
		if theirs != nil && theirs.sealed > 0 && seen > j.d.sightings(text)-theirs.sealed {
			object("secret", "one of %d sealed is sent: %s", theirs.sealed, s)
		}
		if _, err := sqltext.Scan(j.d.sql, j.d.o, s); err != nil {
			object("sent", "%s: %v", s, err)
		}
		if theirs != nil {
			if _, err := j.d.oracle(s); err != nil {
				object("sent", "%s: %v", s, err)
			}
		}
	}
	if j.live != nil {
		j.live.rewritten(j, text, p, sent, object)
	}
}

// compare compares both trees, if our parser understands the statement.
func (j *judge) compare(text string, theirs *facts, object func(string, string, ...any)) {
	parsed, err := sqltext.Parse(j.d.sql, j.d.o, text)
	if err != nil || j.d == mysql && !mysqlComparable(text) {
		return
	}
	j.compared++
	ours := j.d.ours(parsed)
	for _, f := range []struct {
		what   string
		us, it any
	}{
		{"kind", ours.kind, theirs.kind}, {"tables", ours.tables, theirs.tables}, {"columns", ours.columns, theirs.columns},
		{"strings", ours.strings, theirs.strings}, {"params", ours.params, theirs.params},
	} {
		if fmt.Sprintf("%q", f.us) != fmt.Sprintf("%q", f.it) && !(reflect.ValueOf(f.us).Len() == 0 && reflect.ValueOf(f.it).Len() == 0) {
			object(f.what, "ours %q theirs %q", f.us, f.it)
		}
	}
	bracketed := parenthesized(text, parsed)
	if bracketed == text {
		return
	}
	want, err := j.d.canonical(text)
	if err != nil {
		return
	}
	j.shaped++
	if got, err := j.d.canonical(bracketed); err != nil || got != want {
		object("precedence", "%s (%v)", bracketed, err)
	}
}

// send is what goes to the server: each text with placeholders, and those that take no
// arguments with literals too, as the door writes them.
func (d *dialect) send(p *plan.Plan) (sent []string) {
	texts := []plan.Text{p.Text}
	if p.Each != nil {
		texts = append(texts, p.Each.Fetch)
	}
	if p.Doomed != nil {
		texts = append(texts, p.Doomed.Fetch, p.Doomed.There)
	}
	if p.Walk != nil {
		texts = append(texts, p.Walk.Page)
		if p.Walk.Nulls != nil {
			texts = append(texts, p.Walk.Nulls)
		}
	}
	for _, text := range texts {
		t := template.New(d.sql, text)
		values := t.Nulls()
		for i, s := range t.Slots {
			switch s.Kind {
			case plan.Cell, plan.Hidden, plan.Term, plan.RowKey:
				values[i] = template.Value{Value: []byte{1}}
			case plan.Terms:
				values[i] = template.Value{Terms: [][]byte{{1}, {2}}}
				if s.Index.Pinned() {
					values[i].Terms = values[i].Terms[:1]
				}
			case plan.Found:
				values[i] = template.Keys(d.sql, s.Find.Types, [][]any{keyOf(s.Find), keyOf(s.Find)})
			case plan.Tokens:
				values[i] = template.Keys(d.sql, []string{"bytea"}, [][]any{{[]byte{1}}, {[]byte{2}}})
			}
		}
		filled, _ := t.Fill(values, nil)
		sent = append(sent, filled)
		if len(p.Params) == 0 && p.Each == nil {
			sent = append(sent, t.Inline(values))
		}
	}
	return sent
}

// keyOf is some row's key, of the types that a predicate's rows have.
func keyOf(f *plan.Find) (key []any) {
	for _, typ := range f.Types {
		switch typ {
		case "bytea":
			key = append(key, []byte{1})
		case "bigint":
			key = append(key, int64(1))
		default:
			key = append(key, "x")
		}
	}
	return key
}
