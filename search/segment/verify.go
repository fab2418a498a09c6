package segment

import (
	"context"
	"errors"
	"slices"

	"github.com/cellseal/cellseal/search/segment/internal/core"
	"github.com/cellseal/cellseal/search/segment/internal/format"
)

// A Fault is something that [Index.Verify] found. It holds nothing secret.
type Fault struct {
	Segment int64 // 0: of the manifest or of pending rows
	Row     int64 // of a pending row: its id, for Quarantine
	Problem string
}

// Verify reads every page of every segment and every pending row, and says what is missing or wrong; of an index
// in order it returns none. It holds some pages in memory at a time, and takes as long as reading all of
// the index does. What maintenance replaced meanwhile is not told; what could not be asked is the error.
func (x *Index) Verify(ctx context.Context, c Conn) ([]Fault, error) {
	s := x.state()
	m, heads, err := s.Snapshot(ctx, c)
	if err != nil {
		return told(err)
	}
	var faults []Fault
	for _, g := range m.Segments {
		problems, err := s.Check(ctx, c, g)
		if err != nil {
			return nil, err
		}
		for _, p := range problems {
			faults = append(faults, Fault{Segment: g.Seg, Problem: p})
		}
	}
	_, err = s.OpenPending(ctx, c, heads)
	if err != nil && !errors.As(err, new(core.Missing)) { // flushed meanwhile
		pending, err := told(err)
		if err != nil {
			return nil, err
		}
		faults = append(faults, pending...)
	}
	if len(faults) == 0 {
		return nil, nil
	}
	now, err := s.ReadManifest(ctx, c)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(faults, func(f Fault) bool {
		replaced := !slices.ContainsFunc(now.Segments, func(g format.Segment) bool { return g.Seg == f.Segment })
		return f.Segment != 0 && replaced
	}), nil
}

// told makes a fault of what is an error to everybody else.
func told(err error) ([]Fault, error) {
	corrupt, back := new(CorruptError), new(SetBackError)
	switch {
	case errors.As(err, &corrupt):
		problem := corrupt.Table + ": " + corrupt.Problem
		if len(corrupt.Rows) == 0 {
			return []Fault{{Problem: problem}}, nil
		}
		var faults []Fault
		for _, id := range corrupt.Rows {
			faults = append(faults, Fault{Row: id, Problem: problem})
		}
		return faults, nil
	case errors.As(err, &back):
		return []Fault{{Problem: back.Error()}}, nil
	}
	return nil, err
}
