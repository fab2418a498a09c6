package door

import (
	"context"
	"database/sql/driver"
	"errors"
	"strconv"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/door/listed"
	"github.com/cellseal/cellseal/ormhooks/internal/door/opened"
	"github.com/cellseal/cellseal/ormhooks/internal/door/row"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// A Call is one execution of a statement: what is sent.
type Call struct {
	Text   string
	Args   []driver.NamedValue
	result opened.Call // what its result is read with
	// entries are written after it.
	entries []*listed.Entry
}

// Bind fills in a statement. direct says that it is not prepared: without arguments it
// then stays a statement without them.
func (s *Session) Bind(ctx context.Context, st *Statement, args []driver.NamedValue, direct bool) (*Call, error) {
	if st.Plan.Steps() {
		return nil, errPlan("several steps, and one of them is taken alone")
	}
	front, byParam, err := template.Match(st.Plan.Params, st.inputs, args)
	if err != nil {
		return nil, err
	}
	var call *Call
	err = codec.Reloading(ctx, st.door.Source, func() error {
		call, err = s.binder(ctx, st, byParam).call(st.main, front, direct && st.inline)
		return err
	})
	return call, err
}

// A binder is the work on one execution.
type binder struct {
	st   *Statement
	ctx  context.Context
	base Base
	args []any
	keys *codec.Keys

	rows    []rowState
	cells   []sealed
	terms   map[*plan.Slot]template.Value
	fetched []driver.Value // of a statement that goes row by row
	opened  map[int]any    // what was opened of it, by position
	found   map[*plan.Find]template.Value
	most    int // rows that are read for a plan.Walk
}

func (s *Session) binder(ctx context.Context, st *Statement, args []any) *binder {
	return &binder{st: st, ctx: ctx, base: s.base, args: args, keys: codec.NewKeys(ctx, s.door.Source)}
}

type sealed struct {
	done   bool
	stored codec.Stored
}

func (b *binder) call(t *part, front []driver.NamedValue, inline bool) (*Call, error) {
	values, err := b.fill(t)
	if err != nil {
		return nil, err
	}
	call := &Call{}
	if t == b.st.main && b.st.Plan.Doomed == nil {
		if call.entries, err = b.entries(); err != nil {
			return nil, err
		}
	}
	if f := b.st.Plan.Finish; f != nil {
		if call.result.Ends, err = b.ends(f); err != nil {
			return nil, err
		}
	}
	if out := b.st.Plan.Out; out != nil && t != b.st.fetch {
		for _, f := range out.Filters {
			var wanted [][]byte
			for _, s := range f.Slots {
				v, err := b.lookAnew(s, s.Index.Short())
				if err != nil {
					return nil, err
				}
				wanted = append(wanted, v.Terms...)
			}
			call.result.Wanted = append(call.result.Wanted, wanted)
		}
	}
	if inline {
		call.Text, call.Args = t.Inline(values), front
		return call, nil
	}
	call.Text, call.Args = t.Fill(values, front)
	return call, nil
}

func (b *binder) fill(t *part) ([]template.Value, error) {
	b.rows = make([]rowState, len(b.st.Plan.Rows))
	b.cells = make([]sealed, len(b.st.cells))
	b.terms = nil
	values := make([]template.Value, len(t.Slots))
	for i, s := range t.Slots {
		var err error
		if values[i], err = b.slot(s, t.cells[i]); err != nil {
			return nil, err
		}
		if n := values[i].Size(); s.Room > 0 && n > s.Room {
			return nil, row.TooLarge(b.st.Plan.Rows[s.Row].Table, s, n)
		}
	}
	return values, nil
}

func (b *binder) slot(s *plan.Slot, cell int) (v template.Value, err error) {
	switch s.Kind {
	case plan.Given:
		v.Value, err = b.value(s.Value)
	case plan.Nullness:
		var given any
		if given, err = b.value(s.Value); err == nil && !convert.IsNull(given) {
			v.Value = "1"
		}
	case plan.Fetched:
		if s.At >= len(b.fetched) {
			return v, errPlan("a value that was not read")
		}
		v.Value = b.fetched[s.At]
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
	case plan.Terms:
		return b.look(s)
	case plan.RowKey:
		v.Value, err = b.rowKey(s.Row)
	case plan.Most:
		v.List = strconv.Itoa(b.most + 1)
	case plan.Found:
		found, ok := b.found[s.Find]
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

// value returns what the caller gave, or what was read of the row.
func (b *binder) value(v plan.Value) (any, error) {
	switch {
	case v.Kind == plan.FromParam && v.Param < len(b.args):
		return b.args[v.Param], nil
	case v.Kind == plan.FromConst:
		if n, ok := v.Const.(plan.Number); ok {
			return string(n), nil
		}
		return v.Const, nil
	case v.Kind == plan.FromFetch && v.At < len(b.fetched):
		if opened, ok := b.opened[v.At]; ok {
			return opened, nil
		}
		return b.fetched[v.At], nil
	}
	return nil, errPlan("a value from nowhere")
}

// sealed returns the cell of a slot and what stands beside it, made once.
func (b *binder) sealed(s *plan.Slot, cell int) (codec.Stored, error) {
	known := &b.cells[cell]
	if known.done {
		return known.stored, nil
	}
	t := b.st.Plan.Rows[s.Row].Table
	v, err := b.value(s.Value)
	if err != nil {
		return codec.Stored{}, err
	}
	plaintext, null, err := convert.Encoded(b.st.door.Dialect, s.Column, v)
	if err != nil {
		return codec.Stored{}, &ormhooks.ColumnError{Table: t.Name, Column: s.Column.Name, Err: err}
	}
	if null && !s.Keep {
		if err := b.mayBeNull(s.Row, s.Column); err != nil {
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
