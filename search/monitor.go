package search

import (
	"fmt"
	"log/slog"
	"sync/atomic"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/search/internal/profile"
)

// A Monitor compares what is written to a column with what its [Profile] expects. It keeps
// counts, one for each frequent value and some for all others, and no value that the profile
// does not hold. It is safe for concurrent use; it forgets when the process ends.
type Monitor struct {
	_ [0]func()
	s *monitorState
}

type monitorState struct {
	of    *profileState
	heads []atomic.Uint64
	cells [profile.Cells]atomic.Uint64 // parts of the tail, as wide as each other
}

// NewMonitor returns a monitor that has seen nothing yet.
func NewMonitor(p *Profile) *Monitor {
	s := p.state()
	return &Monitor{s: &monitorState{of: s, heads: make([]atomic.Uint64, len(s.layout.Heads))}}
}

func (m *Monitor) state() *monitorState {
	if m == nil || m.s == nil {
		panic("cellseal/search: zero Monitor; use NewMonitor")
	}
	return m.s
}

// Observe counts a value that is written: one call for each row that gets a token. NULL,
// and what the transforms leave nothing of, is no value; what the index would refuse is a
// [ValueError].
func (m *Monitor) Observe(value any) error {
	s := m.state()
	input, err := s.of.column.Normalize(value)
	if err != nil {
		return &ValueError{s.of.column.Name, err.Error()}
	}
	if input == nil {
		return nil
	}
	if i, ok := s.of.layout.Head(string(input)); ok {
		s.heads[i].Add(1)
	} else {
		s.cells[s.of.layout.TailCell(s.of.at(input))].Add(1)
	}
	return nil
}

// Drift says how far what was written is from what the profile expects.
type Drift struct {
	// Rows is how many values were observed.
	Rows uint64
	// Typical is by what fraction frequencies differ from the profile, less what chance
	// explains: the root of the mean square, each value weighted by its expected share. .3 is
	// what the index's promise was tested for.
	Typical float64
	// Worst is how many times as often as expected the one value occurs that stands out
	// most, or 1 if none does.
	Worst float64
	// Renew says that a new profile is due, and Words why, without naming a value.
	Renew bool
	Words string
}

// How far a profile may be off. Below maxTypical an attacker who knows all frequencies
// recovers hardly more than by guessing (FORMAT.md §5); a value that is maxWorst times as
// frequent as expected fills its tokens so far above all others that it is guessed by them.
const (
	maxTypical = .3
	maxWorst   = 2.5
)

// Drift returns what the monitor has found so far. Some thousand rows must have been
// observed before it can tell drift from chance.
func (m *Monitor) Drift() Drift {
	s := m.state()
	counts := profile.Counts{Heads: make([]uint64, len(s.heads))}
	for i := range s.heads {
		counts.Heads[i] = s.heads[i].Load()
	}
	for i := range s.cells {
		counts.Tail[i] = s.cells[i].Load()
	}
	f := s.of.layout.Compare(counts)
	d := Drift{Rows: f.Rows, Typical: f.Typical, Worst: f.Worst, Renew: true}
	switch {
	case f.Worst > maxWorst && f.InTail:
		d.Words = fmt.Sprintf("a value that the profile does not know, or knows as rare, has become frequent, %.1f times as its place allows for: its one or two tokens stand out; make a new profile", f.Worst)
	case f.Worst > maxWorst:
		d.Words = fmt.Sprintf("one value occurs %.1f times as often as the profile expects, and its tokens stand out: make a new profile", f.Worst)
	case f.Typical > maxTypical:
		d.Words = fmt.Sprintf("frequencies are off by %.0f %% as a rule: make a new profile, and write the rows anew under it, or the table begins to show which values are frequent", 100*f.Typical)
	case f.Rows > 4*s.of.layout.Rows:
		d.Words = fmt.Sprintf("%d rows were written under a profile made for %d: it fits, but a new one would find fewer false rows", f.Rows, s.of.layout.Rows)
	default:
		d.Renew = false
		d.Words = fmt.Sprintf("the profile fits: after %d rows frequencies are off by %.0f %% as a rule, chance left out", f.Rows, 100*f.Typical)
	}
	return d
}

// Format implements fmt.Formatter and prints nothing secret.
func (Monitor) Format(f fmt.State, _ rune) { redact.Format(f, "search.Monitor") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Monitor) LogValue() slog.Value { return redact.LogValue("search.Monitor") }
