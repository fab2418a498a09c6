package keys

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/tree"
)

// Who writes a grant holds the KEK, so this is about the mistakes of another
// version or program, and about a KEK that many share.
func TestMalformedGrantsAreRefused(t *testing.T) {
	node := strings.Repeat("A", 43) + "="
	const start, end = `{"subtrees":[{"ring":"cells","path":["t:patients"],"keys":[`, `],"known":2}]}`
	key := func(id, node string) string { return `{"id":` + id + `,"node":"` + node + `"}` }
	for name, c := range map[string]struct{ plaintext, says string }{
		"sound":                  {start + key("1", node) + end, ""},
		"two keys":               {start + key("1", node) + "," + key("2", node) + end, ""},
		"the whole ring":         {`{"subtrees":[{"ring":"index","path":[],"keys":[` + key("1", node) + end, ""},
		"an empty file":          {"", "malformed JSON"},
		"trailing data":          {start + key("1", node) + end + "x", "trailing data"},
		"an unknown field":       {`{"subtrees":[{"ring":"cells","path":[],"level":1,"keys":[` + key("1", node) + end, "unknown fields"},
		"null":                   {"null", "grant of no subtrees"},
		"no subtrees":            {`{"subtrees":[]}`, "grant of no subtrees"},
		"no ring":                {`{"subtrees":[{"path":[],"keys":[` + key("1", node) + end, `ring "": want cells or index`},
		"another ring":           {`{"subtrees":[{"ring":"rows","path":[],"keys":[` + key("1", node) + end, `ring "rows": want cells or index`},
		"no keys":                {start + end, "no enabled key"},
		"a key twice":            {start + key("1", node) + "," + key("1", node) + end, "key 1 is not 32 bytes, or stands there twice"},
		"a short node":           {start + key("1", strings.Repeat("A", 40)) + end, "key 1 is not 32 bytes"},
		"a long node":            {start + key("1", strings.Repeat("A", 44)) + end, "key 1 is not 32 bytes"},
		"no node":                {start + `{"id":1}` + end, "key 1 is not 32 bytes"},
		"a negative id":          {start + key("-1", node) + end, "malformed JSON"},
		"an id of 33 bits":       {start + key("4294967296", node) + end, "malformed JSON"},
		"a label no ring has":    {`{"subtrees":[{"ring":"cells","path":["patients"],"keys":[` + key("1", node) + end, "label without its letter"},
		"a label of its sibling": {`{"subtrees":[{"ring":"index","path":["t:a","c:b"],"keys":[` + key("1", node) + end, "the index ring reads"},
		"too large":              {start + key("1", node) + end + strings.Repeat(" ", MaxRingSize), "at most 1048576 are read"},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := parseGrant([]byte(c.plaintext))
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, "cellseal/keys: grant")
			require.ErrorContains(t, err, c.says)
			require.Nil(t, g)
		})
	}
}

func TestParsedGrantDoesNotShareItsPlaintext(t *testing.T) {
	plaintext := []byte(`{"subtrees":[{"ring":"cells","path":["t:patients"],"keys":[{"id":1,"node":"` + strings.Repeat("/", 42) + `8="}],"known":1}]}`)
	g, err := parseGrant(plaintext)
	require.NoError(t, err)
	clear(plaintext) // as OpenGrant does
	n := tree.Nodes(g.s.sets[0])[0]
	require.Equal(t, [tree.Size]byte([]byte(strings.Repeat("\xff", 32))), *tree.Secret(n))
	require.Equal(t, []string{"t:patients"}, tree.Path(g.s.sets[0]))
}
