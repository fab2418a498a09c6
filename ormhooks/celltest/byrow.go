package celltest

import (
	"context"
	"sync"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

// A ByRow is a keys.RowSource in front of a Source, as a key service is at row grain: of compartments it
// gives single rows only. It counts, so that a test can say how often a program would have asked.
type ByRow struct {
	source keys.Source

	mu     sync.Mutex
	asked  int
	rows   int
	denied error
}

// NewByRow returns a ByRow in front of source.
func NewByRow(source keys.Source) *ByRow { return &ByRow{source: source} }

// Cells gives what the source behind it does, except compartments.
func (s *ByRow) Cells(ctx context.Context, path ...keys.Label) (*keys.Derived, error) {
	d, err := s.source.Cells(ctx, path...)
	if err == nil && tree.LevelOf(d.Tree()) == tree.Leaf {
		return nil, &keys.RowsOnlyError{Path: tree.Shown(tree.Path(d.Tree()))}
	}
	return d, err
}

// Index gives what the source behind it does.
func (s *ByRow) Index(ctx context.Context, path ...keys.Label) (*keys.Derived, error) {
	return s.source.Index(ctx, path...)
}

// Rows gives single rows.
func (s *ByRow) Rows(ctx context.Context, path []keys.Label, rows [][]byte) ([]*keys.RowKeys, error) {
	s.mu.Lock()
	s.asked++
	s.rows += len(rows)
	err := s.denied
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	d, err := s.source.Cells(ctx, path...)
	if err != nil {
		return nil, err
	}
	found := make([]*keys.RowKeys, len(rows))
	for i, row := range rows {
		found[i] = d.Row(row)
	}
	return found, nil
}

// Reload is the source's, if it has one.
func (s *ByRow) Reload(ctx context.Context, id uint32) error {
	if r, ok := s.source.(keys.Reloader); ok {
		return r.Reload(ctx, id)
	}
	return &keys.UnknownKeyError{ID: id}
}

// Deny has Rows answer err from now on; nil takes that back.
func (s *ByRow) Deny(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.denied = err
}

// Asked returns how often Rows was called since the last time, and for how many rows.
func (s *ByRow) Asked() (times, rows int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	times, rows = s.asked, s.rows
	s.asked, s.rows = 0, 0
	return times, rows
}

var (
	_ keys.RowSource = (*ByRow)(nil)
	_ keys.Reloader  = (*ByRow)(nil)
)
