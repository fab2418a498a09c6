// Package searchtag reads the groups of search tags, of which each declares an index.
package searchtag

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/message"
	"github.com/cellseal/cellseal/internal/near"
	"github.com/cellseal/cellseal/internal/tag"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/kind"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/tagvalue"
	"github.com/cellseal/cellseal/search"
)

// An Index is what a group says. Whether it makes sense is not checked.
type Index struct {
	Name, Kind, Group   string
	Columns             []search.Column
	Unique              bool
	UniqueWith          []string
	UniqueWhere         string
	Bits                int
	Unscoped            bool
	AcceptFrequencyLeak bool
	AcceptEquality      bool
	By                  []string
	Bound               int64
}

const options = "unique, unique(column), unique(where=condition), name=, bits=, scope=none, leaks=frequency, leaks=equality, by=, bound="

// Read reads a group. Without a column of its own (on the _ field) the columns come from on=. What is wrong
// with single options goes to add; ok is false if there is no index without what is wrong.
func Read(column string, group []tag.Option, add func(problem string)) (x Index, ok bool) {
	first := group[0]
	x.Kind = first.Name
	if x.Kind == kind.Join {
		x.Group, first.Value = first.Value, ""
	}
	if _, err := search.ParseTransform(first.String()); err == nil || first != (tag.Option{Name: x.Kind}) {
		problem := fmt.Sprintf("a search tag begins with its kind, as exact, and not with %q", first)
		if near.Word(first.Name, kind.Join) != "" {
			problem += fmt.Sprintf(": did you mean join=%s?", first.Value)
		}
		add(problem)
		return x, false
	}
	if x.Kind != kind.Sorted && !slices.Contains(kind.Tags, x.Kind) {
		add(fmt.Sprintf("index kind %q: %swant one of %s", x.Kind, meant(near.Word(x.Kind, kind.Tags...)), strings.ReplaceAll(strings.Join(kind.Tags, ", "), kind.Join, "join=group")))
		return x, false
	}
	var behind []search.Transform
	if x.Kind, x.Name, behind = kind.Written(x.Kind); x.Kind == "" {
		add("the kind sorted is written range, prefix or suffix")
		return x, false
	}
	if column != "" {
		x.Columns = []search.Column{{Name: column}}
	}
	for _, o := range group[1:] {
		x.option(column, o, add)
	}
	if len(x.Columns) == 0 {
		add(`a compound index names its columns: search:"exact,on=name(fold)+city(trim+fold)"`)
		return x, false
	}
	if column != "" {
		x.Columns[0].Transforms = append(x.Columns[0].Transforms, behind...)
	}
	return x, true
}

func (x *Index) option(column string, o tag.Option, add func(problem string)) {
	switch {
	case o.String() == "unique":
		x.Unique = true
	case o.Name == "unique" && o.Arg != "":
		x.Unique = true
		where, ok := strings.CutPrefix(o.Arg, "where=")
		switch where = strings.TrimSpace(where); {
		case !ok:
			x.UniqueWith = append(x.UniqueWith, o.Arg)
		case where == "" || x.UniqueWhere != "":
			add("unique(where=…) wants one condition: join several with AND")
		default:
			x.UniqueWhere = where
		}
	case o.Name == "name" && o.Value != "":
		x.Name = o.Value
	case o.Name == "bits" && o.Value != "":
		n, err := strconv.Atoi(o.Value)
		if x.Bits = n; err != nil || n == 0 {
			add("bits wants 1 to 256")
			x.Bits = 0
		}
	case o.String() == "scope=none":
		x.Unscoped = true
	case o.String() == "leaks=frequency":
		x.AcceptFrequencyLeak = true
	case o.String() == "leaks=equality":
		x.AcceptEquality = true
	case o.Name == "by" && o.Value != "":
		x.By = strings.Split(o.Value, "+")
	case o.Name == "bound" && o.Value != "":
		var err error
		if x.Bound, err = strconv.ParseInt(o.Value, 10, 64); err != nil || x.Bound < 1 {
			add("bound wants the largest value that there is, as bound=1000000")
			x.Bound = 0
		}
	case o.Name == "on" && o.Value != "" && column == "":
		for _, p := range tagvalue.Tuple(o.Value) {
			c := search.Column{Name: p.Column}
			for _, t := range p.Transforms {
				c.Transforms = append(c.Transforms, transform(t, add)...)
			}
			x.Columns = append(x.Columns, c)
		}
	case o.Value == "" && column != "":
		x.Columns[0].Transforms = append(x.Columns[0].Transforms, transform(o.String(), add)...)
	case column == "":
		add(tagvalue.Unknown(o, "on=column(transform+transform)+column, "+options))
	default:
		problem := tagvalue.Unknown(o, options)
		if name := near.Word(o.Name, "leaks", "bits", "name", "scope", "bound"); name != "" && name != o.Name {
			problem = fmt.Sprintf("unknown option %q: %swant one of %s", o, meant(name+"="+o.Value), options)
		}
		add(problem)
	}
}

// meant is the question whether a word was meant, if one is like what was written.
func meant(word string) string {
	if word == "" {
		return ""
	}
	return "did you mean " + word + "? "
}

func transform(name string, add func(problem string)) []search.Transform {
	t, err := search.ParseTransform(name)
	if err != nil && slices.Contains(kind.Tags, name) {
		add(fmt.Sprintf("search option %q is an index of its own: separate indexes with ;, as search:\"exact;words\"", name))
		return nil
	}
	if err != nil {
		add(fmt.Sprintf("search option %q: want one of %s, or a transform: %s", name, options, message.Bare(err)))
		return nil
	}
	return []search.Transform{t}
}
