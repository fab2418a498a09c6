package door

import (
	"database/sql/driver"

	"github.com/cellseal/cellseal/ormhooks/internal/door/bind"
	"github.com/cellseal/cellseal/ormhooks/internal/door/listed"
	"github.com/cellseal/cellseal/ormhooks/internal/door/ordered"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// walk readies a statement that is carried out page by page. call is what reading all rows would be.
func (s *Session) walk(st *Statement, b *bind.Binder, call *Call, front []driver.NamedValue, done *Done) (*ordered.Walk, error) {
	p := st.Plan.Walk
	done.Reader, done.Returned = st.Reader(b.Context, call), &Result{}
	w := &ordered.Walk{
		Context: b.Context, Dialect: s.door.Dialect, Plan: st.Plan, Conn: s.conn(), Reader: done.Reader,
		Whole: s.door.Permissive, Most: s.door.MaxRows, Enough: call.Result.Ends.Enough(),
	}
	parts := [...]*bind.Part{ordered.All: st.texts.Main, ordered.Page: st.texts.Page, ordered.Nulls: st.texts.Nulls}
	w.Send = func(which ordered.Part, keys template.Value, most int) ([][]driver.Value, error) {
		b.Most, b.Found = most, map[*plan.Find]template.Value{p.Batch: keys}
		call, err := b.Call(parts[which], front, st.inline)
		if err != nil {
			return nil, err
		}
		rows, err := s.query(b.Context, st, call)
		if err != nil {
			return nil, err
		}
		done.Returned.Columns, err = done.Reader.Columns(rows.Columns)
		return rows.Rows, err
	}
	t := st.Plan.Rows[p.Row].Table
	path, err := b.Scope(p.Row)
	if err != nil && !p.Index.Unscoped {
		w.Whole = p.Within == nil
		if w.Whole {
			err = nil
		}
		return w, err
	}
	opened, err := s.door.shelf.Of(b.Keys, t, path, p.Index)
	if err == nil {
		err = listed.Home{Dialect: s.door.Dialect, Table: t, Of: p.Index, Scope: path}.Searchable(b.Context, w.Conn, opened)
	}
	if err == nil {
		w.Span, err = listed.Span(s.door.Dialect, t, opened, p.Within, b.Value)
	}
	return w, listed.Of(t, p.Column, err)
}
