package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// printer writes for a reader at a terminal.
type printer struct{ out io.Writer }

func (p printer) title(s string) {
	fmt.Fprintf(p.out, "\n%s\n%s\n", s, strings.Repeat("─", utf8.RuneCountInString(s)))
}

func (p printer) line(format string, a ...any) { fmt.Fprintf(p.out, format+"\n", a...) }

// row writes a row of the two-sided table.
func (p printer) row(name, left, right string) {
	const width = 34
	if r := []rune(left); len(r) > width {
		left = string(r[:width-1]) + "…"
	}
	fmt.Fprintf(p.out, "%-10s │ %s%s │ %s\n", name, left, strings.Repeat(" ", width-utf8.RuneCountInString(left)), right)
}
