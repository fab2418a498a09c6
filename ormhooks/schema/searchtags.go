package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/message"
	"github.com/cellseal/cellseal/internal/tag"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/kind"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/tagvalue"
	"github.com/cellseal/cellseal/search"
)

const indexOptions = "unique, unique(column), unique(where=condition), name=, bits=, scope=none, leaks=frequency, leaks=equality"

// index reads one group of a search tag. Without a column of its own (on the _
// field) the columns come from on=.
func (m *model) index(field, column string, group []tag.Option) {
	x := &Index{Kind: group[0].Name}
	if x.Kind == kindJoin {
		x.Group, group[0] = group[0].Value, tag.Option{Name: kindJoin}
	}
	if _, err := search.ParseTransform(group[0].String()); err == nil || group[0] != (tag.Option{Name: x.Kind}) {
		m.add(field, fmt.Sprintf("a search tag begins with its kind, as exact, and not with %q", group[0]))
		return
	}
	var behind []search.Transform
	if x.Kind, x.Name, behind = kind.Written(x.Kind); x.Kind == "" {
		m.add(field, "the kind sorted is written range, prefix or suffix")
		return
	}
	if column != "" {
		x.Columns = []search.Column{{Name: column}}
	}
	m.refuseTwice(field, slices.DeleteFunc(slices.Clone(group), func(o tag.Option) bool { return o.Value == "" }))
	for _, o := range group[1:] {
		m.indexOption(field, column, x, o)
	}
	if len(x.Columns) == 0 {
		m.add(field, `a compound index names its columns: search:"exact,on=name(fold)+city(trim+fold)"`)
		return
	}
	if column != "" {
		x.Columns[0].Transforms = append(x.Columns[0].Transforms, behind...)
	}
	m.decl.Indexes = append(m.decl.Indexes, x)
}

func (m *model) indexOption(field, column string, x *Index, o tag.Option) {
	switch {
	case o.String() == "unique":
		x.Unique = true
	case o.Name == "unique" && o.Arg != "":
		x.Unique = true
		where, ok := strings.CutPrefix(o.Arg, "where=")
		switch where = strings.TrimSpace(where); {
		case !ok:
			x.UniqueWith = append(x.UniqueWith, o.Arg)
		case where == "" || x.UniqueWhere != "":
			m.add(field, "unique(where=…) wants one condition: join several with AND")
		default:
			x.UniqueWhere = where
		}
	case o.Name == "name" && o.Value != "":
		x.Name = o.Value
	case o.Name == "bits" && o.Value != "":
		n, err := strconv.Atoi(o.Value)
		if x.Bits = n; err != nil || n == 0 {
			m.add(field, "bits wants 1 to 256")
			x.Bits = 0
		}
	case o.String() == "scope=none":
		x.Unscoped = true
	case o.String() == "leaks=frequency":
		x.AcceptFrequencyLeak = true
	case o.String() == "leaks=equality":
		x.AcceptEquality = true
	case o.Name == "on" && o.Value != "" && column == "":
		for _, p := range tagvalue.Tuple(o.Value) {
			c := search.Column{Name: p.Column}
			for _, t := range p.Transforms {
				c.Transforms = append(c.Transforms, m.transform(field, t)...)
			}
			x.Columns = append(x.Columns, c)
		}
	case o.Value == "" && column != "":
		x.Columns[0].Transforms = append(x.Columns[0].Transforms, m.transform(field, o.String())...)
	case column == "":
		m.unknown(field, o, "on=column(transform+transform)+column, "+indexOptions)
	default:
		m.unknown(field, o, indexOptions)
	}
}

func (m *model) transform(field, name string) []search.Transform {
	t, err := search.ParseTransform(name)
	if err != nil {
		m.add(field, fmt.Sprintf("search option %q: want one of %s, or a transform: %s", name, indexOptions, message.Bare(err)))
		return nil
	}
	return []search.Transform{t}
}
