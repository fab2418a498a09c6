package door

import (
	"database/sql/driver"

	"github.com/cellseal/cellseal/ormhooks/internal/door/listed"
	"github.com/cellseal/cellseal/ormhooks/internal/door/ordered"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// walk readies a statement that is carried out page by page. call is what reading all rows would be.
func (s *Session) walk(b *binder, call *Call, front []driver.NamedValue, done *Done) (*ordered.Walk, error) {
	st, p := b.st, b.st.Plan.Walk
	done.Reader, done.Returned = st.Reader(b.ctx, call), &Result{}
	w := &ordered.Walk{
		Context: b.ctx, Dialect: s.door.Dialect, Plan: st.Plan, Conn: s.conn(), Reader: done.Reader,
		Whole: s.door.Permissive, Most: s.door.MaxRows, Enough: call.result.Ends.Enough(),
	}
	parts := [...]*part{ordered.All: st.main, ordered.Page: st.page, ordered.Nulls: st.nulls}
	w.Send = func(which ordered.Part, keys template.Value, most int) ([][]driver.Value, error) {
		b.most, b.found = most, map[*plan.Find]template.Value{p.Batch: keys}
		call, err := b.call(parts[which], front, st.inline)
		if err != nil {
			return nil, err
		}
		rows, err := s.query(b.ctx, st, call)
		if err != nil {
			return nil, err
		}
		done.Returned.Columns, err = done.Reader.Columns(rows.Columns)
		return rows.Rows, err
	}
	t := st.Plan.Rows[p.Row].Table
	path, err := b.scope(p.Row)
	if err != nil && !p.Index.Unscoped {
		w.Whole = p.Within == nil
		if w.Whole {
			err = nil
		}
		return w, err
	}
	opened, err := s.door.shelf.Of(b.keys, t, path, p.Index)
	if err == nil {
		err = listed.Home{Dialect: s.door.Dialect, Table: t, Of: p.Index, Scope: path}.Searchable(b.ctx, w.Conn, opened)
	}
	if err == nil {
		w.Span, err = listed.Span(s.door.Dialect, opened, p.Within, b.value)
	}
	return w, listed.Of(t, p.Column, err)
}
