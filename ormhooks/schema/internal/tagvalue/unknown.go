package tagvalue

import (
	"fmt"

	"github.com/cellseal/cellseal/internal/tag"
)

// Unknown says that a tag has no such option, and which ones it has.
func Unknown(o tag.Option, known string) string {
	return fmt.Sprintf("unknown option %q: want one of %s", o, known)
}
