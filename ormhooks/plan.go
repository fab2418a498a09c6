package ormhooks

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/cellseal/cellseal/internal/gostruct"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// plan says where in a struct with Sealed fields everything is.
type plan struct {
	table  string
	sealed []sealedPlan
	plain  map[string][]int // logical name → place of a plain column's field
	hidden map[string][]int // name → place of a hidden column's field
}

type sealedPlan struct {
	*schema.Column
	path []int
}

// newPlan matches fields with columns. A model of plain Go fields has a plan
// without Sealed ones, which [Seal] and [Open] refuse: it is for the driver wrapper. A
// model with them must have all it needs: a row written without its term would never be
// found.
func newPlan(s *gostruct.Struct, t *schema.Table) (*plan, []error) {
	p := &plan{table: t.Name, plain: map[string][]int{}, hidden: map[string][]int{}}
	var problems []error
	add := func(field, problem string, a ...any) {
		problems = append(problems, &schema.Error{Table: s.Type.Name(), Field: field, Problem: fmt.Sprintf(problem, a...)})
	}
	unsealed := ""
	for _, f := range s.Fields {
		if isHidden(f) {
			p.hidden[f.Column] = f.Path
			continue
		}
		c := t.ColumnNamed(f.Column)
		_, sealed := sealedType(f.Type)
		switch {
		case isPointerToSealed(f.Type): // which would be NULL, and not ErrUnsealed, when it is nil
			add(f.Name, "is a pointer to a Sealed: make it a Sealed itself; what may be NULL is a Sealed[*T]")
		case sealed && !c.Protected():
			add(f.Name, `is Sealed but has no cell tag: add cell:"seal"`)
		case sealed:
			p.sealed = append(p.sealed, sealedPlan{c, f.Path})
		case c.Protected():
			unsealed = f.Name
		default:
			p.plain[c.Logical] = f.Path
		}
	}
	if unsealed != "" && len(p.sealed) > 0 { // two hands would seal one table
		add(unsealed, "has a cell tag but is no Sealed, beside fields that are: make all of them ormhooks.Sealed[…], or none")
	}
	t.Explicit = len(p.sealed) > 0
	for _, x := range slices.Concat(t.Listed, t.Indexes) {
		if t.Explicit && (x.IsListed() || x.Smoothed()) {
			add(x.Protected()[0].Name, "has an index %s, which the driver wrapper alone writes: it is not for tables with Sealed fields", x.Kind)
		}
	}
	if t.Explicit && len(t.Sums) > 0 {
		add(t.Sums[0].Protected()[0].Name, "has a running sum, whose numbers the driver wrapper alone takes: it is not for tables with Sealed fields; see package search/sum")
	}
	wanted := map[string]bool{}
	for name, what := range t.Hidden() {
		wanted[name] = true
		if p.hidden[name] == nil && len(p.sealed) > 0 {
			add("", "has no field for %s: add one of type ormhooks.Hidden with the column name %s", what, name)
		}
	}
	for name := range p.hidden {
		if !wanted[name] || len(p.sealed) == 0 {
			add(name, "is a Hidden that belongs to no Sealed field")
		}
	}
	return p, problems
}

func isPointerToSealed(t reflect.Type) bool {
	if t.Kind() != reflect.Pointer {
		return false
	}
	_, sealed := sealedType(t.Elem())
	return sealed
}

func (p *plan) hiddenField(row reflect.Value, name string) *Hidden {
	return row.FieldByIndex(p.hidden[name]).Addr().Interface().(*Hidden)
}

func (s sealedPlan) field(row reflect.Value) sealedField {
	return row.FieldByIndex(s.path).Addr().Interface().(sealedField)
}

// bind reads a plain column of a row by its declared type.
func (p *plan) bind(t *schema.Table, row reflect.Value, logical string) (codec.Bound, error) {
	c := t.Column(logical)
	b, err := codec.Bind(c, codec.Interface(row.FieldByIndex(p.plain[logical])))
	if err != nil {
		return b, &ColumnError{t.Name, c.Name, err}
	}
	return b, nil
}
