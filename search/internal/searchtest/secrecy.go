package searchtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
)

// Redacted fails the test unless value, which may be a pointer, prints as want and nothing else under
// every verb, on its own, nested and in a log.
func Redacted(t *testing.T, want string, value any) {
	t.Helper()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%t", "%08.3f", "%-40s", "%o", "%U", "%c", "%e"} {
		require.Equal(t, want, fmt.Sprintf(verb, value), verb)
		require.Contains(t, fmt.Sprintf(verb, struct{ X any }{value}), want, verb)
		require.Contains(t, fmt.Sprintf(verb, []any{value}), want, verb)
	}
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Info("log", "value", value)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("log", slog.Group("g", "value", value))
	require.Equal(t, 2, bytes.Count(b.Bytes(), []byte(want)))
	j, err := json.Marshal(value)
	require.NoError(t, err)
	require.Equal(t, "{}", string(j))
}

// Panics returns what f panics with.
func Panics(t *testing.T, f func()) (said string) {
	t.Helper()
	defer func() {
		t.Helper()
		said, _ = recover().(string)
		require.NotEmpty(t, said, "want a panic")
	}()
	f()
	return ""
}
