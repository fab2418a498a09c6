// Package tag reads the grammar of `cell:"…"` and `search:"…"` struct tags:
// groups separated by ";", options by ",". An option is a name, name=value or
// name(argument); separators inside parentheses belong to the argument.
//
//	exact,trim,fold,unique(where=deleted_at IS NULL);prefix,fold
package tag

import (
	"fmt"
	"strings"
)

// An Option is one word of a tag. At most one of Value and Arg is set.
type Option struct {
	Name  string
	Value string // of name=value, parentheses included: numeric(10,2)
	Arg   string // of name(argument)
}

// String gives the option's one spelling.
func (o Option) String() string {
	switch {
	case o.Value != "":
		return o.Name + "=" + o.Value
	case o.Arg != "":
		return o.Name + "(" + o.Arg + ")"
	}
	return o.Name
}

// Parse takes a tag apart. White space around options is dropped.
func Parse(s string) ([][]Option, error) {
	groups, err := split(s, ';')
	if err != nil {
		return nil, err
	}
	var all [][]Option
	for _, g := range groups {
		words, err := split(g, ',')
		if err != nil {
			return nil, err
		}
		var options []Option
		for _, w := range words {
			o, err := parseOption(w)
			if err != nil {
				return nil, err
			}
			options = append(options, o)
		}
		all = append(all, options)
	}
	return all, nil
}

// Format is the inverse of Parse.
func Format(groups [][]Option) string {
	var all []string
	for _, g := range groups {
		var words []string
		for _, o := range g {
			words = append(words, o.String())
		}
		all = append(all, strings.Join(words, ","))
	}
	return strings.Join(all, ";")
}

func parseOption(w string) (Option, error) {
	i := strings.IndexAny(w, "=(")
	if i < 0 {
		i = len(w)
	}
	o := Option{Name: strings.TrimSpace(w[:i])}
	if o.Name == "" || strings.ContainsAny(o.Name, " \t\r\n)") {
		return Option{}, fmt.Errorf("%q is no option: want name, name=value or name(argument)", w)
	}
	if i == len(w) {
		return o, nil
	}
	rest := w[i+1:]
	if w[i] == '=' {
		o.Value = strings.TrimSpace(rest)
	} else if arg, closed := strings.CutSuffix(rest, ")"); closed {
		o.Arg = strings.TrimSpace(arg)
	}
	if o.Value == "" && o.Arg == "" {
		return Option{}, fmt.Errorf("%q is no option: want name, name=value or name(argument)", w)
	}
	return o, nil
}

// split cuts s at the separators that stand outside parentheses.
func split(s string, sep byte) ([]string, error) {
	var parts []string
	depth, from := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == sep && depth == 0:
			parts = append(parts, strings.TrimSpace(s[from:i]))
			from = i + 1
		}
		if depth < 0 {
			break
		}
	}
	if depth != 0 {
		return nil, fmt.Errorf("%q: parentheses do not pair", s)
	}
	return append(parts, strings.TrimSpace(s[from:])), nil
}
