package ormhooks

import (
	"database/sql/driver"
	"fmt"
	"log/slog"
	"math"
	"strconv"

	"github.com/cellseal/cellseal/internal/redact"
)

// Hidden is a struct field for one of the library's own columns, beside Sealed
// fields: a term (email__eq), a token (ssn__tok), a key id (phone__kid) or the row key
// (cellseal_row). [Seal] fills it in for writing, and [Open] reads what was
// scanned. The application has nothing to do with its content, but to write it
// whenever it writes the column it belongs to: a term that is left behind finds the
// old value.
type Hidden struct {
	_ [0]func()
	s *hiddenState
}

// hiddenState keeps a term two pointers away: where a verb does not fit, as in %s of
// a struct with unexported fields, fmt follows the first one and asks no Formatter.
type hiddenState struct {
	stored *driver.Value // nil, []byte or int64
	sealed bool          // by Seal, for writing
}

func newHidden(v driver.Value, sealed bool) Hidden { return Hidden{s: &hiddenState{&v, sealed}} }

// Scan implements sql.Scanner.
func (h *Hidden) Scan(src any) error {
	switch v := src.(type) {
	case nil, int64:
		*h = newHidden(v, false)
	case uint64: // go-sql-driver/mysql, of a BIGINT UNSIGNED
		if v > math.MaxInt64 {
			return fmt.Errorf("cellseal: a number this large cannot be a key id")
		}
		*h = newHidden(int64(v), false)
	case []byte:
		*h = newHidden(append([]byte{}, v...), false)
	case string:
		*h = newHidden([]byte(v), false)
	default:
		return fmt.Errorf("cellseal: a Go %T cannot be a hidden column", src)
	}
	return nil
}

// Value implements driver.Valuer. It gives what [Seal] has filled in, else [ErrUnsealed].
func (h Hidden) Value() (driver.Value, error) {
	if h.s == nil || !h.s.sealed {
		return nil, ErrUnsealed
	}
	return *h.s.stored, nil
}

// MarshalJSON fails with [ErrNoJSON]: a term in a response would answer an
// attacker's guesses.
func (Hidden) MarshalJSON() ([]byte, error) { return nil, ErrNoJSON }

// UnmarshalJSON fails with [ErrNoJSON].
func (*Hidden) UnmarshalJSON([]byte) error { return ErrNoJSON }

// Format implements fmt.Formatter and prints nothing of the content.
func (Hidden) Format(f fmt.State, _ rune) { redact.Format(f, "Hidden") }

// LogValue implements slog.LogValuer and prints nothing of the content.
func (Hidden) LogValue() slog.Value { return redact.LogValue("Hidden") }

// known reports whether h was scanned or sealed.
func (h Hidden) known() bool { return h.s != nil }

// scanned reports whether h holds what the database does.
func (h Hidden) scanned() bool { return h.s != nil && !h.s.sealed }

// bytes returns a term, a token or a row key; nil for NULL.
func (h Hidden) bytes() []byte {
	if h.s == nil {
		return nil
	}
	b, _ := (*h.s.stored).([]byte)
	return b
}

// keyID reads a known integer column in whatever form the driver delivered it: 0
// for NULL, and -1 for what is no number.
func (h Hidden) keyID() int64 {
	switch v := (*h.s.stored).(type) {
	case int64:
		return v
	case []byte:
		if id, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return id
		}
		return -1
	}
	return 0
}
