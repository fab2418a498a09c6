package cell

import (
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

// A Row seals and opens the cells of one row in one compartment. Its keys are
// derived once, on first use: opening three cells of a row costs one derivation.
// It is safe for concurrent use and cheap to make; make one per row and drop it.
//
// With random 96-bit nonces at most 2^32 cells should be sealed under one row
// and key (NIST SP 800-38D §8.3): four thousand million writes of one row.
type Row struct {
	_ [0]func()
	s *rowState // behind a pointer, where %v of a struct that holds a Row does not reach
}

type rowState struct {
	comp  *compartment
	id    *identity // nil: unbound, or its keys are given
	given *tree.Row // nil: derived from the compartment

	derived atomic.Bool // primary is set and will not change; saves a lock per cell
	mu      sync.Mutex
	primary cellKey   // of comp.keys[0]
	older   []cellKey // of the keys behind it, while a rotation lasts
}

// identity may be personal data. It sits behind a second pointer, because fmt looks
// through the first one when it complains of a verb.
type identity struct {
	bytes []byte
	buf   [24]byte // holds bytes where they fit, which saves an allocation
}

// NewRow returns the row of compartment d that row identifies; see [RowID]. It
// panics on an empty row and on a Derived that is no compartment of the cells ring.
func NewRow(d *keys.Derived, row []byte) *Row {
	if len(row) == 0 {
		panic("cellseal/cell: empty row: name the row with RowID, or use NewUnbound")
	}
	r := new(struct { // one allocation for all three
		Row
		state rowState
		id    identity
	})
	r.id.bytes = append(r.id.buf[:0], row...)
	r.state.comp, r.state.id = compartmentOf(d), &r.id
	r.s = &r.state
	return &r.Row
}

// NewRowOf returns the row whose keys k are, for processes that hold keys of single rows in
// place of compartments (keys.RowSource). It does what NewRow of the compartment does: cells
// do not tell which of the two sealed them.
func NewRowOf(k *keys.RowKeys) *Row {
	given := k.Tree()
	return &Row{s: &rowState{comp: closedCompartment(tree.ClosedOf(given)), given: given}}
}

// NewUnbound returns a Row for cells that are bound to their compartment and
// column but to no row: whoever can write the table can swap them between rows
// unnoticed. Each cell carries a 16-byte salt and has a key of its own.
func NewUnbound(d *keys.Derived) *Row { return &Row{s: &rowState{comp: compartmentOf(d)}} }

func (r *Row) state() *rowState {
	if r == nil || r.s == nil {
		panic("cellseal/cell: zero Row; use NewRow or NewUnbound")
	}
	return r.s
}

func (s *rowState) bound() bool { return s.id != nil || s.given != nil }

// secret is the row's secret for a purpose under the compartment's i-th root key.
func (s *rowState) secret(i int, purpose byte) [tree.Size]byte {
	if s.given != nil {
		return tree.RowSecret(s.given, i, purpose)
	}
	return s.comp.keys[i].mac.Sum(purpose, s.row())
}

// row returns the row's identity, empty if it is unbound.
func (s *rowState) row() []byte {
	if s.id == nil {
		return nil
	}
	return s.id.bytes
}

// key returns the row's key under the compartment's i-th root key.
func (s *rowState) key(i int) cellKey {
	if i == 0 && s.derived.Load() {
		return s.primary
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at := &s.primary
	if i > 0 {
		if s.older == nil {
			s.older = make([]cellKey, len(s.comp.keys)-1)
		}
		at = &s.older[i-1]
	}
	if at.aead == nil {
		*at = newCellKey(s.secret(i, tree.PurposeRow))
	}
	if i == 0 {
		s.derived.Store(true)
	}
	return *at
}

// Format implements fmt.Formatter and prints nothing secret.
func (Row) Format(f fmt.State, _ rune) { redact.Format(f, "cell.Row") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Row) LogValue() slog.Value { return redact.LogValue("cell.Row") }
