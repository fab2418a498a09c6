package template

import (
	"slices"
	"strconv"

	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// Bounded puts the number of rows that are read at most into a text.
func Bounded(text plan.Text, most int) plan.Text {
	for i, p := range text {
		if p.Slot != nil && p.Slot.Kind == plan.Most {
			text = slices.Clone(text)
			text[i] = plan.Piece{SQL: strconv.Itoa(most + 1)}
		}
	}
	return text
}
