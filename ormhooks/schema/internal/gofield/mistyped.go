package gofield

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/near"
)

// Mistyped finds tags that say nothing because of how they are written: a field whose tag is
// `cel:"seal"` or `cell: "seal"` would be stored in clear without a word.
func Mistyped(t reflect.Type, add func(field, problem string)) {
	for i := range t.NumField() {
		f := t.Field(i)
		keys, ok := tagKeys(f.Tag)
		if !ok && (strings.Contains(string(f.Tag), "cell") || strings.Contains(string(f.Tag), "search")) {
			add(f.Name, "has a tag that Go cannot read: write key:\"value\", without a space behind the colon and with one between tags")
		}
		for _, key := range keys {
			for _, meant := range []string{"cell", "search"} {
				if key != meant && near.Word(key, meant) != "" {
					add(f.Name, fmt.Sprintf("has a tag %s: did you mean %s?", key, meant))
				}
			}
		}
	}
}

// tagKeys returns the keys of a tag, in the syntax that package reflect reads; ok is false where
// it would stop reading before the end.
func tagKeys(tag reflect.StructTag) (keys []string, ok bool) {
	rest := string(tag)
	for {
		rest = strings.TrimLeft(rest, " ")
		if rest == "" {
			return keys, true
		}
		key, after, found := strings.Cut(rest, ":")
		if !found || key == "" || strings.ContainsAny(key, " \"") || !strings.HasPrefix(after, `"`) {
			return keys, false
		}
		value, err := strconv.QuotedPrefix(after)
		if err != nil {
			return keys, false
		}
		keys, rest = append(keys, key), after[len(value):]
		if rest != "" && rest[0] != ' ' {
			return keys, false
		}
	}
}
