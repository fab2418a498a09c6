package celltag

import (
	"fmt"
	"slices"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/tag"
	"github.com/cellseal/cellseal/internal/value"
)

// Check finds options that contradict the mode of a column of some type.
func (c Column) Check(typ value.Type, add func(problem string)) {
	seal, imprint := c.Mode == "seal", c.Mode == "imprint"
	refuse := func(bad bool, problem string) {
		if bad {
			add(problem)
		}
	}
	refuse(!slices.Contains(modes, c.Mode), fmt.Sprintf("mode %q: want seal, token or imprint", c.Mode))
	refuse(c.Pad != 0 && !seal, "pad is for seal: a token's ciphertext and an imprint keep the length")
	refuse(c.Pad != 0 && (c.Pad < 2 || c.Pad > cell.MaxPlaintext), wantPad)
	refuse(c.Text && !seal, "text is for seal: a token column and an imprint over bytes need a binary column, an imprint over an alphabet is text already")
	refuse(c.Alphabet != nil && !imprint, "alphabet is for imprint")
	refuse(c.Keep && c.Alphabet == nil, "keep needs an alphabet")
	refuse(c.Consistent && !imprint, "consistent is for imprint")
	refuse(imprint && typ != value.Text && typ != value.Bytes, "imprint works on text and bytes only: use seal")
}

// Twice finds an option that is given twice, of which the last would win in silence.
func Twice(options []tag.Option, add func(problem string)) {
	seen := map[string]bool{}
	for _, o := range options {
		name := o.Name
		if o.String() == "json" {
			name = "type"
		}
		if seen[name] {
			add(fmt.Sprintf("says %s twice", name))
		}
		seen[name] = true
	}
}
