package celltag

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/tag"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/tagvalue"
)

// A Column is what the tag of a column says. Whether it makes sense is not checked.
type Column struct {
	Mode                             string // "" of a plain column
	Logical, Type, Compartment, Bind string
	Pad                              int
	Alphabet                         *cell.Alphabet
	Keep, Consistent, Text           bool
}

// wantPad is what is said of a pad that is none.
const wantPad = "pad wants a bucket of 2 bytes to 1 GiB, as pad=256"

const columnOptions = "name=, compartment=, bind=, type=, pad=, alphabet=, keep, consistent, text, json"

var modes = []string{"seal", "token", "imprint"}

// ReadColumn reads the tag of a column. What is wrong with single options goes to add; ok is false if the tag
// begins with no mode, and is no tag of a plain column either.
func ReadColumn(options []tag.Option, add func(problem string)) (c Column, ok bool) {
	for i, o := range options {
		switch isMode := slices.Contains(modes, o.String()); {
		case i == 0 && isMode:
			c.Mode = o.String()
		case o.Name == "name" && o.Value != "": // plain columns too have logical names
			c.Logical = o.Value
		case o.Name == "type" && o.Value != "": // … and types, where something is bound to them
			c.Type = o.Value
		case c.Mode == "":
			add(fmt.Sprintf("a cell tag begins with seal, token or imprint, and not with %q", options[0]))
			return c, false
		case isMode:
			add(fmt.Sprintf("is to be %s and %s: a column has one mode", c.Mode, o))
		default:
			c.option(o, add)
		}
	}
	return c, true
}

func (c *Column) option(o tag.Option, add func(problem string)) {
	word := o.String()
	switch {
	case word == "json":
		c.Type = word
	case word == "keep":
		c.Keep = true
	case word == "consistent":
		c.Consistent = true
	case word == "text":
		c.Text = true
	case o.Value == "":
		add(tagvalue.Unknown(o, columnOptions))
	case o.Name == "compartment":
		c.Compartment = o.Value
	case o.Name == "bind":
		c.Bind = o.Value
	case o.Name == "pad":
		n, err := strconv.Atoi(o.Value)
		if c.Pad = n; err != nil || n == 0 {
			add(wantPad)
			c.Pad = 0
		}
	case o.Name == "alphabet":
		var err error
		if c.Alphabet, err = tagvalue.Alphabet(o.Value); err != nil {
			add(err.Error())
		}
	default:
		add(tagvalue.Unknown(o, columnOptions))
	}
}
