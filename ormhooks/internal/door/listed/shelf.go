package listed

import (
	"context"
	"fmt"
	"sync"

	"github.com/cellseal/cellseal/internal/dialect"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search/segment"
	"github.com/cellseal/cellseal/search/sorted"
	"github.com/cellseal/cellseal/search/text"
)

// An Index is a listed index under one scope: a text.Index or a sorted.Index.
type Index interface {
	Add(ctx context.Context, c segment.Conn, doc []byte, value any) error
	Replace(ctx context.Context, c segment.Conn, doc []byte, value any) error
	Remove(ctx context.Context, c segment.Conn, doc []byte) error
	Segments() *segment.Index
}

// kept is how many indexes a Shelf keeps ready. Tenants may be more than there is room for.
const kept = 4096

// A Shelf has the listed indexes of a database, with what they keep in memory. It is safe for
// concurrent use.
type Shelf struct {
	store *segment.Store

	mu      sync.Mutex
	indexes map[*keys.Derived]Index
}

// New returns a Shelf. A Prefix in o is a mistake: the tables are those of package ddl.
func New(d dialect.Dialect, o *segment.Options) *Shelf {
	if o != nil && o.Prefix != "" {
		panic("cellseal/ormhooks: Options.Segments.Prefix: the driver wrapper keeps lists in tables without one")
	}
	return &Shelf{store: segment.NewStore(d, o), indexes: map[*keys.Derived]Index{}}
}

// Index returns the index that d is the key of.
func (s *Shelf) Index(d *keys.Derived, x *schema.Index) Index {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.indexes[d]; ok {
		return known
	}
	var made Index
	if x.Kind == "sorted" {
		typ, _ := x.Protected()[0].Declared()
		made = sorted.New(d, s.store, &sorted.Options{Type: typ, Doc: x.Doc()})
	} else {
		made = text.New(d, s.store, &text.Options{Doc: x.Doc()})
	}
	if len(s.indexes) >= kept {
		clear(s.indexes)
	}
	s.indexes[d] = made
	return made
}

// Of returns the index of a scope, whose keys are asked for.
func (s *Shelf) Of(k *codec.Keys, t *schema.Table, scope []keys.Label, x *schema.Index) (Index, error) {
	d, err := k.Listed(t, scope, x)
	if err != nil {
		return nil, err
	}
	return s.Index(d, x), nil
}

// Write writes one entry; of a value that is NULL or none the row is under no key.
func Write(ctx context.Context, c segment.Conn, x Index, op plan.Op, doc []byte, value any) error {
	switch op {
	case plan.Added:
		return x.Add(ctx, c, doc, value)
	case plan.Replaced:
		if value == nil {
			return x.Remove(ctx, c, doc)
		}
		return x.Replace(ctx, c, doc, value)
	case plan.Removed:
		return x.Remove(ctx, c, doc)
	}
	panic(fmt.Sprintf("cellseal/ormhooks: there is no operation %d", op))
}
