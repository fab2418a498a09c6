package tree

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Cells and Index name the two rings.
const (
	Cells = "cells"
	Index = "index"
)

// Level says how far down the tree a Set is.
type Level int

// The levels, from the ring's root down. A scope may be left out.
const (
	Root Level = iota
	Scope
	Table
	Leaf
)

// MaxLabel is the longest label, in bytes.
const MaxLabel = 1024

// Kinds are the index kinds a label may name (FORMAT.md §2), whether or not
// this version builds them: names are frozen before the code is.
var Kinds = []string{"exact", "smoothed", "words", "substring", "fuzzy", "sorted", "sum", "join", "sid", "pub"}

var (
	name      = regexp.MustCompile(`^[A-Za-z0-9_]+$`)
	transform = regexp.MustCompile(`^[a-z0-9_]+(\([A-Za-z0-9_]+\))?\.v[1-9][0-9]*$`)
)

// IsName reports whether s can name a table, column, compartment or scope kind.
func IsName(s string) bool { return name.MatchString(s) }

// Check walks the labels of path down from the root of ring and returns the
// level where they end. The errors name what is wrong with a label.
func Check(ring string, path []string) (Level, error) {
	at := Root
	for _, label := range path {
		var err error
		if at, err = step(ring, at, label); err != nil {
			return 0, err
		}
	}
	return at, nil
}

// step checks that label may follow level in ring and returns the level below.
// Its errors never quote a scope's id, which may be personal data.
func step(ring string, at Level, label string) (Level, error) {
	if len(label) > MaxLabel {
		return 0, fmt.Errorf("label of %d bytes: at most %d are allowed", len(label), MaxLabel)
	}
	letter, rest, found := strings.Cut(label, ":")
	if !found {
		return 0, fmt.Errorf("label without its letter: build labels with keys.Scope, Table, Compartment and Index")
	}
	switch {
	case letter == "s" && at == Root:
		return Scope, checkScope(rest)
	case letter == "t" && at < Table:
		return Table, checkName("table", rest)
	case letter == "c" && at == Table && ring == Cells:
		return Leaf, checkName("compartment", rest)
	case letter == "i" && at == Table && ring == Index:
		return Leaf, checkIndex(rest)
	}
	if !slices.Contains([]string{"s", "t", "c", "i"}, letter) {
		letter = "?" // what else stands before the colon may be an id
	}
	return 0, fmt.Errorf("a %q label cannot stand here: the %s ring reads %s", letter+":", ring, order(ring))
}

// Shown returns a path for people and logs, without scopes' ids, which may be personal data.
func Shown(path []string) string {
	shown := slices.Clone(path)
	for i, label := range shown {
		if strings.HasPrefix(label, "s:") {
			shown[i], _, _ = strings.Cut(label, "/")
		}
	}
	if len(shown) == 0 {
		return "the root"
	}
	return strings.Join(shown, " ")
}

func order(ring string) string {
	if ring == Cells {
		return "[Scope] Table Compartment"
	}
	return "[Scope] Table Index"
}

func checkName(what, s string) error {
	if !IsName(s) {
		return fmt.Errorf("%s name %q: want one or more of A-Z a-z 0-9 _", what, s)
	}
	return nil
}

func checkScope(s string) error {
	kind, id, found := strings.Cut(s, "/")
	if !IsName(kind) || !found { // not quoted: it may be the id, in the wrong place
		return fmt.Errorf("scope label: want kind/id, the kind one or more of A-Z a-z 0-9 _")
	}
	if id == "" || !utf8.ValidString(id) {
		return fmt.Errorf("scope %q: its id must be non-empty UTF-8 text", kind)
	}
	return nil
}

func checkIndex(s string) error {
	columns, kind, transforms, err := splitIndex(s)
	if err != nil {
		return err
	}
	for _, c := range columns {
		if err := checkName("column", c); err != nil {
			return err
		}
	}
	if !slices.Contains(Kinds, kind) {
		return fmt.Errorf("index kind %q: want one of %s", kind, strings.Join(Kinds, ", "))
	}
	if transforms == nil {
		return nil
	}
	if len(transforms) != len(columns) {
		return fmt.Errorf("index on %d columns with %d transform lists: want one list per column, joined with ';'", len(columns), len(transforms))
	}
	some := false
	for _, list := range transforms {
		for _, t := range list {
			some = true
			if !transform.MatchString(t) {
				return fmt.Errorf("transform %q: want name.vN or name(parameter).vN", t)
			}
		}
	}
	if !some {
		return fmt.Errorf("index without transforms: leave the last part and its slash out")
	}
	return nil
}

// ParseIndex checks an index label and takes it apart, as IndexParts does.
func ParseIndex(label string) (columns []string, kind string, transforms [][]string, err error) {
	rest, ok := strings.CutPrefix(label, "i:")
	if !ok || len(label) > MaxLabel {
		return nil, "", nil, fmt.Errorf("want an index label of at most %d bytes", MaxLabel)
	}
	if err := checkIndex(rest); err != nil {
		return nil, "", nil, err
	}
	columns, kind, transforms, err = splitIndex(rest)
	if transforms == nil {
		transforms = make([][]string, len(columns))
	}
	return columns, kind, transforms, err
}

// splitIndex takes `columns/kind[/transforms]` apart. transforms is nil when the
// last part is missing; else it holds one list per column.
func splitIndex(s string) (columns []string, kind string, transforms [][]string, err error) {
	parts := strings.Split(s, "/")
	if len(parts) < 2 || len(parts) > 3 {
		return nil, "", nil, fmt.Errorf("index label: want columns/kind or columns/kind/transforms")
	}
	if len(parts) == 3 {
		for list := range strings.SplitSeq(parts[2], ";") {
			var names []string
			if list != "" {
				names = strings.Split(list, "+")
			}
			transforms = append(transforms, names)
		}
	}
	return strings.Split(parts[0], "+"), parts[1], transforms, nil
}
