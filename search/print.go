package search

import (
	"fmt"
	"log/slog"

	"github.com/cellseal/cellseal/internal/redact"
)

// What holds keys, or what is asked for, prints neither.

// Format implements fmt.Formatter and prints nothing secret.
func (TextIndex) Format(f fmt.State, _ rune) { redact.Format(f, "search.TextIndex") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (TextIndex) LogValue() slog.Value { return redact.LogValue("search.TextIndex") }

// Format implements fmt.Formatter and prints nothing secret.
func (SortedIndex) Format(f fmt.State, _ rune) { redact.Format(f, "search.SortedIndex") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (SortedIndex) LogValue() slog.Value { return redact.LogValue("search.SortedIndex") }

// Format implements fmt.Formatter and prints nothing of what is asked for.
func (Query) Format(f fmt.State, _ rune) { redact.Format(f, "search.Query") }

// LogValue implements slog.LogValuer and prints nothing of what is asked for.
func (Query) LogValue() slog.Value { return redact.LogValue("search.Query") }

// Format implements fmt.Formatter and prints nothing of what is asked for.
func (Span) Format(f fmt.State, _ rune) { redact.Format(f, "search.Span") }

// LogValue implements slog.LogValuer and prints nothing of what is asked for.
func (Span) LogValue() slog.Value { return redact.LogValue("search.Span") }

// Format implements fmt.Formatter and prints nothing of the key in it.
func (Cursor) Format(f fmt.State, _ rune) { redact.Format(f, "search.Cursor") }

// LogValue implements slog.LogValuer and prints nothing of the key in it.
func (Cursor) LogValue() slog.Value { return redact.LogValue("search.Cursor") }

// Format implements fmt.Formatter: its ends are values of the column.
func (Range) Format(f fmt.State, _ rune) { redact.Format(f, "search.Range") }

// LogValue implements slog.LogValuer: its ends are values of the column.
func (Range) LogValue() slog.Value { return redact.LogValue("search.Range") }
