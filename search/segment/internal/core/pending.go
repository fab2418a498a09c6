package core

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"
	"time"

	"github.com/cellseal/cellseal/search/segment/internal/format"
)

// A PendingRow is one written document that no segment has yet. Its id is the version of its entries.
type PendingRow struct {
	ID int64
	format.Pending
}

// OpenPending returns the pending rows that heads name, by id, and reads those that are not kept in memory. One
// that is gone is Missing.
func (x *Index) OpenPending(ctx context.Context, c Conn, heads []Row) ([]*PendingRow, error) {
	all := make([]*PendingRow, 0, len(heads))
	var unknown []int64
	for _, r := range heads {
		if _, err := x.Roots.Find(binary.BigEndian.Uint32(r.B)); err != nil {
			return nil, err
		}
		if p, ok := x.Store.cache.get(cacheKey{x.Number, r.N[0], [headSize]byte(r.B)}); ok {
			all = append(all, p.(*PendingRow))
		} else {
			unknown = append(unknown, r.N[0])
		}
	}
	read, err := x.ReadPending(ctx, c, unknown)
	all = append(all, read...)
	slices.SortFunc(all, func(a, b *PendingRow) int { return cmp.Compare(a.ID, b.ID) })
	return all, err
}

// ReadPending reads and opens pending rows by their ids.
func (x *Index) ReadPending(ctx context.Context, c Conn, ids []int64) ([]*PendingRow, error) {
	var all []*PendingRow
	for part := range slices.Chunk(ids, Chunk) {
		text, args := x.Store.Among("SELECT id, body FROM {pending} WHERE", "id", part)
		rows, err := Query(ctx, c, "ib", text, args...)
		if err != nil {
			return nil, err
		}
		if len(rows) != len(part) {
			return nil, Missing("pending")
		}
		for _, r := range rows {
			p, err := x.Roots.OpenPending(x.Number, x.Shape, x.Room, r.B)
			if err != nil {
				return nil, x.Corrupt("pending", err)
			}
			row := &PendingRow{r.N[0], p}
			x.Store.cache.put(cacheKey{x.Number, row.ID, [headSize]byte(r.B)}, row, len(r.B))
			all = append(all, row)
		}
	}
	return all, nil
}

// Waiting is what is pending: how many rows, and for how long the oldest has been, by the database's clock.
type Waiting struct {
	Rows int
	Age  time.Duration
}

// CountPending counts what is pending.
func (x *Index) CountPending(ctx context.Context, c Conn) (Waiting, error) {
	rows, err := Query(ctx, c, "ii", x.Store.Text.Count, x.Number)
	if err != nil || len(rows) == 0 {
		return Waiting{}, err
	}
	return Waiting{int(rows[0].N[0]), time.Duration(rows[0].N[1]) * time.Millisecond}, nil
}
