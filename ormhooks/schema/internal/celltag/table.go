// Package celltag reads cell tags: of a table, on the field _, and of a column.
package celltag

import (
	"strings"

	"github.com/cellseal/cellseal/internal/tag"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/tagvalue"
)

// A Table is what the tags of a table say. Whether it makes sense is not checked.
type Table struct{ Name, Logical, Bind, ScopeKind, ScopeColumn string }

// ReadTable reads the tags of a table. What is wrong with single options goes to add.
func ReadTable(options []tag.Option, add func(problem string)) (t Table) {
	for _, o := range options {
		switch {
		case o.Name == "table" && o.Value != "":
			t.Name = o.Value
		case o.Name == "name" && o.Value != "":
			t.Logical = o.Value
		case o.Name == "bind" && o.Value != "":
			t.Bind = o.Value
		case o.Name == "scope" && o.Value != "":
			kind, column, hasColumn := strings.Cut(o.Value, "(")
			t.ScopeKind, t.ScopeColumn = kind, strings.TrimSuffix(column, ")")
			if kind == "" || hasColumn && t.ScopeColumn == "" {
				add("scope wants a kind, as scope=tenant or scope=tenant(clinic_id)")
			}
		default:
			add(tagvalue.Unknown(o, "table=, name=, bind=, scope="))
		}
	}
	return t
}
