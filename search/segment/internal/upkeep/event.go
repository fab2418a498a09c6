package upkeep

import "fmt"

// A Kind says what an [Event] tells.
type Kind int

// The kinds of events.
const (
	Flushed   Kind = iota + 1 // pending rows became a segment
	Merged                    // segments became one
	Rekeyed                   // a segment was written anew, under the primary key
	Collected                 // a replaced or half-written segment was deleted
	Alarm                     // more is pending, or for longer, than Options allow
	Failed                    // Maintain met Err, and goes on with the next index
	Poisoned                  // the same, where pending rows that Err names are of no writer
)

// String returns the kind in a word.
func (k Kind) String() string {
	if k < Flushed || k > Poisoned {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return [...]string{"flushed", "merged", "rekeyed", "collected", "alarm", "failed", "poisoned"}[k-1]
}

// An Event is what maintenance tells an Options.Observer. It holds nothing secret.
type Event struct {
	Kind     Kind
	Index    string // such as "patients notes/words", without scope
	Rows     int    // Flushed, Alarm: pending rows
	Segments int    // Merged: how many became one
	Level    int    // Merged, Rekeyed: of the new segment
	Entries  uint64 // Flushed, Merged, Rekeyed: of the new segment
	Err      error  // Failed, Poisoned
}
