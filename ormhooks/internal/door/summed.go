package door

import (
	"database/sql/driver"

	"github.com/cellseal/cellseal/ormhooks/internal/door/bind"
	"github.com/cellseal/cellseal/ormhooks/internal/door/summed"
)

// totals has the database add up; answered is false if all rows are to be read. call is what that would be.
func (s *Session) totals(st *Statement, b *bind.Binder, call *Call, front []driver.NamedValue, done *Done) (answered bool, err error) {
	done.Reader, done.Returned = st.Reader(b.Context, call), &Result{}
	parts := [...]*bind.Part{summed.Groups: st.texts.Groups, summed.Runs: st.texts.Runs}
	t := &summed.Totals{Context: b.Context, Plan: st.Plan.Totals, Places: &b.Places, Reader: done.Reader, Most: s.door.MaxRows}
	t.Send = func(which summed.Part, most int) ([][]driver.Value, error) {
		b.Most = most
		call, err := b.Call(parts[which], front, st.inline)
		if err != nil {
			return nil, err
		}
		rows, err := s.base.Answer(b.Context, st, st.Plan.Totals.Width-done.Reader.Width(), call.Text, call.Args)
		if err != nil {
			return nil, err
		}
		done.Returned.Below = rows.Below
		done.Returned.Columns, err = done.Reader.Columns(rows.Columns[:done.Reader.Width()])
		return rows.Rows, err
	}
	if done.Returned.Rows, answered, err = t.Answer(); !answered {
		done.Reader, done.Returned = nil, nil
	}
	return answered, err
}
