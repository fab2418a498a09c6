package profile

import "sync/atomic"

// A Monitor counts values that are written.
type Monitor struct {
	of    *Keyed
	heads []atomic.Uint64
	tail  [Cells]atomic.Uint64
}

// NewMonitor returns a monitor that has seen nothing yet.
func NewMonitor(k *Keyed) *Monitor {
	return &Monitor{of: k, heads: make([]atomic.Uint64, len(k.Heads))}
}

// Observe counts one normalized value.
func (m *Monitor) Observe(value []byte) {
	if i, ok := m.of.Head(string(value)); ok {
		m.heads[i].Add(1)
	} else {
		m.tail[m.of.TailCell(m.of.PlaceOf(value))].Add(1)
	}
}

// Fit compares what was counted with the profile.
func (m *Monitor) Fit() Fit {
	c := Counts{Heads: make([]uint64, len(m.heads))}
	for i := range m.heads {
		c.Heads[i] = m.heads[i].Load()
	}
	for i := range m.tail {
		c.Tail[i] = m.tail[i].Load()
	}
	return m.of.Compare(c)
}
