package checkup

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

func (t *table) checkIndexes() {
	wanted := slices.DeleteFunc(ddl.Indexes(t.declared, t.d), func(i ddl.Index) bool { return i.Of != nil && len(pinsOf(t.pins, t.declared, i.Of)) > 0 })
	for x, p := range t.pinned() {
		if p.State == catalog.Live { // the others have none at times, which is for package reseal to say
			wanted = append(wanted, ddl.TermIndex(t.declared, x, p.Column))
		}
	}
	for _, want := range wanted {
		if t.hasIndex(want) {
			continue
		}
		at := 0
		problem := "has no index, so every look-up would read the whole table"
		if want.Numbers {
			problem = "has no index on (" + strings.Join(want.Columns, ", ") + "), by which it is added up"
			at = slices.IndexFunc(want.Columns, func(name string) bool { return t.declared.ColumnNamed(name) == nil })
		} else if want.Unique {
			problem = fmt.Sprintf("has no unique index on (%s), so duplicates would pass", strings.Join(want.Columns, ", "))
		}
		if want.Where != "" {
			problem += " where " + want.Where
		}
		create, err := want.Create(t.d, t.live.Name)
		if partial := (*ddl.PartialError)(nil); errors.As(err, &partial) {
			t.report(want.Columns[0], strings.TrimPrefix(err.Error(), "cellseal: "+t.live.Name+"."+want.Columns[0]+": "))
			continue
		}
		t.report(want.Columns[at], problem, t.dropBroken(want), create)
	}
	t.checkUseless()
}

// hasIndex reports whether an index does what is wanted: a unique one on these columns in any
// order and no others, or any that begins with the terms. The condition of a partial
// index is not compared: the server writes it in its own way.
func (t *table) hasIndex(want ddl.Index) bool {
	return slices.ContainsFunc(t.details.Indexes, func(have catalog.Index) bool {
		switch {
		case have.Table != t.live || !have.Valid:
			return false
		case want.Numbers:
			return have.Unique == want.Unique && !have.Partial && slices.EqualFunc(have.Columns, want.Columns, t.same)
		case !want.Unique:
			return t.same(have.Columns[0], want.Columns[0]) && !have.Partial
		}
		return have.Unique && have.Partial == (want.Where != "") && len(have.Columns) == len(want.Columns) &&
			!slices.ContainsFunc(want.Columns, func(c string) bool { return !t.has(have.Columns, c) })
	})
}

// dropBroken clears the way for an index whose name is taken by one that does not do.
func (t *table) dropBroken(want ddl.Index) string {
	for _, have := range t.details.Indexes {
		if have.Table == t.live && strings.EqualFold(have.Name, want.Name) {
			return t.dropIndex(have.Name)
		}
	}
	return ""
}

func (t *table) dropIndex(name string) string {
	return "DROP INDEX " + ddl.Quote(t.d, name) + t.onTable()
}

// checkUseless finds constraints on encrypted values: no two of them are ever equal.
func (t *table) checkUseless() {
	for _, have := range t.details.Indexes {
		if have.Table != t.live || !have.Unique {
			continue
		}
		for _, c := range t.declared.Columns {
			if c.Protected() && c.Mode != schema.ModeImprint && t.has(have.Columns, c.Name) {
				t.report(c.Name, fmt.Sprintf("is in the unique index %s, which never finds a duplicate, as equal values have different cells: drop it, and declare search:\"exact,…,unique\"", have.Name))
			}
		}
	}
}
