package segment

import "github.com/cellseal/cellseal/search/segment/internal/upkeep"

// An Event is what maintenance tells an Options.Observer, and holds nothing secret: its Kind, the Index without
// its scope, and as it fits the kind the Rows that were pending, how many Segments became one, the Level and
// the Entries of the new one, the error Err.
type Event = upkeep.Event

// A Kind says what an [Event] tells.
type Kind = upkeep.Kind

// The kinds of events.
const (
	Flushed   = upkeep.Flushed   // pending rows became a segment
	Merged    = upkeep.Merged    // segments became one
	Rekeyed   = upkeep.Rekeyed   // a segment was written anew, under the primary key
	Collected = upkeep.Collected // a replaced or half-written segment was deleted
	Alarm     = upkeep.Alarm     // more is pending, or for longer, than Options allow
	Failed    = upkeep.Failed    // Maintain met Err, and goes on with the next index
	Poisoned  = upkeep.Poisoned  // the same, where pending rows that Err names are of no writer: they wait for Quarantine
)
