package door

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door/bind"
	"github.com/cellseal/cellseal/ormhooks/internal/door/summed"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
)

// A Call is one execution of a statement: what is sent.
type Call = bind.Call

// Bind fills in a statement. direct says that it is not prepared: without arguments it
// then stays a statement without them.
func (s *Session) Bind(ctx context.Context, st *Statement, args []driver.NamedValue, direct bool) (*Call, error) {
	if st.Plan.Steps() {
		return nil, errors.New("cellseal: internal: one of several steps is taken alone")
	}
	front, byParam, err := template.Match(st.Plan.Params, st.inputs, args)
	if err != nil {
		return nil, err
	}
	var call *Call
	err = codec.Reloading(ctx, st.door.Source, func() error {
		call, err = s.binder(ctx, st, byParam).Call(st.texts.Main, front, direct && st.inline)
		return err
	})
	return call, err
}

func (s *Session) binder(ctx context.Context, st *Statement, args []any) *bind.Binder {
	k := codec.NewKeys(ctx, s.door.Source)
	b := &bind.Binder{
		Texts: st.texts, Context: ctx, Keys: k, Shelf: s.door.shelf, Profiles: s.door.profiles, Over: s.base, Args: args,
		DestroyedAsNull: s.door.DestroyedAsNull,
	}
	if st.Plan.Totals != nil || len(st.Plan.Summands) > 0 {
		b.Places = summed.Places{Dialect: s.door.Dialect, Keys: k}
		b.Numbers = summed.Taker{Context: ctx, Conn: s.conn()}
	}
	return b
}
