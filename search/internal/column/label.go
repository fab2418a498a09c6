package column

import (
	"strings"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/internal/transform"
)

// Label labels an index of a kind: transforms are each column's, in the order they apply.
func Label(kind string, names []string, transforms ...[]transform.Transform) keys.Label {
	lists := make([]string, len(transforms))
	some := false
	for i, all := range transforms {
		var list []string
		for _, t := range all {
			list = append(list, string(t))
			some = true
		}
		lists[i] = strings.Join(list, "+")
	}
	if !some {
		lists = nil
	}
	return keys.Index(strings.Join(names, "+"), kind, strings.Join(lists, ";"))
}
