// Package gofield finds what of a Go struct cannot be protected, for package schema.
package gofield

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/cellseal/cellseal/internal/gostruct"
)

// Lost yields the fields that have a cell or search tag and yet are no column, with
// the reason: protection that would silently not happen.
func Lost(s *gostruct.Struct, yield func(field, why string)) {
	l := &lost{s, yield, map[reflect.Type]bool{}}
	l.walk(s.Type, nil, "")
}

type lost struct {
	*gostruct.Struct
	yield    func(field, why string)
	pointers map[reflect.Type]bool // embedded ones, which can go round in circles
}

// walk visits a struct and what is embedded in it. why is what is wrong with all of
// it, if anything is.
func (l *lost) walk(t reflect.Type, path []int, why string) {
	for i := range t.NumField() {
		f := t.Field(i)
		at := append(slices.Clip(path), i)
		inner, pointer := f.Type, f.Type.Kind() == reflect.Pointer
		if pointer {
			inner = inner.Elem()
		}
		_, embedded := gostruct.Field{Tag: f.Tag}.ORM()["embedded"]
		embedded = (embedded || f.Anonymous) && inner.Kind() == reflect.Struct && !l.isColumn(at)
		known := l.known(f.Name, at)
		if reason := cmp.Or(why, l.reason(f, at, embedded, known)); reason != "" && tagged(f) {
			l.yield(f.Name, reason)
		}
		if !embedded || pointer && l.pointers[inner] {
			continue
		}
		l.pointers[inner] = l.pointers[inner] || pointer
		if known != "" {
			known = "is in a field that " + known
		}
		l.walk(inner, at, cmp.Or(why, known))
	}
}

func (l *lost) reason(f reflect.StructField, at []int, embedded bool, known string) string {
	switch {
	case f.Name == "_" && len(at) == 1, l.isColumn(at):
		return ""
	case f.Name == "_":
		return "is the _ field of an embedded struct, which is not read: write it on the _ field of the model"
	case known != "":
		return known
	case embedded:
		return "is embedded, so its fields are the columns: tag those, or give it a name to protect it as a whole"
	}
	return "is no column"
}

// known returns why package gostruct made no columns of a field.
func (l *lost) known(name string, at []int) string {
	columns := func(f gostruct.Field) bool { return len(f.Path) >= len(at) && slices.Equal(f.Path[:len(at)], at) }
	named := func(k gostruct.Lost) bool { return k.Name == name }
	i := slices.IndexFunc(l.Lost, named)
	if i < 0 || slices.ContainsFunc(l.Fields, columns) {
		return ""
	}
	return l.Lost[i].Why
}

func (l *lost) isColumn(path []int) bool {
	return slices.ContainsFunc(l.Fields, func(f gostruct.Field) bool { return slices.Equal(f.Path, path) })
}

func tagged(f reflect.StructField) bool {
	_, cell := f.Tag.Lookup("cell")
	_, search := f.Tag.Lookup("search")
	return cell || search
}
