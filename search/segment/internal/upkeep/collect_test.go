package upkeep

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search/segment/internal/core"
	"github.com/cellseal/cellseal/search/segment/internal/format"
)

const (
	replaced = 2
	removed  = 3
)

func pending(id int64, op byte, doc byte, keys ...byte) *core.PendingRow {
	return &core.PendingRow{ID: id, Pending: format.Pending{Op: op, Doc: []byte{doc}, Keys: keys}}
}

// item is an entry or a void of small shape: a key, a document, and its version.
func item(version uint64, of ...byte) []byte { return format.PutVersion(of, version) }

// Of a document that was written several times the newest row counts, and voids what segments have of it. What was only
// added had nothing before.
func TestPendingRowsAddUp(t *testing.T) {
	m := &Maintainer{Index: &core.Index{Shape: format.Shape{Key: 1, Doc: 1}}}
	entries, voids := m.collect([]*core.PendingRow{
		pending(1, added, 'a', 5, 9),
		pending(2, added, 'b', 5),
		pending(3, replaced, 'a', 7),
		pending(4, removed, 'b'),
		pending(5, added, 'c', 1, 5),
		pending(6, replaced, 'd', 2),
		pending(7, replaced, 'd', 3),
	})
	require.Equal(t, [][]byte{item(5, 1, 'c'), item(7, 3, 'd'), item(5, 5, 'c'), item(3, 7, 'a')}, entries, "by key, then by document")
	require.Equal(t, [][]byte{item(3, 'a'), item(4, 'b'), item(7, 'd')}, voids)
}

// Merging keeps one void of a document, the newest.
func TestVoidsOfADocumentBecomeOne(t *testing.T) {
	voids := byDoc([][]byte{item(4, 'b'), item(9, 'a'), item(3, 'a'), item(10, 'a')}, 1)
	require.Equal(t, [][]byte{item(10, 'a'), item(4, 'b')}, voids)
}
