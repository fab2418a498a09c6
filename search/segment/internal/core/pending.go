package core

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cellseal/cellseal/keys"
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
			return nil, x.unknown(r.N[0], err)
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

// ReadPending reads and opens pending rows by their ids. Of those that no writer wrote so it names all, up to mostNamed.
func (x *Index) ReadPending(ctx context.Context, c Conn, ids []int64) ([]*PendingRow, error) {
	var all []*PendingRow
	var wrong []int64
	var why error
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
			p, err := x.openPending(r)
			if unknown := new(keys.UnknownKeyError); errors.As(err, &unknown) {
				return nil, x.unknown(r.N[0], err)
			}
			if err != nil {
				wrong, why = append(wrong, r.N[0]), cmp.Or(why, err)
				continue
			}
			x.Store.cache.put(cacheKey{x.Number, p.ID, [headSize]byte(r.B)}, p, len(r.B))
			all = append(all, p)
		}
	}
	if why != nil {
		slices.Sort(wrong)
		return nil, x.poisoned(wrong, why)
	}
	return all, nil
}

func (x *Index) openPending(r Row) (*PendingRow, error) {
	if !inRange(r.N[0]) {
		return nil, errHead
	}
	p, err := x.Roots.OpenPending(x.Number, x.Shape, x.Room, r.B)
	return &PendingRow{r.N[0], p}, err
}

// inRange reports whether the database gives a row such an id.
func inRange(id int64) bool { return id > 0 && id <= format.MaxVersion }

var errHead = errors.New("of no shape that a writer gives it")

// mostNamed is how many wrong rows an error names.
const mostNamed = 100

// poisoned is the error of rows that no writer wrote so.
func (x *Index) poisoned(ids []int64, err error) error {
	return &CorruptError{x.Store.Table("pending"), x.Name, err.Error(), ids[:min(len(ids), mostNamed)]}
}

// unknown says of which row a key is unknown: it may be that somebody made it up.
func (x *Index) unknown(id int64, err error) error {
	return fmt.Errorf("cellseal/segment: index %s: %s: row %d: %w", x.Name, x.Store.Table("pending"), id, err)
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
