package text

import (
	"fmt"
	"log/slog"

	"github.com/cellseal/cellseal/internal/redact"
)

// Format implements fmt.Formatter and prints nothing secret.
func (Index) Format(f fmt.State, _ rune) { redact.Format(f, "text.Index") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Index) LogValue() slog.Value { return redact.LogValue("text.Index") }

// Format implements fmt.Formatter and prints nothing of what is asked for.
func (Query) Format(f fmt.State, _ rune) { redact.Format(f, "text.Query") }

// LogValue implements slog.LogValuer and prints nothing of what is asked for.
func (Query) LogValue() slog.Value { return redact.LogValue("text.Query") }
