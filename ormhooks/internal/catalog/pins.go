package catalog

import (
	"context"
	"fmt"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// Second returns the name of the second column that a unique index has while it moves to
// another key, and keeps if the first one goes: they take turns. It is the library's own,
// whatever the pins say of it just now.
func Second(hidden string) string { return hidden + "2" }

// LoadPins reads the pins alone; none if there is no table for them. Its first query asks
// whether there is one, for an error would end the caller's transaction on PostgreSQL.
func LoadPins(ctx context.Context, q Querier, d sqltext.Dialect) ([]Pin, error) {
	r := &reader{ctx: ctx, q: q}
	if is, err := r.exists(d, PinTable); err != nil || !is {
		return nil, err
	}
	return r.pins()
}

// exists reports whether there is one of the library's own tables.
func (r *reader) exists(d sqltext.Dialect, name string) (bool, error) {
	exists := map[sqltext.Dialect]string{
		sqltext.PostgreSQL: `SELECT 1 FROM pg_catalog.pg_class WHERE relname = '` + name + `' AND relkind IN ('r', 'p', 'v', 'm', 'f') AND pg_catalog.pg_table_is_visible(oid)`,
		sqltext.MySQL:      `SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '` + name + `'`,
		sqltext.SQLite:     `SELECT 1 FROM pragma_table_list WHERE name = '` + name + `' COLLATE NOCASE`,
	}[d]
	if exists == "" {
		panic("cellseal/ormhooks: unknown dialect")
	}
	rows, err := r.rows("is there a table "+name, 1, exists)
	return len(rows) > 0, err
}

func (r *reader) pins() ([]Pin, error) {
	rows, err := r.rows("the table "+PinTable, 5,
		"SELECT table_name, index_name, column_name, key_id, state FROM "+PinTable+" ORDER BY table_name, index_name, column_name")
	if err != nil {
		return nil, err
	}
	var pins []Pin
	for _, row := range rows {
		p := Pin{Table: text(row[0]), Index: text(row[1]), Column: text(row[2]), State: State(text(row[4]))}
		if p.Key, err = keyID(row[3]); err == nil && p.State != Live && p.State != Building && p.State != Retired {
			err = fmt.Errorf("state is none of live, building, retired")
		}
		if err != nil {
			return nil, fmt.Errorf("cellseal: table %s, row of %s.%s, column %s: %s", PinTable, p.Table, p.Index, p.Column, bare(err))
		}
		pins = append(pins, p)
	}
	return pins, nil
}
