package segment

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/segment/internal/core"
	"github.com/cellseal/cellseal/search/segment/internal/format"
)

// A Shape fixes the lengths of an index, in bytes (FORMAT.md §2).
type Shape struct {
	Key  int // of a key: 1 to 255
	Doc  int // of a document's identity: 1 to 255
	Room int // the least number of keys a pending row has room for: 1 for sorted, 8 for others
}

// An Index is one index of a [Store]: under its Derived, which names the scope, the table and the
// columns. It is safe for concurrent use. The zero value is not usable.
type Index struct {
	_ [0]func()
	s *indexState
}

type indexState struct {
	*core.Index
	store   *storeState
	alarmed atomic.Int64 // when a View told the Observer last, in Unix nanoseconds
}

// Index returns the index that d is the key of. It panics on a Derived that is no index and on
// a Shape out of range. Making one takes microseconds, and what a search keeps in memory is
// the Store's; still, keep it as long as its Derived.
func (s *Store) Index(d *keys.Derived, shape Shape) *Index {
	set := d.Tree()
	if tree.Ring(set) != tree.Index || tree.LevelOf(set) != tree.Leaf {
		panic("cellseal/segment: want the Derived of an index: source.Index(ctx, keys.Table(…), keys.Index(…))")
	}
	if shape.Key < 1 || shape.Key > 255 || shape.Doc < 1 || shape.Doc > 255 || shape.Room < 1 || shape.Room > 1024 {
		panic(fmt.Sprintf("cellseal/segment: Shape %v: keys and docs of 1 to 255 bytes, room for 1 to 1024 keys", shape))
	}
	st := s.state()
	return &Index{s: &indexState{Index: core.NewIndex(st.Store, set, format.Shape{Key: shape.Key, Doc: shape.Doc}, shape.Room), store: st}}
}

// Name is what errors call the index, such as "patients notes/words": without its scope.
func (x *Index) Name() string { return x.state().Name }

func (x *Index) state() *indexState {
	if x == nil || x.s == nil {
		panic("cellseal/segment: zero Index; use Store.Index")
	}
	return x.s
}

// An Op says what became of a document.
type Op byte

// The operations. Replaced and Removed void whatever is older of the document; Added
// says that there is nothing older, and saves the void. Added of a document that is there
// already leaves it under its older keys too.
const (
	Added    Op = 1
	Replaced Op = 2
	Removed  Op = 3
)

// Write puts one document under keys, with one INSERT on c: in the application's own transaction,
// after the statement that locks the document's row, so that of two writers of one document
// the later one is the newer here too. Keys may repeat and stand in any order; Removed has none.
// A [LengthError] says that doc or a key has not the index's length. What is stored is
// 1 + 4 + 32 bytes, doc, and keys in the steps of room that FORMAT.md §2 gives. The first Write to an index makes its
// manifest, as [Index.Begin] does.
func (x *Index) Write(ctx context.Context, c Conn, op Op, doc []byte, keys [][]byte) error {
	s := x.state()
	if op < Added || op > Removed || op == Removed && len(keys) > 0 {
		panic(fmt.Sprintf("cellseal/segment: Write: op %d with %d keys", op, len(keys)))
	}
	if err := s.Fits("doc", doc, s.Shape.Doc); err != nil {
		return err
	}
	for _, k := range keys {
		if err := s.Fits("key", k, s.Shape.Key); err != nil {
			return err
		}
	}
	sorted := slices.Clone(keys)
	slices.SortFunc(sorted, bytes.Compare)
	sorted = slices.CompactFunc(sorted, bytes.Equal)
	if err := s.Begin(ctx, c, nil); err != nil {
		return err
	}
	body := s.Roots[0].SealPending(s.Number, s.Shape, s.Room, format.Pending{Op: byte(op), Doc: doc, Keys: slices.Concat(sorted...)})
	text, args := s.Store.Inlined(s.Store.Text.Write, s.Number, body)
	_, err := c.Exec(ctx, text, args...)
	return err
}

// Format implements fmt.Formatter and prints nothing secret.
func (Index) Format(f fmt.State, _ rune) { redact.Format(f, "segment.Index") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Index) LogValue() slog.Value { return redact.LogValue("segment.Index") }
