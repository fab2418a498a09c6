package pgxcell

import (
	"context"

	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// Explain says what becomes of a statement. Nothing is executed, but the catalogue may be
// read.
func (p *Pool) Explain(ctx context.Context, sql string) (*sqlcell.Explanation, error) {
	st, err := p.link().statement(ctx, &request{text: sql})
	if err != nil {
		return nil, err
	}
	e := &sqlcell.Explanation{Pass: st.Plan.Pass, Becomes: st.Plan.Describe()}
	e.Sealed, e.Sought, e.Opened = st.Plan.Columns()
	return e, nil
}
