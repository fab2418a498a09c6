package plan

import (
	"slices"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// move analyses an assignment to a column that cells are bound to, or scoped by.
func (u *updating) move(c *schema.Column, e sqltext.Expr) {
	v, stays := u.given(c, e)
	if stays {
		return
	}
	if v.Kind == 0 || v.isNull() {
		u.refuse(e, u.t, c, "cells are bound to it, and its new value is not known before the statement runs", "compute it in the application and pass it as an argument")
	}
	u.moved[c.Logical] = v
}

// regroup analyses an assignment to a plain column by which sums are kept.
func (u *updating) regroup(c *schema.Column, e sqltext.Expr) {
	v, stays := u.given(c, e)
	if stays {
		return
	}
	if v.Kind == 0 {
		u.refuse(e, u.t, c, "sums are kept by it, and its new value is not known before the statement runs", "compute it in the application and pass it as an argument")
	}
	u.regrouped[c.Logical] = v
}

// given is the value that a plain column is set to; the zero Value if only the server knows it. stays says
// that it keeps the one that it has.
func (u *updating) given(c *schema.Column, e sqltext.Expr) (v Value, stays bool) {
	if ref, ok := unparen(e).(*sqltext.Column); ok {
		if r := u.resolve(ref, u.sc); r.source != nil && r.source.origin == u.r.origin && r.source.name == c.Name {
			return v, true
		}
	}
	v, ok := u.value(e, c)
	if !ok || isDefault(e) {
		return Value{}, false
	}
	known, ok := u.r.origin.facts[c.Name]
	return v, ok && known.equal(v)
}

// reseal adds the columns that have to be sealed again because what they are bound to
// changes.
func (u *updating) reseal() {
	if len(u.moved) == 0 {
		return
	}
	for _, c := range u.t.Columns {
		if _, known := u.known[c]; !c.Protected() || known || !u.isMoved(c) {
			continue
		}
		u.known[c] = u.opened(c)
		u.written = append(u.written, c)
		u.insertAt(u.n.SetEnd, ", "+u.target(c.Name)+" = ", u.cell(u.r, c, u.known[c], u.row, false))
	}
	for c := range u.keep {
		if u.keep[c] {
			u.refuse(u.n, u.t, c, "COALESCE keeps a cell while what it is bound to changes", "set it in a statement of its own")
		}
	}
}

func (u *updating) isMoved(c *schema.Column) bool {
	if _, scoped := u.moved[u.t.Scope.Column]; scoped && u.t.Scope.Column != "" {
		return true
	}
	return slices.ContainsFunc(c.Bind.Columns, func(logical string) bool { _, moved := u.moved[logical]; return moved })
}

// regroups reports whether the row moves to other numbers of a running sum.
func (u *updating) regroups(x *schema.Index) bool {
	return slices.ContainsFunc(x.Groups(), func(c *schema.Column) bool {
		_, regrouped := u.regrouped[c.Logical]
		_, moved := u.moved[c.Logical]
		return regrouped || moved
	})
}
