package searchtest

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// Hex is bytes that stand as hexadecimal text in JSON.
type Hex []byte

// MarshalText implements encoding.TextMarshaler.
func (h Hex) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (h *Hex) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	*h = b
	return err
}

// Published compares vectors that were worked out by hand with testdata/vectors.json, one of them a
// line, and writes that file if update is set: for additions only, for what was published once stays.
func Published[T any](t testing.TB, update bool, about string, byHand []T) []T {
	const file = "testdata/vectors.json"
	var b bytes.Buffer
	quoted, err := json.Marshal(about)
	require.NoError(t, err)
	fmt.Fprintf(&b, "{\n\"about\": %s,\n\"index_keyset_tink_json\": %s,\n\"vectors\": [", quoted, bytes.TrimSpace([]byte(Keyset)))
	for i, v := range byHand {
		line, err := json.Marshal(v)
		require.NoError(t, err)
		b.WriteString(map[bool]string{true: "\n", false: ",\n"}[i == 0])
		b.Write(line)
	}
	b.WriteString("\n]\n}\n")
	if update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, b.Bytes(), 0o644))
	}
	have, err := os.ReadFile(file)
	require.NoError(t, err)
	require.True(t, bytes.Equal(b.Bytes(), have), "%s does not reproduce; -update is for additions only", file)
	var read struct{ Vectors []T }
	require.NoError(t, json.Unmarshal(have, &read))
	return read.Vectors
}
