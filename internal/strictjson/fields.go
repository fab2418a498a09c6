package strictjson

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
)

// fields reads data along the type of v and refuses names that v has not, to the letter,
// and names that one object has twice: encoding/json takes "Rules" for "rules", and the
// last of two, where a reader of the file may go by the first.
func fields(data []byte, v any) error {
	w := &walk{d: json.NewDecoder(bytes.NewReader(data))}
	if !w.value(reflect.TypeOf(v)) {
		return &Error{Offset: w.d.InputOffset()}
	}
	return nil
}

type walk struct {
	d     *json.Decoder
	depth int
}

// maxDepth is more than any of our files has, and few enough for the stack.
const maxDepth = 1000

// value reads one value of type t, nil if nothing is known of it.
func (w *walk) value(t reflect.Type) bool {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	token, err := w.d.Token()
	if err != nil || w.depth == maxDepth {
		return false
	}
	w.depth++
	defer func() { w.depth-- }()
	switch token {
	case json.Delim('{'):
		return w.object(t)
	case json.Delim('['):
		var of reflect.Type
		if t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) && t != raw {
			of = t.Elem()
		}
		for w.d.More() {
			if !w.value(of) {
				return false
			}
		}
		_, err = w.d.Token()
	}
	return err == nil
}

var raw = reflect.TypeFor[json.RawMessage]()

func (w *walk) object(t reflect.Type) bool {
	seen := map[string]bool{}
	for w.d.More() {
		token, err := w.d.Token()
		name, ok := token.(string)
		if err != nil || !ok || seen[name] {
			return false
		}
		seen[name] = true
		of, ok := field(t, name)
		if !ok || !w.value(of) {
			return false
		}
	}
	_, err := w.d.Token()
	return err == nil
}

// field returns the type of a member of t. Of types that decode themselves, and of
// those that encoding/json refuses anyway, nothing is known.
func field(t reflect.Type, name string) (of reflect.Type, ok bool) {
	switch {
	case t == nil || reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()):
		return nil, true
	case t.Kind() == reflect.Map:
		return t.Elem(), true
	case t.Kind() != reflect.Struct:
		return nil, true
	}
	for _, f := range reflect.VisibleFields(t) {
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if tag == "" {
			tag = f.Name
		}
		if tag == name && f.IsExported() && !f.Anonymous {
			return f.Type, true
		}
	}
	return nil, false
}
