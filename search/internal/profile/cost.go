package profile

import "math"

// Cost is what look-ups take, averaged over where cut points may fall.
type Cost struct {
	Most  int     // tokens of the most frequent value; a rare one has 1 or 2
	Tail  float64 // share of rows under tail values
	False float64 // rows of other values that a query brings
}

// Cost returns what a query costs in a table of so many rows.
func (l *Layout) Cost(rows uint64) Cost {
	c := Cost{Tail: share(l.Tail), False: 2 * float64(rows) / float64(len(l.Cuts)+1)}
	for _, h := range l.Heads {
		first, last := l.Buckets(Place{h.Begin, h.Width})
		c.Most = max(c.Most, int(last-first)+1)
	}
	c.Most = max(c.Most, 1+int(math.Ceil(share(l.One)*float64(len(l.Cuts)))))
	return c
}

func share(width uint64) float64 { return math.Ldexp(float64(width), -64) }
