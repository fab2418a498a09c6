package value

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The numbers stand in no format, the names do: in cell.lock and in tags.
func TestTypeNames(t *testing.T) {
	want := []string{"text", "bytes", "bool", "int", "uint", "float32", "float64", "time", "uuid", "decimal", "json"}
	require.Len(t, allTypes, len(want))
	for i, typ := range allTypes {
		require.Equal(t, want[i], typ.String())
		back, ok := ParseType(want[i])
		require.True(t, ok)
		require.Equal(t, typ, back)
	}
	require.Equal(t, "Type(11)", (JSON + 1).String())
	for _, s := range []string{"", "Text", "Type(11)", "varchar", " text"} {
		_, ok := ParseType(s)
		require.False(t, ok, "%q", s)
	}
}
