// Package tagvalue reads the values of tag options that have a grammar of their own.
package tagvalue

import (
	"fmt"
	"strings"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/message"
)

// Alphabet reads the value of alphabet=: digits, alnum, or a name with its
// characters, as hex(0123456789abcdef).
func Alphabet(text string) (*cell.Alphabet, error) {
	switch text {
	case cell.Digits.Name():
		return cell.Digits, nil
	case cell.Alnum.Name():
		return cell.Alnum, nil
	}
	const want = "want digits, alnum, or a name with its characters, as hex(0123456789abcdef)"
	inner, closed := strings.CutSuffix(text, ")")
	name, chars, opened := strings.Cut(inner, "(")
	if !opened || !closed {
		return nil, fmt.Errorf("alphabet=%s: %s", text, want)
	}
	a, err := cell.NewAlphabet(name, chars)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", message.Bare(err), want)
	}
	return a, nil
}
