package keyservice

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

// Rows implements [keys.RowSource]: in one round trip for each [MaxRows] rows that are not in memory.
// A row that is named twice is asked for, and counted, once.
func (c *Client) Rows(ctx context.Context, path []keys.Label, rows [][]byte) ([]*keys.RowKeys, error) {
	s, at := c.state(), place(tree.Cells, path)
	labels := plain(path)
	if level, err := tree.Check(tree.Cells, labels); err != nil {
		return nil, fmt.Errorf("cellseal/keyservice: %w", err)
	} else if level != tree.Leaf {
		return nil, errors.New("cellseal/keyservice: rows are in compartments: want a path that ends in one")
	}
	for _, row := range rows {
		if len(row) == 0 || len(row) > MaxRowID {
			return nil, fmt.Errorf("cellseal/keyservice: a row's identity of %d bytes: want 1 to %d", len(row), MaxRowID)
		}
	}
	found := make([]*keys.RowKeys, len(rows))
	if e := s.memory.Subtree(at); e != nil && e.Keys != nil {
		for i, row := range rows {
			found[i] = e.Keys.Row(row)
		}
		return found, nil
	}
	missing := s.memory.Find(at, rows, found)
	places := map[string][]int{} // of each row that is missing
	var ids [][]byte
	for _, i := range missing {
		id := string(rows[i])
		if places[id] == nil {
			ids = append(ids, rows[i])
		}
		places[id] = append(places[id], i)
	}
	for batch := range batches(ids) {
		answer, err := shared(ctx, &s.flights, batchKey(at, batch), func() ([]*keys.RowKeys, error) { return s.fetchRows(at, labels, batch) })
		if err != nil {
			return nil, err
		}
		for n, id := range batch {
			for _, i := range places[string(id)] {
				found[i] = answer[n]
			}
		}
	}
	return found, nil
}

// batches cuts ids into requests that are not too large.
func batches(ids [][]byte) func(func([][]byte) bool) {
	return func(yield func([][]byte) bool) {
		for len(ids) > 0 {
			n, size := 0, 0
			for n < len(ids) && n < MaxRows && size+len(ids[n]) <= maxBatch {
				size += len(ids[n])
				n++
			}
			if !yield(ids[:n]) {
				return
			}
			ids = ids[n:]
		}
	}
}

// batchKey names a batch for those who ask for the same one at the same time.
func batchKey(at string, ids [][]byte) string {
	var b strings.Builder
	b.WriteString("rows\xff" + at)
	for _, id := range ids {
		fmt.Fprintf(&b, "\xff%d:", len(id))
		b.Write(id)
	}
	return b.String()
}

func (s *clientState) fetchRows(at string, path []string, ids [][]byte) ([]*keys.RowKeys, error) {
	epoch := s.memory.Epoch()
	var a rowsAnswer
	err := s.link.ask(opRows, rowsRequest{path, ids}, &a)
	defer clear(a.Keys)
	if err = s.meant(err, tree.Cells, path); err != nil {
		return nil, err
	}
	closed, err := tree.NewClosed(path, a.IDs, a.Known)
	if err == nil && len(a.Keys) != len(ids)*len(a.IDs)*tree.RowSize {
		err = errors.New("keys of another number of rows than were asked for")
	}
	if err != nil {
		return nil, &UnavailableError{fmt.Errorf("its answer: %w", err)}
	}
	current := s.memory.Current(a.Revision, &epoch)
	closed = s.memory.Closed(at, closed)
	found := make([]*keys.RowKeys, len(ids))
	size := len(a.IDs) * tree.RowSize
	for i := range found {
		r, err := tree.NewRow(closed, slices.Clone(a.Keys[i*size:(i+1)*size]))
		if err != nil {
			return nil, &UnavailableError{fmt.Errorf("its answer: %w", err)}
		}
		found[i] = keys.RowOfTree(r)
	}
	if current {
		s.memory.KeepRows(at, ids, found, epoch, min(s.o.RowTTL, a.keep()), s.o.RowUses)
	}
	return found, nil
}

// meant turns what the service refused into what the caller is told, and forgets everything if the
// service does not know this client any more.
func (s *clientState) meant(err error, ring string, path []string) error {
	var r *refused
	if !errors.As(err, &r) {
		return err
	}
	switch r.Code {
	case codeUnknown:
		s.memory.Wipe("")
		return &keys.DeniedError{Path: tree.Shown(path), Capability: ring}
	case codeDenied:
		return &keys.DeniedError{Path: tree.Shown(path), Capability: ring}
	case codeRows:
		return &keys.RowsOnlyError{Path: tree.Shown(path)}
	case codeGone:
		return &keys.DestroyedError{Scope: scopeOf(path)}
	case codeNoScope:
		return &keys.UnknownScopeError{Scope: scopeOf(path)}
	case codeRate:
		return &RateError{RetryAfter: time.Duration(r.Retry) * time.Millisecond, Most: r.Most}
	case codeBusy, codeDown:
		return &UnavailableError{errors.New(r.Message)}
	}
	return fmt.Errorf("cellseal/keyservice: the service refuses the request: %q", r.Message)
}

func scopeOf(path []string) keys.Label {
	if len(path) == 0 {
		return ""
	}
	return keys.Label(path[0])
}
