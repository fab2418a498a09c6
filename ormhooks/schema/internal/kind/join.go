package kind

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/message"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/join"
)

// Join is the kind whose tokens compare with those of other columns.
const Join = "join"

// A Member is a column of a join group, with what its tokens depend on.
type Member struct {
	Name       string // table.column
	Group      string
	Type       value.Type
	Transforms []search.Transform
	Scope      string // its kind, or "none"
}

// Check is Check of the kind Join.
func (m Member) Check() string {
	if !tree.IsName(m.Group) {
		return fmt.Sprintf("has the group %q: want A-Z a-z 0-9 _, as join=email", m.Group)
	}
	for _, one := range m.Transforms {
		switch one {
		case search.Trim, search.Space, search.Fold, search.Email, search.Digits, search.Alnum:
		default:
			return fmt.Sprintf("has the transform %s: want trim, space, fold, email, digits, alnum, which compare whole values", one)
		}
	}
	if _, err := search.NewNormalizer(join.Label(m.Group, m.Transforms...), Join, m.Type); err != nil {
		return message.Bare(err)
	}
	return ""
}

// Contradicts says why tokens of two columns would never be alike, or alike for values that are not.
func (m Member) Contradicts(other Member) string {
	switch {
	case m.Type != other.Type:
		return fmt.Sprintf("differ in type, %s and %s: give them one", m.Type, other.Type)
	case !slices.Equal(m.Transforms, other.Transforms):
		return fmt.Sprintf("differ in transforms, %s and %s: give them the same ones, in the same order", m.transforms(), other.transforms())
	case m.Scope != other.Scope:
		return fmt.Sprintf("differ in scope, %s and %s: their tokens are under other keys", m.Scope, other.Scope)
	}
	return ""
}

func (m Member) transforms() string {
	var all []string
	for _, one := range m.Transforms {
		all = append(all, string(one))
	}
	if all == nil {
		return "none"
	}
	return strings.Join(all, "+")
}
