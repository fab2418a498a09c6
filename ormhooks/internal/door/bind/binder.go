package bind

import (
	"context"
	"database/sql/driver"
	"errors"
	"strconv"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/door/known"
	"github.com/cellseal/cellseal/ormhooks/internal/door/listed"
	"github.com/cellseal/cellseal/ormhooks/internal/door/opened"
	"github.com/cellseal/cellseal/ormhooks/internal/door/row"
	"github.com/cellseal/cellseal/ormhooks/internal/door/smooth"
	"github.com/cellseal/cellseal/ormhooks/internal/door/summed"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// A Call is one execution of a statement: what is sent.
type Call struct {
	Text string
	Args []driver.NamedValue
	// Result is what its result is read with.
	Result opened.Call
	// Entries are written after it.
	Entries []*listed.Entry
}

// A Binder is the work on one execution, in one goroutine.
type Binder struct {
	*Texts
	Context  context.Context
	Keys     *codec.Keys
	Shelf    *listed.Shelf
	Profiles *smooth.Profiles
	Over     known.Over // reads profiles that were not opened yet
	// DestroyedAsNull says that the application reads NULL in place of cells of scopes that were destroyed: NULL
	// must then not be written over them.
	DestroyedAsNull bool
	// Args are the caller's, by plan.Plan.Params.
	Args []any
	// Fetched is the row at hand of a statement that goes row by row, and Opened what was opened of it, by
	// position.
	Fetched []driver.Value
	Opened  map[int]any
	// Found are the answers to the plan's questions.
	Found map[*plan.Find]template.Value
	// Most is how many rows are read for a plan.Walk, or of plan.Totals.
	Most int
	// Places are the groups of running sums, and Numbers those that their values get.
	Places  summed.Places
	Numbers summed.Taker

	rows      []rowState
	cells     []sealed
	terms     map[*plan.Slot]template.Value
	questions map[*plan.Slot]*smooth.Question
	summands  map[*plan.Summand]numbered // of the row at hand
}

type sealed struct {
	done   bool
	stored codec.Stored
}

// Call fills in one of the texts. inline makes a statement without arguments of one that has none.
func (b *Binder) Call(t *Part, front []driver.NamedValue, inline bool) (*Call, error) {
	values, err := b.fill(t)
	if err != nil {
		return nil, err
	}
	call := &Call{}
	if t == b.Main && b.Plan.Doomed == nil {
		if call.Entries, err = b.Entries(); err != nil {
			return nil, err
		}
	}
	if f := b.Plan.Finish; f != nil {
		if call.Result.Ends, err = b.ends(f); err != nil {
			return nil, err
		}
	}
	if out := b.Plan.Out; out != nil && t != b.Fetch {
		if call.Result.Wanted, err = b.wanted(out); err != nil {
			return nil, err
		}
	}
	if inline {
		call.Text, call.Args = t.Inline(values), front
		return call, nil
	}
	call.Text, call.Args = t.Fill(values, front)
	return call, nil
}

func (b *Binder) fill(t *Part) ([]template.Value, error) {
	b.rows = nil
	b.cells = make([]sealed, len(b.jobs))
	b.terms, b.questions, b.summands = nil, nil, nil
	if err := b.ask(t); err != nil {
		return nil, err
	}
	values := make([]template.Value, len(t.Slots))
	for i, s := range t.Slots {
		var err error
		if values[i], err = b.slot(s, t.cells[i]); err != nil {
			return nil, err
		}
		if n := values[i].Size(); s.Room > 0 && n > s.Room {
			return nil, row.TooLarge(b.Plan.Rows[s.Row].Table, s, n)
		}
	}
	return values, nil
}

func (b *Binder) slot(s *plan.Slot, cell int) (v template.Value, err error) {
	switch s.Kind {
	case plan.Given:
		v.Value, err = b.Value(s.Value)
	case plan.Nullness:
		var given any
		if given, err = b.Value(s.Value); err == nil && !convert.IsNull(given) {
			v.Value = "1"
		}
	case plan.Fetched:
		if s.At >= len(b.Fetched) {
			return v, errPlan("a value that was not read")
		}
		v.Value = b.Fetched[s.At]
	case plan.Cell, plan.Hidden:
		stored, err := b.sealed(s, cell)
		if v.Value = stored.Value; s.Kind == plan.Hidden {
			v.Value = stored.Hidden
		}
		return v, err
	case plan.Term:
		var term []byte
		if term, err = b.term(s); term != nil {
			v.Value = term
		}
	case plan.Numbered, plan.Masked:
		v.Value, err = b.summand(s)
	case plan.Terms:
		return b.look(s)
	case plan.Tokens:
		q, err := b.question(s)
		if err != nil || q == nil {
			return v, err
		}
		return template.Keys(b.dialect, []string{smooth.Type}, q.Tokens), nil
	case plan.RowKey:
		v.Value, err = b.rowKey(s.Row)
	case plan.Most:
		v.List = strconv.Itoa(b.Most + 1)
	case plan.Found:
		found, ok := b.Found[s.Find]
		if !ok {
			return v, errPlan("a question that was not asked")
		}
		return found, nil
	default:
		err = errPlan("a slot of no kind")
	}
	return v, err
}

func errPlan(what string) error {
	return errors.New("cellseal: internal: the plan has " + what)
}

// Value returns what the caller gave, or what was read of the row.
func (b *Binder) Value(v plan.Value) (any, error) {
	switch {
	case v.Kind == plan.FromParam && v.Param < len(b.Args):
		return b.Args[v.Param], nil
	case v.Kind == plan.FromConst:
		if n, ok := v.Const.(plan.Number); ok {
			return string(n), nil
		}
		return v.Const, nil
	case v.Kind == plan.FromFetch && v.At < len(b.Fetched):
		if opened, ok := b.Opened[v.At]; ok {
			return opened, nil
		}
		return b.Fetched[v.At], nil
	}
	return nil, errPlan("a value from nowhere")
}

// sealed returns the cell of a slot and what stands beside it, made once.
func (b *Binder) sealed(s *plan.Slot, cell int) (codec.Stored, error) {
	known := &b.cells[cell]
	if known.done {
		return known.stored, nil
	}
	t := b.Plan.Rows[s.Row].Table
	v, err := b.Value(s.Value)
	if err != nil {
		return codec.Stored{}, err
	}
	plaintext, null, err := convert.Encoded(b.dialect, s.Column, v)
	if err != nil {
		return codec.Stored{}, &ormhooks.ColumnError{Table: t.Name, Column: s.Column.Name, Err: err}
	}
	if null && !s.Keep {
		if err := b.mayBeNull(s.Row); err != nil {
			return codec.Stored{}, err
		}
	}
	if !null {
		row, err := b.cellRow(s.Row, s.Column)
		if err != nil {
			return codec.Stored{}, err
		}
		if known.stored, err = codec.Seal(s.Column, row, plaintext); err != nil {
			return codec.Stored{}, &ormhooks.ColumnError{Table: t.Name, Column: s.Column.Name, Err: err}
		}
	}
	known.done = true
	return known.stored, nil
}
