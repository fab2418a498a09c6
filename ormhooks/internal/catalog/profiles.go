package catalog

import (
	"context"
	"fmt"
	"strconv"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// ProfileTable is the library's own table of the profiles of smoothed indexes, sealed.
const ProfileTable = "cellseal_profiles"

// A Profile is a row of that table without the profile itself. Tokens of all of them are looked for; a
// row that is written gets one of the live one. Building is one of which not every process has heard
// yet, and nobody writes; of a retired one there may still be rows.
type Profile struct {
	Table, Index string // names in the schema: "people", "city__sm"
	Scope        string // kind/id, or "" where one key is for all
	Version      uint32
	State        State
}

// HasProfiles reports whether there is that table.
func HasProfiles(ctx context.Context, q Querier, d sqltext.Dialect) (bool, error) {
	return (&reader{ctx: ctx, q: q}).exists(d, ProfileTable)
}

// LoadProfiles reads which profiles there are; none if there is no table for them.
func LoadProfiles(ctx context.Context, q Querier, d sqltext.Dialect) ([]Profile, error) {
	r := &reader{ctx: ctx, q: q}
	if is, err := r.exists(d, ProfileTable); err != nil || !is {
		return nil, err
	}
	rows, err := r.rows("the table "+ProfileTable, 5, "SELECT table_name, index_name, scope, version, state FROM "+ProfileTable+" ORDER BY table_name, index_name, scope, version")
	if err != nil {
		return nil, err
	}
	var all []Profile
	for _, row := range rows {
		p := Profile{Table: text(row[0]), Index: text(row[1]), Scope: text(row[2]), State: State(text(row[4]))}
		version, err := strconv.ParseUint(text(row[3]), 10, 32)
		if p.Version = uint32(version); err != nil || p.State != Live && p.State != Building && p.State != Retired {
			return nil, fmt.Errorf("cellseal: table %s, a row of %s.%s: version is no number, or state none of live, building, retired", ProfileTable, p.Table, p.Index)
		}
		all = append(all, p)
	}
	return all, nil
}

// LoadProfile reads a profile as it is stored; nil if it is gone.
func LoadProfile(ctx context.Context, q Querier, d sqltext.Dialect, p Profile) ([]byte, error) {
	at := []any{"?", "?", "?", "?"}
	if d == sqltext.PostgreSQL {
		at = []any{"$1", "$2", "$3", "$4"}
	}
	rows, err := q(ctx, fmt.Sprintf("SELECT profile FROM "+ProfileTable+" WHERE table_name = %s AND index_name = %s AND scope = %s AND version = %s", at...), p.Table, p.Index, p.Scope, int64(p.Version))
	if err != nil {
		return nil, fmt.Errorf("cellseal: reading a profile of %s.%s: %w", p.Table, p.Index, err)
	}
	if len(rows) == 0 || len(rows[0]) != 1 {
		return nil, nil
	}
	return []byte(text(rows[0][0])), nil
}
