package redact

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
)

type guarded struct{ secret []byte }

func (guarded) Format(f fmt.State, _ rune) { Format(f, "pkg.Type") }
func (guarded) LogValue() slog.Value       { return LogValue("pkg.Type") }

// Every type of this module that holds a secret is checked in its own package;
// here is only what they share.
func TestVerbsAndFlagsChangeNothing(t *testing.T) {
	g := guarded{[]byte("canary")}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "% x", "%o", "%t", "%e", "%U", "%c", "%50v", "%.3v", "%-9.2s", "%z"} {
		require.Equal(t, "pkg.Type(redacted)", fmt.Sprintf(verb, g), verb)
		require.Equal(t, "{pkg.Type(redacted)}", fmt.Sprintf("%v", struct{ G guarded }{g}))
		require.NotContains(t, fmt.Sprintf(verb, []any{g, &g}), "canary", verb)
	}
}

func TestLogValue(t *testing.T) {
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Info("", "key", guarded{[]byte("canary")})
	require.Contains(t, b.String(), `"key":"pkg.Type(redacted)"`)
}
