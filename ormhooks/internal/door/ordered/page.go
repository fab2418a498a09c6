package ordered

import (
	"cmp"
	"database/sql/driver"
	"slices"

	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door/answer"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/door/listed"
	"github.com/cellseal/cellseal/ormhooks/internal/door/row"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/search/sorted"
)

// page reads a page's rows, and keeps those that belong there. In the index's order they are
// taken, so that rows that compare as equal always come in the same one.
func (w *Walk) page(p *sorted.Page) error {
	t, x := w.origin().Table, w.Plan.Walk.Index
	place := make(map[string]int, len(p.Found))
	var keys [][]any
	for i, found := range p.Found {
		if key, ok := listed.Key(t, x, found.Doc); ok {
			place[string(found.Doc)] = i
			keys = append(keys, answer.Spellings(w.Dialect, w.Plan.Walk.Batch.Types, key)...)
		}
	}
	rows, err := w.send(Page, template.Keys(w.Dialect, w.Plan.Walk.Batch.Types, keys), w.Most)
	if err != nil {
		return err
	}
	if len(rows) > w.Most {
		return w.Reader.TooMany()
	}
	type at struct {
		place  int
		doc    string
		stored []driver.Value
	}
	all := make([]at, 0, len(rows))
	for _, stored := range rows {
		doc, err := w.doc(stored)
		if err != nil {
			return err
		}
		if i, ok := place[string(doc)]; ok { // else the server takes two keys for one
			all = append(all, at{i, string(doc), stored})
		}
	}
	slices.SortFunc(all, func(a, b at) int { return cmp.Compare(a.place, b.place) })
	if err := w.Reader.Expect(rows); err != nil {
		return err
	}
	for _, r := range all {
		if err := w.keep(r.stored, r.doc, p.Holds); err != nil {
			return err
		}
	}
	return nil
}

// keep keeps a row whose value fits, once.
func (w *Walk) keep(stored []driver.Value, doc string, fits func(any) (bool, error)) error {
	if w.kept[doc] {
		return nil
	}
	seen, err := w.into.Add(stored, w.Plan.Walk.At, fits)
	if err != nil || !seen {
		return err
	}
	if w.rows++; w.rows > w.Most {
		return w.Reader.TooMany()
	}
	w.kept[doc] = true
	w.missing--
	return nil
}

func (w *Walk) origin() *plan.Origin {
	out := w.Plan.Out
	return &out.Origins[out.Columns[w.Plan.Walk.At].Origin]
}

// doc is what stands for a row in the index.
func (w *Walk) doc(stored []driver.Value) ([]byte, error) {
	o := w.origin()
	return listed.Doc(o.Table, w.Plan.Walk.Index,
		func(logical string) (codec.Bound, error) {
			return convert.Bound(o.Table.Column(logical), stored[o.Bound[logical]])
		},
		func() ([]byte, error) { return row.KeyOf(o.Table, stored[o.RowKey]) })
}

func (w *Walk) send(part Part, keys template.Value, most int) ([][]driver.Value, error) {
	w.sent = true
	return w.Send(part, keys, most)
}
