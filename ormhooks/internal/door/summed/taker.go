package summed

import (
	"context"
	"maps"
	"slices"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/search/sum"
)

// A Taker gives the values of one execution their numbers.
type Taker struct {
	Context context.Context
	Conn    sum.Conn
	blocks  map[string]*block
	taken   bool
}

// A block is numbers of one place.
type block struct {
	*Place
	left int
	next int64
}

// Want says that a value is going to be numbered.
func (t *Taker) Want(p *Place) {
	if t.blocks == nil {
		t.blocks = map[string]*block{}
	}
	b := t.blocks[p.key]
	if b == nil {
		b = &block{Place: p}
		t.blocks[p.key] = b
	}
	b.left++
}

// Given is Number of a value as the caller gave it.
func (t *Taker) Given(p *Place, d sqltext.Dialect, given any) (n, masked int64, err error) {
	v, err := convert.Limited(d, p.Index.Protected()[0], given)
	if err != nil {
		return 0, 0, p.at(err)
	}
	value, err := whole(p.Index, v)
	if err != nil {
		return 0, 0, p.at(err)
	}
	return t.Number(p, value)
}

// Number returns the number of a value, and what is stored to be added up.
func (t *Taker) Number(p *Place, value int64) (n, masked int64, err error) {
	if !t.taken {
		t.taken = true
		for _, key := range slices.Sorted(maps.Keys(t.blocks)) {
			b := t.blocks[key]
			if b.next, err = b.sum.Next(t.Context, t.Conn, b.group, b.left); err != nil {
				return 0, 0, b.at(err)
			}
		}
	}
	b := t.blocks[p.key]
	if b == nil || b.left == 0 { // nobody has said so
		if n, err = p.sum.Next(t.Context, t.Conn, p.group, 1); err != nil {
			return 0, 0, p.at(err)
		}
	} else {
		n = b.next
		b.left, b.next = b.left-1, b.next+1
	}
	if masked, err = p.sum.Encrypt(p.group, n, value); err != nil {
		err = p.at(err)
	}
	return n, masked, err
}
