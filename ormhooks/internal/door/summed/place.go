package summed

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search/sum"
)

// A Place is a group of a running sum.
type Place struct {
	Table *schema.Table
	Index *schema.Index
	sum   *sum.Index
	group []byte
	key   string // tells it from others
}

// Places opens running sums under one execution's keys.
type Places struct {
	Dialect sqltext.Dialect
	Keys    *codec.Keys
	opened  map[string]*sum.Index
}

// Of returns the place of a row. by gives its value in a column that the sum is kept by.
func (p *Places) Of(t *schema.Table, x *schema.Index, scope []keys.Label, by func(i int, c *schema.Column) (any, error)) (*Place, error) {
	opened, path, err := p.open(t, x, scope)
	if err != nil {
		return nil, err
	}
	var values []any
	for i, c := range x.Groups() {
		v, err := by(i, c)
		if err != nil {
			return nil, err
		}
		b, err := convert.Bound(c, v)
		if err != nil {
			return nil, &ormhooks.ColumnError{Table: t.Name, Column: c.Name, Err: err}
		}
		values = append(values, b.Value())
	}
	group, err := opened.Group(values...)
	if err != nil {
		return nil, &ormhooks.ColumnError{Table: t.Name, Column: x.Hidden(), Err: err}
	}
	return &Place{Table: t, Index: x, sum: opened, group: group, key: path + "\x00" + string(group)}, nil
}

// open opens a running sum, once.
func (p *Places) open(t *schema.Table, x *schema.Index, scope []keys.Label) (opened *sum.Index, path string, err error) {
	parts := []string{t.Logical}
	for _, label := range append(scope[:len(scope):len(scope)], x.Label()) {
		parts = append(parts, string(label))
	}
	path = strings.Join(parts, "\x00")
	if opened = p.opened[path]; opened != nil {
		return opened, path, nil
	}
	d, err := p.Keys.Listed(t, scope, x)
	if err != nil {
		return nil, "", err
	}
	o := x.SumOptions()
	o.Dialect = p.Dialect
	if p.opened == nil {
		p.opened = map[string]*sum.Index{}
	}
	p.opened[path] = sum.NewIndex(d, o)
	return p.opened[path], path, nil
}

// Masks reports whether what is stored of a value is under the primary key, and of this value.
func (p *Place) Masks(n, masked int64, primary uint32, value any) (bool, error) {
	v, err := whole(p.Index, value)
	if err != nil {
		return false, p.at(err)
	}
	if uint32(uint64(n)>>32) != primary {
		return false, nil
	}
	found, err := p.sum.Decrypt(p.group, uint64(masked), sum.Run{First: n, Last: n})
	if errors.Is(err, sum.ErrSum) {
		return false, nil
	}
	return err == nil && found == v, err
}

// whole returns a value as it is added up: without its point, of which the column has scale digits behind it. It
// must be of the Go type that the column's values have.
func whole(x *schema.Index, v any) (int64, error) {
	switch v := v.(type) {
	case int64:
		return v, nil
	case uint64:
		if int64(v) >= 0 {
			return int64(v), nil
		}
		return 0, errLarge
	case string:
		digits, fraction, _ := strings.Cut(v, ".")
		if len(fraction) > x.Scale() {
			return 0, fmt.Errorf("it has more digits behind the point than the %d that are added up", x.Scale())
		}
		n, err := strconv.ParseInt(digits+fraction+strings.Repeat("0", x.Scale()-len(fraction)), 10, 64)
		if err != nil {
			return 0, errLarge
		}
		return n, nil
	}
	return 0, fmt.Errorf("a Go %T is no number that is added up", v)
}

var errLarge = errors.New("it is beyond what its running sum adds up: see bound= in its search tag")

// at says of which column an error speaks.
func (p *Place) at(err error) error {
	if bound := new(sum.BoundError); errors.As(err, &bound) {
		err = errLarge
	}
	return &ormhooks.ColumnError{Table: p.Table.Name, Column: p.Index.Protected()[0].Name, Err: err}
}
