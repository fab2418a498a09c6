package search

import (
	"fmt"
	"log/slog"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/search/internal/profile"
)

// A Monitor compares what is written to a column with what its [Profile] expects. It keeps
// counts, one for each frequent value and some for all others, and no value that the profile
// does not hold. It is safe for concurrent use; it forgets when the process ends.
type Monitor struct {
	_  [0]func()
	of *profileState
	m  *profile.Monitor
}

// NewMonitor returns a monitor that has seen nothing yet.
func NewMonitor(p *Profile) *Monitor {
	return &Monitor{of: p.state(), m: profile.NewMonitor(p.s.Keyed)}
}

func (m *Monitor) must() {
	if m == nil || m.m == nil {
		panic("cellseal/search: zero Monitor; use NewMonitor")
	}
}

// Observe counts a value that is written: one call for each row that gets a token. NULL,
// and what the transforms leave nothing of, is no value; what the index would refuse is a
// [ValueError].
func (m *Monitor) Observe(value any) error {
	m.must()
	input, err := m.of.normalize(value)
	if err == nil && input != nil {
		m.m.Observe(input)
	}
	return err
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
	m.must()
	f := m.m.Fit()
	d := Drift{Rows: f.Rows, Typical: f.Typical, Worst: f.Worst, Renew: true}
	switch {
	case f.Worst > maxWorst && f.InTail:
		d.Words = fmt.Sprintf("a value that the profile does not know, or knows as rare, has become frequent, %.1f times as its place allows for: its one or two tokens stand out; make a new profile", f.Worst)
	case f.Worst > maxWorst:
		d.Words = fmt.Sprintf("one value occurs %.1f times as often as the profile expects, and its tokens stand out: make a new profile", f.Worst)
	case f.Typical > maxTypical:
		d.Words = fmt.Sprintf("frequencies are off by %.0f %% as a rule: make a new profile, and write the rows anew under it, or the table begins to show which values are frequent", 100*f.Typical)
	case f.Rows > 4*m.of.Rows:
		d.Words = fmt.Sprintf("%d rows were written under a profile made for %d: it fits, but a new one would find fewer false rows", f.Rows, m.of.Rows)
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
