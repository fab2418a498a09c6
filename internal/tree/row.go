package tree

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"github.com/cellseal/cellseal/internal/redact"
)

// RowSize is what a row has of keys under one root key, in bytes: three of 32, for seal and token,
// for imprint over bytes and for imprint over an alphabet (cell/FORMAT.md §3).
const RowSize = 3 * Size

var rowPurposes = [3]byte{PurposeRow, PurposeImprint, PurposeFPE}

// A Closed is a compartment of which only single rows' keys are at hand: it knows the ids of its
// keys, and no node. It is immutable and safe for concurrent use.
type Closed struct {
	*place
	ids   []uint32 // the primary's first
	known int
	memo  memo
}

// NewClosed returns the compartment at path, whose keys have ids, the primary's first.
func NewClosed(path []string, ids []uint32, known int) (*Closed, error) {
	level, err := Check(Cells, path)
	if err != nil {
		return nil, err
	}
	if level != Leaf {
		return nil, fmt.Errorf("rows are in compartments: want a path that ends in one")
	}
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			return nil, fmt.Errorf("key %d stands there twice", id)
		}
	}
	if len(ids) == 0 || known < len(ids) {
		return nil, fmt.Errorf("%d enabled keys of %d", len(ids), known)
	}
	return &Closed{place: &place{Cells, slices.Clone(path), level}, ids: slices.Clone(ids), known: known}, nil
}

// IDs returns the ids of the compartment's keys, the primary's first. The caller must not
// change the slice.
func IDs(c *Closed) []uint32 { return c.ids }

// KnownIn returns how many keys the ring of c holds, disabled ones included.
func KnownIn(c *Closed) int { return c.known }

// MemoClosed is [Memo] of a Closed, for package cell.
func MemoClosed[T any](c *Closed, build func() T) T {
	c.memo.once.Do(func() { c.memo.value = build() })
	return c.memo.value.(T)
}

// A Row is the keys of one row under each enabled root key. It is immutable.
type Row struct {
	of     *Closed
	secret *rowSecret
}

type rowSecret struct{ bytes []byte } // RowSize for each key of the compartment, in its order

// NewRow returns the row of c with these keys, which must not be changed any more.
func NewRow(c *Closed, secret []byte) (*Row, error) {
	if len(secret) != RowSize*len(c.ids) {
		return nil, fmt.Errorf("a row's keys of %d bytes: want %d for each of %d", len(secret), RowSize, len(c.ids))
	}
	return &Row{c, &rowSecret{secret}}, nil
}

// ClosedOf returns the compartment a row is of.
func ClosedOf(r *Row) *Closed { return r.of }

// RowSecrets returns all keys of r, which the caller must not change.
func RowSecrets(r *Row) []byte { return r.secret.bytes }

// RowSecret returns what [MAC.Sum] of purpose and row gives under the i-th key.
func RowSecret(r *Row, i int, purpose byte) [Size]byte {
	at := slices.Index(rowPurposes[:], purpose)
	if at < 0 {
		panic("cellseal: no row has a key of this purpose")
	}
	return [Size]byte(r.secret.bytes[i*RowSize+at*Size:])
}

// rowMemo is what a Set keeps for [RowOf].
type rowMemo struct {
	once   sync.Once
	closed *Closed
	macs   []*MAC
}

// RowOf returns the keys of one row of the compartment s, which knows nothing of s.
func RowOf(s *Set, row []byte) (*Row, error) {
	if s.ring != Cells || s.level != Leaf {
		return nil, fmt.Errorf("rows are in compartments: want a path that ends in one")
	}
	if len(row) == 0 {
		return nil, fmt.Errorf("empty row")
	}
	m := &s.rows
	m.once.Do(func() {
		var ids []uint32
		for _, n := range s.nodes {
			ids = append(ids, n.ID)
			m.macs = append(m.macs, NewMAC(n))
		}
		m.closed = &Closed{place: s.place, ids: ids, known: s.known}
	})
	secret := make([]byte, 0, RowSize*len(m.macs))
	for _, mac := range m.macs {
		for _, purpose := range rowPurposes {
			sum := mac.Sum(purpose, row)
			secret = append(secret, sum[:]...)
		}
	}
	return &Row{m.closed, &rowSecret{secret}}, nil
}

// Format implements fmt.Formatter and prints nothing secret.
func (*Row) Format(f fmt.State, _ rune) { redact.Format(f, "tree.Row") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (*Row) LogValue() slog.Value { return redact.LogValue("tree.Row") }

// Format implements fmt.Formatter and prints no scope's id.
func (*Closed) Format(f fmt.State, _ rune) { redact.Format(f, "tree.Closed") }

// LogValue implements slog.LogValuer and prints no scope's id.
func (*Closed) LogValue() slog.Value { return redact.LogValue("tree.Closed") }
