package profile

import "math"

// Cells is how many parts of the tail are counted apart. A value that became frequent is
// one value of its part, so the part stands out.
const Cells = 256

// Counts are rows that were written: of each head value, and of tail values by the part of
// the tail where they begin.
type Counts struct {
	Heads []uint64
	Tail  [Cells]uint64
}

// TailCell returns the part of the tail where a tail value's place begins.
func (l *Layout) TailCell(p Place) int {
	cell := float64(p.Begin-l.tailBegin) / float64(l.Tail-l.One+1) * Cells
	return min(int(cell), Cells-1)
}

// Fit is how well counts fit a layout.
type Fit struct {
	Rows    uint64
	Typical float64 // root of the mean square deviation of a share, relative to it, above chance
	Worst   float64 // how many times as frequent as expected what stands out most is, or 1
	InTail  bool    // that this is in the tail
}

// Compare uses Pearson's statistic: X² has a mean of its degrees of freedom if nothing
// but chance is at work, and grows with rows · Σ (q - p)²/p if not. Classes of less than 5
// expected rows count with the others of their kind, as the test's textbook asks.
func (l *Layout) Compare(c Counts) Fit {
	f := Fit{Worst: 1}
	tail := uint64(0)
	for _, n := range c.Tail {
		tail += n
	}
	f.Rows = tail
	for _, n := range c.Heads {
		f.Rows += n
	}
	rows, x2, classes := float64(f.Rows), 0.0, -1.0
	class := func(n uint64, p float64) {
		x2 += (float64(n) - rows*p) * (float64(n) - rows*p) / (rows * p)
		classes++
	}
	var small uint64
	smallShare := 0.0
	for i, n := range c.Heads {
		p := share(l.Heads[i].Width)
		f.stand(n, rows*p, rows, false)
		if rows*p < 5 {
			small, smallShare = small+n, smallShare+p
			continue
		}
		class(n, p)
	}
	if smallShare > 0 {
		class(small, smallShare)
	}
	if f.Rows == 0 {
		return f
	}
	class(tail, share(l.Tail))
	if excess := x2 - classes; excess > 3*math.Sqrt(2*classes) {
		f.Typical = math.Sqrt(excess / rows)
	}
	for _, n := range c.Tail {
		// A part that holds few values is uneven by itself; what harms is one that holds more
		// rows than a bucket is made for and more than its share.
		f.stand(n, max(rows*share(l.Tail)/Cells, rows*4/Lambda(l.Rows)), rows, true)
	}
	return f
}

// stand notes a class that holds more rows than expected, by more than five standard
// deviations.
func (f *Fit) stand(n uint64, expected, rows float64, tail bool) {
	if times := float64(n) / expected; rows > 0 && times > f.Worst && float64(n)-expected > 5*math.Sqrt(expected) {
		f.Worst, f.InTail = times, tail
	}
}
