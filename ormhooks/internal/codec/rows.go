package codec

import (
	"errors"
	"slices"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// maxGiven bounds the rows whose keys are remembered beside those of the batch at hand: a result may
// have any number.
const maxGiven = 4096

// given are keys of rows of one compartment, of which the source gives single rows only.
type given struct {
	path   []keys.Label
	only   error                    // what the source answered
	rows   map[string]*keys.RowKeys // nil of those that are wanted
	wanted [][]byte
}

// ByRow reports whether the source may give single rows of a compartment only. Whoever has many
// rows to seal or open then says so by Want, before the first one, and asks by Fetch.
func (k *Keys) ByRow() bool {
	_, ok := k.source.(keys.RowSource)
	return ok
}

// Want notes a row, id being nil for none in particular. It does nothing where the compartment itself is
// given, and where it is denied, which Row will say.
func (k *Keys) Want(t *schema.Table, scope []keys.Label, compartment string, id []byte) {
	if id == nil || !k.ByRow() {
		return
	}
	if _, err := k.Compartment(t, scope, compartment); err == nil {
		return
	}
	if g := k.given[placeOf(t, scope, compartment)]; g != nil {
		g.want(id)
	}
}

func (g *given) want(id []byte) {
	if _, known := g.rows[string(id)]; !known {
		g.rows[string(id)] = nil
		g.wanted = append(g.wanted, id)
	}
}

// Fetch asks for all rows that are wanted: once for each compartment.
func (k *Keys) Fetch() error {
	for _, g := range k.given {
		if len(g.wanted) == 0 {
			continue
		}
		if len(g.rows) > maxGiven+len(g.wanted) {
			clear(g.rows)
		}
		wanted := g.wanted
		g.wanted = nil
		found, err := k.source.(keys.RowSource).Rows(k.ctx, g.path, wanted)
		if err == nil && len(found) != len(wanted) {
			err = errors.New("cellseal/ormhooks: the keys.RowSource returned another number of rows than it was asked for")
		}
		if errors.As(err, new(*keys.DestroyedError)) || errors.As(err, new(*keys.UnknownScopeError)) {
			g.only = err // of one scope, which Row will say of its rows: others can go on
			clear(g.rows)
			continue
		}
		if err != nil {
			clear(g.rows)
			return err
		}
		for i, id := range wanted {
			g.rows[string(id)] = found[i]
		}
	}
	return nil
}

// single remembers, of err, that a compartment is given by rows.
func (k *Keys) single(at place[string], path []keys.Label, err error) {
	if k.ByRow() && errors.As(err, new(*keys.RowsOnlyError)) {
		if k.given == nil {
			k.given = map[place[string]]*given{}
		}
		k.given[at] = &given{path: slices.Clone(path), only: err, rows: map[string]*keys.RowKeys{}}
	}
}

// givenRow returns the cells of a row that was wanted, or asks for it now.
func (k *Keys) givenRow(g *given, id []byte) (*cell.Row, error) {
	if id == nil || !errors.As(g.only, new(*keys.RowsOnlyError)) {
		return nil, g.only // what is bound to no row has no row's keys, and a scope that is gone has none
	}
	if g.rows[string(id)] == nil {
		g.want(id)
		if err := k.Fetch(); err != nil {
			return nil, err
		}
	}
	if found := g.rows[string(id)]; found != nil {
		return cell.NewRowOf(found), nil
	}
	return nil, g.only
}
