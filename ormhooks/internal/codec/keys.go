package codec

import (
	"context"
	"errors"
	"slices"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// Keys asks a Source once for each place in the key tree during one call, however many
// rows there are. It is for one goroutine.
type Keys struct {
	ctx     context.Context
	source  keys.Source
	cells   memo[string, *keys.Derived]
	indexes memo[pinned, Terms]
	nodes   memo[*schema.Index, *keys.Derived]
	given   map[place[string]]*given
}

// pinned is an index with the key its terms are under; 0 leaves that to the schema.
type pinned struct {
	index *schema.Index
	key   uint32
}

// place is a compartment or an index of a table.
type place[T comparable] struct {
	table string     // logical name
	scope keys.Label // or ""
	of    T
}

func placeOf[T comparable](t *schema.Table, scope []keys.Label, of T) place[T] {
	if len(scope) == 0 {
		return place[T]{table: t.Logical, of: of}
	}
	return place[T]{t.Logical, scope[0], of}
}

// NewKeys returns a Keys over source. ctx is that of the call it serves.
func NewKeys(ctx context.Context, source keys.Source) *Keys {
	if source == nil {
		panic("cellseal/ormhooks: nil keys.Source")
	}
	return &Keys{ctx: ctx, source: source}
}

// Compartment returns a compartment's keys. scope is its path, or empty.
func (k *Keys) Compartment(t *schema.Table, scope []keys.Label, name string) (*keys.Derived, error) {
	at := placeOf(t, scope, name)
	if d, ok := k.cells.get(at); ok {
		return d, nil
	}
	if g := k.given[at]; g != nil {
		return nil, g.only
	}
	path := append(slices.Clip(scope), keys.Table(t.Logical), keys.Compartment(name))
	d, err := k.source.Cells(k.ctx, path...)
	if err == nil {
		k.cells.put(at, d)
	} else {
		k.single(at, path, err)
	}
	return d, err
}

// Row returns the cells of a row; id is nil for an unbound one.
func (k *Keys) Row(t *schema.Table, scope []keys.Label, compartment string, id []byte) (*cell.Row, error) {
	d, err := k.Compartment(t, scope, compartment)
	if err != nil {
		if g := k.given[placeOf(t, scope, compartment)]; g != nil {
			return k.givenRow(g, id)
		}
		return nil, err
	}
	if id == nil {
		return cell.NewUnbound(d), nil
	}
	return cell.NewRow(d, id), nil
}

// PrimaryID returns the id of the key that writes a row's cells. id is asked for where single rows are given.
func (k *Keys) PrimaryID(t *schema.Table, scope []keys.Label, compartment string, id func() ([]byte, error)) (uint32, error) {
	d, err := k.Compartment(t, scope, compartment)
	if err == nil {
		return d.PrimaryID(), nil
	}
	g := k.given[placeOf(t, scope, compartment)]
	if g == nil {
		return 0, err
	}
	row, err := id()
	if err != nil {
		return 0, err
	}
	cells, err := k.givenRow(g, row)
	if err != nil {
		return 0, err
	}
	return cells.PrimaryID(), nil
}

// Index returns what makes an index's terms. An unscoped index of a scoped table
// has one key for all scopes.
func (k *Keys) Index(t *schema.Table, scope []keys.Label, x *schema.Index) (Terms, error) {
	return k.IndexUnder(t, scope, x, 0)
}

// IndexUnder is Index of which one that is pinned is so to an index key, whatever the
// schema says; 0 leaves it to the schema.
func (k *Keys) IndexUnder(t *schema.Table, scope []keys.Label, x *schema.Index, key uint32) (Terms, error) {
	if x.Unscoped {
		scope = nil
	}
	at := placeOf(t, scope, pinned{x, key})
	if i, ok := k.indexes.get(at); ok {
		return i, nil
	}
	d, err := k.source.Index(k.ctx, append(slices.Clip(scope), x.Table(), x.Label())...)
	if err != nil {
		return nil, err
	}
	i := newTerms(d, x, key)
	k.indexes.put(at, i)
	return i, nil
}

// Listed returns the keys of an index that keeps lists, or has profiles.
func (k *Keys) Listed(t *schema.Table, scope []keys.Label, x *schema.Index) (*keys.Derived, error) {
	if x.Unscoped {
		scope = nil
	}
	at := placeOf(t, scope, x)
	if d, ok := k.nodes.get(at); ok {
		return d, nil
	}
	d, err := k.source.Index(k.ctx, append(slices.Clip(scope), x.Table(), x.Label())...)
	if err == nil {
		k.nodes.put(at, d)
	}
	return d, err
}

// Whole is Index whose terms are not cut, whatever the index stores: to compare values, and not
// what is left of them.
func (k *Keys) Whole(t *schema.Table, scope []keys.Label, x *schema.Index) (Terms, error) {
	if x.Unscoped {
		scope = nil
	}
	d, err := k.source.Index(k.ctx, append(slices.Clip(scope), x.Table(), x.Label())...)
	if err != nil {
		return nil, err
	}
	o := x.Options()
	o.Unique, o.PinnedKey, o.Bits = false, 0, 256
	o.AcceptFrequencyLeak = true // nothing of it is stored
	return search.NewIndex(d, o), nil
}

// Reloading does work, and does it once more if what it lacked was a key of which source
// could learn in between.
func Reloading(ctx context.Context, source keys.Source, work func() error) error {
	err := work()
	if err == nil || !Reload(ctx, source, &err) {
		return err
	}
	return work()
}

// Reload is what Reloading does in between, for work that is too frequent to be a function
// of its own: it reports whether source has learnt of the key that *err lacks.
func Reload(ctx context.Context, source keys.Source, err *error) bool {
	var unknown *keys.UnknownKeyError
	reloader, ok := source.(keys.Reloader)
	if !ok || !errors.As(*err, &unknown) {
		return false
	}
	again := reloader.Reload(ctx, unknown.ID)
	if again != nil && !errors.As(again, new(*keys.UnknownKeyError)) { // which would not say where the key was met
		*err = errors.Join(*err, again)
	}
	return again == nil
}
