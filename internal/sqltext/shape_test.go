package sqltext

import (
	"fmt"
	"reflect"
	"strings"
)

// shape writes a tree as nested parentheses without its positions: what has the same shape
// means the same.
func shape(n any) string {
	switch n := n.(type) {
	case *Literal:
		return fmt.Sprintf("%q", n.Value)
	case *Column:
		return dotted(n.Name)
	case *Param:
		return fmt.Sprintf("$%d%s", n.Number, n.Name)
	case *Paren:
		return "(" + shape(n.X) + ")"
	case *Unary:
		return "{" + n.Op + " " + shape(n.X) + "}"
	case *Binary:
		s := "{" + shape(n.X) + " " + n.Op + " " + shape(n.Y)
		if n.Escape != nil {
			s += " ESCAPE " + shape(n.Escape)
		}
		return s + "}"
	}
	return structure(reflect.ValueOf(n))
}

func dotted(n Name) string {
	var parts []string
	for _, p := range n.Parts {
		parts = append(parts, p.Name)
	}
	return strings.Join(parts, ".")
}

var spanType = reflect.TypeFor[Span]()

// structure writes a node's type and those of its fields that are not empty.
func structure(v reflect.Value) string {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return "-"
		}
		v = v.Elem()
	}
	if n, ok := v.Interface().(Name); ok {
		return dotted(n)
	}
	if id, ok := v.Interface().(Ident); ok {
		return id.Name
	}
	var b strings.Builder
	fmt.Fprintf(&b, "{%s", v.Type().Name())
	for i := range v.NumField() {
		f := v.Field(i)
		name := v.Type().Field(i).Name
		if f.IsZero() || f.Type() == spanType || strings.HasSuffix(name, "Pos") || strings.HasSuffix(name, "End") || name == "Lock" {
			continue
		}
		fmt.Fprintf(&b, " %s", name)
		if f.Kind() == reflect.Bool {
			continue
		}
		b.WriteByte(':')
		b.WriteString(field(f))
	}
	return b.String() + "}"
}

func field(f reflect.Value) string {
	switch f.Kind() {
	case reflect.Slice:
		var l []string
		for i := range f.Len() {
			l = append(l, field(f.Index(i)))
		}
		return "[" + strings.Join(l, ", ") + "]"
	case reflect.Pointer, reflect.Interface:
		return shape(f.Interface())
	case reflect.Struct:
		return structure(f)
	}
	return fmt.Sprint(f.Interface())
}
