package tagvalue

import "strings"

// A Part is one column of a compound index.
type Part struct {
	Column     string
	Transforms []string
}

// Tuple reads the value of on=: name(fold)+city(trim+last(4)). Whether its names
// mean anything is not checked.
func Tuple(text string) []Part {
	var parts []Part
	depth, from := 0, 0
	for i, r := range text + "+" {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == '+' && depth == 0:
			name, list, some := strings.Cut(strings.TrimSuffix(text[from:i], ")"), "(")
			p := Part{Column: name}
			if some {
				p.Transforms = strings.Split(list, "+")
			}
			parts, from = append(parts, p), i+1
		}
	}
	return parts
}
