package reseal

import (
	"context"
	"fmt"

	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/reseal/internal/under"
)

func (r *rotation) below(ctx context.Context, use func(door.Base) error) error {
	return under.Below(ctx, r.db, func(_ *door.Door, b door.Base) error { return use(b) })
}

// exec executes statements one by one.
func (r *rotation) exec(ctx context.Context, statements ...string) error {
	return r.below(ctx, func(b door.Base) error {
		for _, s := range statements {
			if _, err := b.Exec(ctx, s, nil); err != nil {
				return fmt.Errorf("cellseal: %s: %w", s, err)
			}
		}
		return nil
	})
}

func (r *rotation) statement(text string) *under.Statement {
	return &under.Statement{Dialect: r.door.Dialect, Text: text}
}

func (r *rotation) quote(name string) string { return ddl.Quote(r.door.Dialect, name) }
