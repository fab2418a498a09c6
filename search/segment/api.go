package segment

import (
	"context"
	"time"

	"github.com/cellseal/cellseal/keys"
)

const unbuilt = "cellseal/segment: not built yet"

// DDL returns the statements that make the four tables, each of them harmless if run again.
func (s *Store) DDL() []string { panic(unbuilt) }

// A Shape fixes the lengths of an index, in bytes (FORMAT.md §2).
type Shape struct {
	Key  int // of a key: 1 to 255
	Doc  int // of a document's identity: 1 to 255
	Room int // the least number of keys a pending row has room for: 1 for sorted, 8 for others
}

// Index returns the index that d is the key of. Keep it. It panics on a Derived that is no
// index and on a Shape out of range.
func (s *Store) Index(d *keys.Derived, shape Shape) *Index { panic(unbuilt) }

// An Index is one index of a Store.
type Index struct{ _ [0]func() }

// An Op says what became of a document.
type Op byte

// The operations. Replaced and Removed void whatever is older of the document; Added
// says that there is nothing older, and saves the void.
const (
	Added    Op = 1
	Replaced Op = 2
	Removed  Op = 3
)

// Write puts one document under keys, with one INSERT on c.
func (x *Index) Write(ctx context.Context, c Conn, op Op, doc []byte, keys [][]byte) error {
	panic(unbuilt)
}

// A View is what an index holds at one moment.
type View struct{ _ [0]func() }

// View takes the manifest and the pending rows in one statement on c.
func (x *Index) View(ctx context.Context, c Conn) (*View, error) { panic(unbuilt) }

// Lookup returns for each key the documents that are under it, ascending, each once.
func (v *View) Lookup(ctx context.Context, keys ...[]byte) ([][][]byte, error) { panic(unbuilt) }

// An Entry says that a document is under a key.
type Entry struct {
	Key, Doc []byte
	Version  uint64
}

// Scan returns the entries with from <= key < to (nil: open) in order of (key, doc),
// or from behind. after, if not nil, is the entry after which to go on; its Version does not matter.
func (v *View) Scan(from, to []byte, descending bool, after *Entry) *Cursor { panic(unbuilt) }

// A Cursor walks over entries.
type Cursor struct{ _ [0]func() }

// Next returns up to n more entries. None: it is at the end.
func (c *Cursor) Next(ctx context.Context, n int) ([]Entry, error) { panic(unbuilt) }

// Flush makes a segment of what is pending, if there is something.
func (x *Index) Flush(ctx context.Context, db DB) error { panic(unbuilt) }

// Merge merges every level that has Fanout segments, until none has.
func (x *Index) Merge(ctx context.Context, db DB) error { panic(unbuilt) }

// Rekey flushes what is pending and writes every segment anew whose key is not the primary.
func (x *Index) Rekey(ctx context.Context, db DB) error { panic(unbuilt) }

// Drop deletes all of the index.
func (x *Index) Drop(ctx context.Context, db DB) error { panic(unbuilt) }

// Stats are an index's figures.
type Stats struct {
	Pending  int           // rows
	Oldest   time.Duration // since the oldest of them was written
	Version  uint64        // of the manifest; 0: nothing was flushed yet
	Segments []int         // of each level
	Entries  uint64
	Voids    uint64
	Pages    uint64
	Bytes    uint64   // of pages
	Keys     []uint32 // ids of the root keys that segments are under
}

// Stats reads an index's figures.
func (x *Index) Stats(ctx context.Context, c Conn) (*Stats, error) { panic(unbuilt) }

// A Fault is something that Verify found.
type Fault struct {
	Segment int64 // 0: of pending rows
	Problem string
}

// Verify reads every page of every segment and every pending row, and says what is missing or wrong.
func (x *Index) Verify(ctx context.Context, c Conn) ([]Fault, error) { panic(unbuilt) }

// MaintainOptions are Maintain's. nil or zero fields are the defaults.
type MaintainOptions struct {
	Once  bool          // one pass, and errors are returned; else until ctx ends, and errors go to the Observer
	All   bool          // flush whatever is pending, due or not
	Rekey bool          // write anew what is not under the primary key
	Every time.Duration // from one look to the next (default 1 s)
}

// Maintain flushes, merges and deletes what was replaced.
func Maintain(ctx context.Context, db DB, o *MaintainOptions, indexes ...*Index) error { panic(unbuilt) }

// An Event is what maintenance tells an Observer.
type Event struct {
	Kind  string
	Index string
	Stats Stats
	Err   error
}
