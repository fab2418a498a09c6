package search

import "fmt"

// A ValueError says why a value has no term, or cannot be looked for. It never
// quotes the value.
type ValueError struct {
	Column string
	Reason string
}

func (e *ValueError) Error() string {
	return fmt.Sprintf("cellseal/search: %s: %s", e.Column, e.Reason)
}

// PinError says that a unique index is not pinned although its ring holds, or has
// disabled, more than one key: which of them its terms are under is not known.
type PinError struct{ Known int }

func (e *PinError) Error() string {
	return fmt.Sprintf("cellseal/search: the ring holds %d index keys, disabled ones included: pin the one this unique index was built with (reseal.PinUnique behind the driver wrapper, with the ring's primary index key in Options.PresentKey if the table is new; else Schema.PinIndex or PinnedKey), or duplicates would pass and rows would not be found", e.Known)
}
