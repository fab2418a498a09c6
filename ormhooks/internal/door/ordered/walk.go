package ordered

import (
	"context"
	"database/sql/driver"
	"math"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/door/opened"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/search/segment"
	"github.com/cellseal/cellseal/search/sorted"
)

// A Part is one of the statements that a Walk sends.
type Part uint8

// The parts.
const (
	All   Part = iota // plan.Plan.Text
	Page              // plan.Walk.Page
	Nulls             // plan.Walk.Nulls
)

// A Walk is one execution of a plan.Walk.
type Walk struct {
	Context context.Context
	Dialect sqltext.Dialect
	Plan    *plan.Plan
	Conn    segment.Conn
	// Span is what is walked; nil holds nothing.
	Span *sorted.Span
	// Whole has all rows read: the index need not have them.
	Whole bool
	// Enough is how many rows the caller wants, those that OFFSET skips among them; below 0 it is all.
	Enough int64
	// Most is how many rows are gathered at most.
	Most   int
	Reader *opened.Reader
	// Send sends a statement with a page's keys, for at most as many rows.
	Send func(part Part, keys template.Value, most int) ([][]driver.Value, error)

	into    *opened.Gathering
	kept    map[string]bool // documents of rows that were kept
	missing int64
	rows    int // kept, of all legs
	walked  int // entries
	turn    int // how many of them are walked before all rows are tried again
	sent    bool
	done    bool // all rows were read
}

// Sizes of pages, in entries. The first has as many as the caller wants rows, the next twice as many
// as the one before.
const (
	least    = 16
	greatest = 4096
)

// Rows returns what the caller sees.
func (w *Walk) Rows() ([][]driver.Value, error) {
	w.into, w.missing, w.kept = w.Reader.Gather(), w.Enough, map[string]bool{}
	if w.missing < 0 {
		w.missing = math.MaxInt64
	}
	if w.Plan.Finish.Grouped {
		w.missing = min(w.missing, 1)
	}
	w.turn = 8 * w.size()
	if err := w.read(); err != nil {
		return nil, err
	}
	if !w.sent { // for the names of the columns
		if _, err := w.send(Page, template.Keys(w.Dialect, w.Plan.Walk.Batch.Types, nil), w.Most); err != nil {
			return nil, err
		}
	}
	return w.into.Rows()
}

func (w *Walk) size() int { return int(min(max(w.missing, least), 1024)) }

func (w *Walk) read() error {
	p := w.Plan.Walk
	switch {
	case w.Whole:
		if err := w.all(w.Most); err != nil || w.done {
			return err
		}
		return w.Reader.TooMany()
	case w.Span == nil || w.missing == 0:
		return nil
	case p.Few:
		if err := w.all(2 * w.size()); err != nil || w.done {
			return err
		}
	}
	sorts := !w.Plan.Finish.Grouped
	first := p.Nulls != nil && w.Plan.Finish.Sort[0].NullsFirst
	if first {
		if err := w.nulls(); err != nil {
			return err
		}
	}
	for _, descending := range p.Legs {
		if !sorts {
			w.missing, w.kept = 1, map[string]bool{}
		}
		if err := w.leg(descending); err != nil || w.done {
			return err
		}
	}
	if p.Nulls != nil && !first {
		return w.nulls()
	}
	return nil
}

// leg walks in one direction until there are enough rows.
func (w *Walk) leg(descending bool) error {
	o := &sorted.PageOptions{Descending: descending, Ties: w.Plan.Walk.Ties, Limit: w.size()}
	for w.missing > 0 {
		page, err := w.Span.Page(w.Context, w.Conn, o)
		if err != nil || len(page.Found) == 0 {
			return err
		}
		w.walked += len(page.Found)
		if w.walked > w.turn && (page.Next != nil || len(page.Found) > greatest) {
			if err := w.all(w.walked); err != nil || w.done {
				return err
			}
			if w.turn = 2 * w.walked; w.walked >= w.Most { // there are too many, however often one looks
				w.turn = math.MaxInt
			}
		}
		if err := w.page(page); err != nil || page.Next == nil {
			return err
		}
		o.After, o.Limit = page.Next, min(2*o.Limit, greatest)
	}
	return nil
}

// all reads all rows, unless there are more than that many.
func (w *Walk) all(most int) error {
	most = min(most, w.Most)
	rows, err := w.send(All, template.Value{}, most)
	if err != nil || len(rows) > most {
		return err
	}
	w.done, w.into = true, w.Reader.Gather()
	fits := func(any) (bool, error) { return true, nil }
	if w.Plan.Walk.Within != nil {
		fits = func(any) (bool, error) { return false, nil }
		if w.Span != nil {
			fits = w.Span.Matches
		}
	}
	if err := w.Reader.Expect(rows); err != nil {
		return err
	}
	for _, stored := range rows {
		if _, err := w.into.Add(stored, w.Plan.Walk.At, fits); err != nil {
			return err
		}
	}
	return nil
}

// nulls reads the rows that have no value: all, or as many as are missing where nothing else decides
// which.
func (w *Walk) nulls() error {
	for w.missing > 0 {
		most := w.Most
		if !w.Plan.Walk.Ties {
			most = int(min(max(w.missing, least)+int64(len(w.kept)), int64(w.Most)))
		}
		rows, err := w.send(Nulls, template.Value{}, most)
		if err != nil {
			return err
		}
		for _, stored := range rows[:min(len(rows), most)] {
			doc, err := w.doc(stored)
			if err != nil {
				return err
			}
			if err := w.keep(stored, string(doc), func(v any) (bool, error) { return v == nil, nil }); err != nil {
				return err
			}
		}
		switch {
		case len(rows) <= most:
			return nil
		case most == w.Most && (w.missing > 0 || w.Plan.Walk.Ties):
			return w.Reader.TooMany()
		}
	}
	return nil
}
