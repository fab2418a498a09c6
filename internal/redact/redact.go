// Package redact gives secret-bearing types one way to print themselves: as
// their name and nothing else. A String method alone is not enough, because
// %d, %x and %#v pass it by.
package redact

import (
	"fmt"
	"io"
	"log/slog"
)

// Format writes name, whatever the verb and flags: the body of a fmt.Formatter.
func Format(f fmt.State, name string) {
	// fmt.State reports no errors of its own; there is nobody to tell.
	_, _ = io.WriteString(f, text(name))
}

// LogValue is the body of a slog.LogValuer.
func LogValue(name string) slog.Value { return slog.StringValue(text(name)) }

func text(name string) string { return name + "(redacted)" }
