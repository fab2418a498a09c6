package listed

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/cellseal/cellseal/internal/sqltext"
	declared "github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Given returns what a question is asked with that is no plan.Equal; known is false if that is NULL. value
// gives what the caller gave.
func Given(d sqltext.Dialect, t *schema.Table, f *plan.Find, value func(plan.Value) (any, error)) (v Values, known bool, err error) {
	defer func() {
		if err != nil {
			err = &ormhooks.ColumnError{Table: t.Name, Column: f.Column.Name, Err: err}
		}
	}()
	text := func(given plan.Value) (string, bool, error) {
		plain, err := value(given)
		if err == nil {
			plain, err = convert.Asked(d, declared.Text, plain)
		}
		s, ok := plain.(string)
		return s, ok, err
	}
	var pattern strings.Builder
	for _, part := range f.Pattern {
		s, ok, err := text(part)
		if err != nil || !ok && (!f.SkipNull || len(f.Pattern) == 1) {
			return v, false, err
		}
		pattern.WriteString(s)
	}
	v.Pattern, v.Escape = pattern.String(), f.Escape
	if f.EscapeBy.Kind != 0 {
		s, ok, err := text(f.EscapeBy)
		if err != nil || !ok {
			return v, false, err
		}
		if utf8.RuneCountInString(s) > 1 {
			return v, false, errors.New("ESCAPE takes one character, or none")
		}
		v.Escape, _ = utf8.DecodeRuneInString(s)
		if s == "" {
			v.Escape = 0
		}
	}
	for _, bound := range []struct {
		of plan.Value
		at *any
	}{{f.Low, &v.Low}, {f.High, &v.High}} {
		if bound.of.Kind == 0 {
			continue
		}
		given, err := value(bound.of)
		if err != nil {
			return v, false, err
		}
		typ, _ := f.Column.Declared()
		if *bound.at, err = convert.Asked(d, typ, given); err != nil || *bound.at == nil {
			return v, false, err
		}
	}
	return v, true, nil
}
