package core

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/cellseal/cellseal/search/segment/internal/format"
)

// checkPages is how many pages a check holds at a time.
const checkPages = 128

// Check reads every page of a segment and says what is missing or wrong.
func (x *Index) Check(ctx context.Context, c Conn, info format.Segment) (problems []string, err error) {
	root, err := x.Roots.Find(info.KeyID)
	if err != nil {
		return nil, err
	}
	k := &check{Index: x, c: c, g: &Segment{Segment: info, shape: x.Shape, pages: root.Pages(info.Seg)}}
	total := uint32(0)
	for _, list := range []format.List{format.Fences, format.Entries, format.Voids} {
		n, _ := k.g.count(list)
		total += n
		k.before = nil
		for at := uint32(0); at < n; at += checkPages {
			var pages []*Page
			for number := at; number < min(n, at+checkPages); number++ {
				pages = append(pages, NewPage(k.g, list, number))
			}
			if err := k.read(ctx, pages); err != nil {
				return nil, err
			}
		}
	}
	rows, err := Query(ctx, c, "i", x.Store.SQL("SELECT COUNT(*) FROM {pages} WHERE seg = ?"), info.Seg)
	if err != nil {
		return nil, err
	}
	if rows[0].N[0] > int64(total) {
		k.say("%d pages, and there should be %d", rows[0].N[0], total)
	}
	return k.problems, nil
}

type check struct {
	*Index
	c        Conn
	g        *Segment
	before   []byte // the last item of the page before
	problems []string
}

func (k *check) say(format string, args ...any) {
	k.problems = append(k.problems, fmt.Sprintf(format, args...))
}

var lists = [...]string{"entries", "fences", "voids"}

// read fetches pages of one list and looks at them in order. Where one of them does not open, each is
// asked for alone, to tell which.
func (k *check) read(ctx context.Context, pages []*Page) error {
	err := k.Fetch(ctx, k.c, pages)
	if corrupt := new(CorruptError); errors.As(err, &corrupt) {
		if len(pages) == 1 {
			k.say("page %d of %s: %s", pages[0].number, lists[pages[0].list], corrupt.Problem)
			return nil
		}
		for i := range pages {
			if err := k.read(ctx, pages[i:i+1]); err != nil {
				return err
			}
		}
		return nil
	}
	if err != nil && !errors.As(err, new(Missing)) {
		return err
	}
	for _, p := range pages {
		if p.Items == nil {
			k.say("page %d of %s is missing", p.number, lists[p.list])
			k.before = nil
			continue
		}
		k.look(p)
	}
	return nil
}

func (k *check) look(p *Page) {
	size := k.Shape.Item(p.list)
	if k.before != nil && bytes.Compare(k.before, p.Items[:size]) > 0 {
		k.say("page %d of %s does not follow the one before", p.number, lists[p.list])
	}
	k.before = p.Items[len(p.Items)-size:]
	if p.list == format.Fences {
		k.g.fences = append(k.g.fences, p.Items...)
		return
	}
	for at := 0; at < len(p.Items); at += size {
		if v := format.Version(p.Items[at : at+size]); v < k.g.Lowest || v > k.g.Highest {
			k.say("page %d of %s has a version that the manifest does not", p.number, lists[p.list])
			break
		}
	}
	if n, _ := k.g.count(format.Entries); p.list == format.Entries && len(k.g.fences) == int(n)*k.Shape.Item(format.Fences) &&
		compare(p.Items, k.g.Fence(p.number)) != 0 {
		k.say("page %d of entries does not begin as its fence says", p.number)
	}
}
