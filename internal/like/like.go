// Package like reads SQL's LIKE patterns: "%" is any number of characters, "_" is one,
// and what follows the escape character stands for itself. A character is a code point.
package like

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cellseal/cellseal/internal/dialect"
)

// Escape returns the escape character of patterns that name none, or 0 where there is
// none, as in SQLite.
func Escape(d dialect.Dialect) rune {
	if d == dialect.SQLite {
		return 0
	}
	return '\\'
}

var errEnd = errors.New("a LIKE pattern cannot end with its escape character")

// A Pattern is a compiled pattern. It is immutable.
type Pattern struct{ parts []part }

// A part is literal text, one character or any number of them.
type part struct {
	kind kind
	text string
}

type kind uint8

const (
	literal kind = iota
	one
	many
)

// Compile reads a pattern. escape 0 stands for none. An escape character at the end is an
// error: databases disagree about it.
func Compile(pattern string, escape rune) (*Pattern, error) {
	var parts []part
	text := func(s string) {
		if n := len(parts); n > 0 && parts[n-1].kind == literal {
			parts[n-1].text += s
			return
		}
		parts = append(parts, part{literal, s})
	}
	for len(pattern) > 0 {
		r, n := utf8.DecodeRuneInString(pattern)
		s := pattern[:n]
		pattern = pattern[n:]
		switch {
		case escape != 0 && r == escape:
			if pattern == "" {
				return nil, errEnd
			}
			_, n = utf8.DecodeRuneInString(pattern)
			text(pattern[:n])
			pattern = pattern[n:]
		case r == '%':
			parts = append(parts, part{kind: many})
		case r == '_':
			parts = append(parts, part{kind: one})
		default:
			text(s)
		}
	}
	return &Pattern{parts}, nil
}

// Map returns the pattern with every run of literal text put through f, for text that
// went through something of the kind.
func (p *Pattern) Map(f func(string) (string, error)) (*Pattern, error) {
	var parts []part
	for _, q := range p.parts {
		if q.kind == literal {
			var err error
			if q.text, err = f(q.text); err != nil {
				return nil, err
			}
			if q.text == "" {
				continue
			}
		}
		parts = append(parts, q)
	}
	return &Pattern{parts}, nil
}

// Turned returns the pattern with its parts in reverse; the text in them is as it was.
func (p *Pattern) Turned() *Pattern {
	parts := slices.Clone(p.parts)
	slices.Reverse(parts)
	return &Pattern{parts}
}

// A Run is literal text of a pattern, as long as it goes on. What matches holds it, at
// its beginning or end if so said.
type Run struct {
	Text           string
	AtFront, AtEnd bool
}

// Runs returns the literal text of the pattern, in order.
func (p *Pattern) Runs() []Run {
	var runs []Run
	for i, q := range p.parts {
		if q.kind == literal {
			runs = append(runs, Run{q.text, i == 0, i == len(p.parts)-1})
		}
	}
	return runs
}

// Prefix returns the text that all that matches begins with, and whether all that
// begins with it matches: "x%".
func (p *Pattern) Prefix() (text string, all bool) {
	if len(p.parts) == 0 || p.parts[0].kind != literal {
		return "", false
	}
	rest := p.parts[1:]
	return p.parts[0].text, len(rest) > 0 && !slices.ContainsFunc(rest, func(q part) bool { return q.kind != many })
}

// Match reports whether all of text matches. It takes at most len(pattern) · len(text)
// steps, and most often len(text).
func (p *Pattern) Match(text string) bool {
	at, rest := 0, text   // where we are in the pattern, and in the text
	star, again := -1, "" // the last "%", and the text from which to try again behind it
	for at < len(p.parts) || rest != "" {
		if at < len(p.parts) {
			q := p.parts[at]
			if q.kind == many {
				if at++; at == len(p.parts) {
					return true
				}
				star, again = at, rest
				continue
			}
			if n := q.length(rest); n >= 0 {
				at, rest = at+1, rest[n:]
				continue
			}
		}
		if star < 0 || again == "" {
			return false
		}
		_, n := utf8.DecodeRuneInString(again)
		again = again[n:]
		if star < len(p.parts) && p.parts[star].kind == literal {
			n = strings.Index(again, p.parts[star].text)
			if n < 0 {
				return false
			}
			again = again[n:]
		}
		at, rest = star, again
	}
	return true
}

// length returns how much of text a part that is not "%" takes, or -1 if it cannot stand there.
func (q part) length(text string) int {
	if q.kind == literal {
		if strings.HasPrefix(text, q.text) {
			return len(q.text)
		}
		return -1
	}
	if text == "" {
		return -1
	}
	_, n := utf8.DecodeRuneInString(text)
	return n
}
