package shows

import (
	"github.com/cellseal/cellseal/internal/message"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
)

// Index says what an exact index shows, and finds options that contradict each other or show much. A
// constraint over other columns too, or over some rows, is partial: it lets rows hold equal terms, so it
// shows what an index that is not unique shows.
func Index(label keys.Label, o search.Options, partial bool) (of search.Leakage, problem string) {
	if err := search.CheckOptions(label, o); err != nil {
		return of, message.Bare(err)
	}
	if !partial {
		return search.LeakageOf(o), ""
	}
	o.Unique, o.Bits = false, 0
	if err := search.CheckOptions(label, o); err != nil {
		return of, "rows outside the constraint can hold equal values: " + message.Bare(err)
	}
	of = search.LeakageOf(o)
	of.Kind = "Blind, unique in part"
	return of, ""
}
