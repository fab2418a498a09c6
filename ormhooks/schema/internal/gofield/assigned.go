package gofield

import (
	"reflect"

	"github.com/cellseal/cellseal/internal/gostruct"
)

// AssignedByCustom reports whether databases and ORMs assign a key that says nothing
// about it: an integer that stands alone or is named id.
func AssignedByCustom(f gostruct.Field, keys int) bool {
	isInt := f.Type.Kind() >= reflect.Int && f.Type.Kind() <= reflect.Uint64
	return isInt && (keys == 1 || f.Column == "id") && f.ORM()["autoincrement"] != "false"
}
