package search_test

import (
	"bytes"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search"
)

const canary = "CANARY-7f3a"

func TestAnIndexPrintsRedacted(t *testing.T) {
	x := index(t, fixedRing(t), search.Exact(canary[:6]), search.Options{})
	const want = "search.Index(redacted)"
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%t", "%08.3f", "%-40s", "%o", "%U", "%c", "%e"} {
		require.Equal(t, want, fmt.Sprintf(verb, x), verb)
		require.Equal(t, want, fmt.Sprintf(verb, *x), verb)
		require.Contains(t, fmt.Sprintf(verb, struct{ X *search.Index }{x}), want, verb)
		require.Contains(t, fmt.Sprintf(verb, []any{*x}), want, verb)
	}
	require.Equal(t, want, fmt.Sprint(x))

	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"JSON": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var b bytes.Buffer
		slog.New(handler(&b)).Info("log", "index", x, "copy", *x, slog.Group("g", "x", x))
		require.Equal(t, 3, bytes.Count(b.Bytes(), []byte(want)), name)
		require.NotContains(t, b.String(), canary[:6], name)
	}
	for _, v := range []any{x, *x} {
		j, err := json.Marshal(v)
		require.NoError(t, err)
		require.Equal(t, "{}", string(j))
	}
}

type quoting struct{}

func (quoting) Value() (driver.Value, error) { return nil, errors.New("cannot store " + canary) }

// Whatever the value, and whatever is wrong with it, no error holds any of it.
func TestNoErrorHoldsTheValue(t *testing.T) {
	ring := fixedRing(t)
	type types = []search.Type
	for name, c := range map[string]struct {
		label string
		by    []search.Transform
		typ   search.Type
		v     any
	}{
		"invalid UTF-8":    {"fold", []search.Transform{search.Fold}, search.Text, canary + "\xff"},
		"unassigned":       {"fold", []search.Transform{search.Fold}, search.Text, canary + "\u1C89"},
		"no e-mail":        {"email", []search.Transform{search.Email}, search.Text, canary},
		"no integer":       {"int", nil, search.Int, canary},
		"no UUID":          {"uuid", nil, search.UUID, canary},
		"no decimal":       {"decimal", nil, search.Decimal, canary},
		"no float":         {"float", nil, search.Float32, canary},
		"no text":          {"struct", nil, search.Text, struct{ S string }{canary}},
		"no bytes":         {"list", nil, search.Bytes, []string{canary}},
		"a failing Valuer": {"valuer", nil, search.Text, quoting{}},
	} {
		x := index(t, ring, search.Exact(c.label, c.by...), search.Options{Types: types{c.typ}})
		_, termErr := x.Term(c.v)
		_, matchErr := x.Match(c.v)
		require.Equal(t, termErr, matchErr, name)
		for _, err := range []error{termErr, matchErr} {
			var value *search.ValueError
			require.ErrorAs(t, err, &value, name)
			require.Equal(t, c.label, value.Column, name)
			for _, verb := range []string{"%v", "%+v", "%#v", "%q", "%x"} {
				text := fmt.Sprintf(verb, err)
				require.NotContains(t, text, canary, name)
				require.NotContains(t, text, hex.EncodeToString([]byte(canary)), name)
			}
		}
	}
}

// Terms are no longer than they say, and nothing of the value shows in one.
func TestATermIsNoValue(t *testing.T) {
	x := index(t, fixedRing(t), search.Exact("a"), search.Options{Bits: 256})
	b := term(t, x, canary)
	require.NotContains(t, string(b), canary)
	require.Len(t, b, 32)
	b[0] ^= 1
	require.NotEqual(t, b, term(t, x, canary), "a term is the caller's own")
}
