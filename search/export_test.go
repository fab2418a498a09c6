package search

import (
	"fmt"

	"github.com/cellseal/cellseal/search/internal/transform"
)

// Apply runs transforms as an Index does, for the published vectors.
func Apply(s string, by ...Transform) (string, error) {
	for _, name := range by {
		f, err := transform.Compile(name)
		if err != nil {
			panic(fmt.Sprintf("%s: %v", name, err))
		}
		if s, err = f(s); err != nil {
			return "", err
		}
	}
	return s, nil
}
