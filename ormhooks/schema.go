package ormhooks

import (
	"reflect"
	"slices"

	"github.com/cellseal/cellseal/internal/gostruct"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Schema is the one declaration of what is protected; see package schema.
type Schema = schema.Schema

// NewSchema reads models: structs with tags, pointers to them, or literal
// schema.Table values. A model's protected fields are plain Go fields, which package
// sqlcell encrypts on their way to the database, or all of them are [Sealed]. It returns
// everything that is wrong with them at once, as joined [schema.Error] values.
func NewSchema(models ...any) (*Schema, error) { return schema.NewWith(planner{}, models...) }

// planner makes schemas of models with Sealed and Hidden fields.
type planner struct{}

// Fields shows package schema what a Sealed holds in its place, and no Hidden.
func (planner) Fields(s *gostruct.Struct) {
	s.Fields = slices.DeleteFunc(slices.Clone(s.Fields), isHidden)
	for i, f := range s.Fields {
		if plain, ok := sealedType(f.Type); ok {
			s.Fields[i].Type = plain
		}
	}
}

// Plan matches a model's fields with its table.
func (planner) Plan(s *gostruct.Struct, t *schema.Table) (any, []error) {
	p, problems := newPlan(s, t)
	return p, problems
}

func isHidden(f gostruct.Field) bool { return f.Type == reflect.TypeFor[Hidden]() }

// sealedType returns T of a Sealed[T].
func sealedType(t reflect.Type) (plain reflect.Type, ok bool) {
	s, ok := reflect.New(t).Interface().(sealedField)
	if !ok {
		return nil, false
	}
	return s.plainType(), true
}
