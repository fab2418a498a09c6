package sorted

import (
	"fmt"
	"log/slog"

	"github.com/cellseal/cellseal/internal/redact"
)

// Format implements fmt.Formatter and prints nothing secret.
func (Index) Format(f fmt.State, _ rune) { redact.Format(f, "sorted.Index") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Index) LogValue() slog.Value { return redact.LogValue("sorted.Index") }

// Format implements fmt.Formatter and prints nothing of what is asked for.
func (Span) Format(f fmt.State, _ rune) { redact.Format(f, "sorted.Span") }

// LogValue implements slog.LogValuer and prints nothing of what is asked for.
func (Span) LogValue() slog.Value { return redact.LogValue("sorted.Span") }

// Format implements fmt.Formatter and prints nothing of the key in it.
func (Cursor) Format(f fmt.State, _ rune) { redact.Format(f, "sorted.Cursor") }

// LogValue implements slog.LogValuer and prints nothing of the key in it.
func (Cursor) LogValue() slog.Value { return redact.LogValue("sorted.Cursor") }

// Format implements fmt.Formatter: its ends are values of the column.
func (Range) Format(f fmt.State, _ rune) { redact.Format(f, "sorted.Range") }

// LogValue implements slog.LogValuer: its ends are values of the column.
func (Range) LogValue() slog.Value { return redact.LogValue("sorted.Range") }
