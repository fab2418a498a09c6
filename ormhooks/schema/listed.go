package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/kind"
	"github.com/cellseal/cellseal/search"
)

// IsListed reports whether the index keeps lists of entries in tables of its own, and no terms
// in a column: see search/FORMAT.md §2.
func (x *Index) IsListed() bool { return kind.IsListed(x.Kind) }

// Doc is how many bytes stand for a row in a listed index's entries: 8 of an integer, 16 of a UUID or a
// row key, 2 + 4n of varchar(n), and the sum where rows are bound to several columns.
func (x *Index) Doc() int { return x.doc }

// Reversed reports whether a sorted index has its values from their ends: it answers LIKE '%x'.
func (x *Index) Reversed() bool {
	return x.Kind == kind.Sorted && slices.Contains(x.Columns[0].Transforms, search.Reverse)
}

// patterned reports whether the index answers LIKE.
func (x *Index) patterned() bool {
	return x.columns[0].typ == value.Text && (x.Kind == kind.Substring || x.Kind == kind.Sorted)
}

// collation is how values compare: the transforms without Reverse, which turns both sides around.
func (x *Index) collation() []search.Transform {
	return slices.DeleteFunc(slices.Clone(x.Columns[0].Transforms), func(t search.Transform) bool { return t == search.Reverse })
}

// maxDoc is the widest identity that an entry holds (search/FORMAT.md §2).
const maxDoc = 255

const noDoc = ": use bind=row_key"

// checkListed fills in a listed index and finds what is wrong with it.
func (t *Table) checkListed(x *Index, field string, p *problems) *Index {
	problem := t.checkOfExact(x)
	if problem == "" {
		problem = kind.Check(x.Kind, x.columns[0].typ, x.Columns[0].Transforms)
	}
	if problem == "" {
		x.doc, problem = t.docWidth(x.columns[0])
	}
	if problem != "" {
		p.add(field, "index "+x.Kind+" "+problem)
		return nil
	}
	var transforms []string
	for _, one := range x.Columns[0].Transforms {
		transforms = append(transforms, string(one))
	}
	x.options = search.Options{}
	x.label = keys.Index(x.Columns[0].Name, x.Kind, strings.Join(transforms, "+"))
	x.leakage = search.LeakageOfKind(x.Kind)
	if slices.ContainsFunc(t.Listed, func(other *Index) bool { return other.label == x.label }) {
		p.add(field, "has the index "+x.Kind+" twice: range and prefix of a text are one")
		return nil
	}
	if slices.ContainsFunc(t.Listed, func(other *Index) bool {
		return x.patterned() && other.patterned() && other.columns[0] == x.columns[0] && !slices.Equal(other.collation(), x.collation())
	}) {
		p.add(field, "several of its indexes answer LIKE, and they must agree in their transforms: else a pattern would mean one thing or another, by the index that answers")
		return nil
	}
	if slices.ContainsFunc(t.Listed, func(other *Index) bool { return other.String() == x.String() }) {
		p.add(field, "two indexes are called "+x.String()+": give one another with name=")
		return nil
	}
	return x
}

// docWidth is how many bytes stand for the row that a column's cells are bound to.
func (t *Table) docWidth(c *Column) (width int, problem string) {
	switch c.Bind.Kind {
	case BindRowKey:
		return 16, ""
	case BindColumns:
	case BindNothing:
		return 0, "names rows by what they are bound to, and the column is unbound" + noDoc
	default: // which is reported already
		return 0, ""
	}
	for _, name := range c.Bind.Columns {
		to := t.Column(name)
		if to == nil {
			return 0, "names rows by " + name + ", which is no column"
		}
		n := kind.Width(to.typ, to.limit)
		if width += n; n == 0 {
			return 0, fmt.Sprintf("names rows by %s, which is no integer, UUID or varchar(n) and so of no fixed width%s", to.Name, noDoc)
		}
	}
	if width > maxDoc {
		return 0, fmt.Sprintf("names rows by what they are bound to, which takes %d bytes, and an entry holds %d%s", width, maxDoc, noDoc)
	}
	return width, ""
}

// checkOfExact finds options that exact indexes alone have.
func (t *Table) checkOfExact(x *Index) string {
	switch {
	case len(x.columns) != 1:
		return "is over several columns: declare one on each"
	case x.Unique || x.UniqueWhere != "" || len(x.UniqueWith) > 0 || x.Bits != 0 || x.AcceptFrequencyLeak:
		return "takes no unique, bits or leaks=frequency, which are of exact"
	case x.Unscoped && t.Scope.Kind == "":
		return "has scope=none, which is for a table with a scope"
	}
	return ""
}
