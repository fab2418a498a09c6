package profile

import (
	"errors"
	"math"
	"math/bits"
	"slices"
)

// A Layout is the unit interval, in units of 2^-64, shared out twice: among values as
// often as they are expected, and among buckets whose widths are exponential.
type Layout struct {
	Chain
	Rows  uint64 // that are expected
	Heads []Head // in the order in which they stand from 0
	Tail  uint64 // width of what is left behind them; 2^64 - 1 if there are none
	One   uint64 // width of one tail value
	Cuts  []uint64

	tailBegin uint64
	heads     map[string]int
}

// whole is the tail's width where no value is head: 2^64 does not fit, and the last unit
// belongs to nobody.
const whole = math.MaxUint64

// A Head is a value frequent enough to own its part of the interval.
type Head struct {
	Value        string
	Begin, Width uint64
}

// A Place is the part of the interval that belongs to one value: never empty.
type Place struct{ Begin, Width uint64 }

// Bounds of λ, the expected number of cut points, and the rows of a bucket between them.
const (
	minLambda, maxLambda = 1e3, 1e6
	rowsPerBucket        = 100
	leastCount           = 3 // fewer rows say nothing about how frequent a value is
	leastTail            = 4 // buckets' worth, for values that nobody has seen yet
)

// Lambda returns how many cut points are expected for so many rows: rows/100, between
// 1 000 and 1 000 000.
func Lambda(rows uint64) float64 {
	return min(max(float64(rows)/rowsPerBucket, minLambda), maxLambda)
}

// ErrCounts says that counts hold no row, or more than 2^63.
var ErrCounts = errors.New("want counts of 1 to 2^63 rows")

// New shares out the interval for a column that is expected to have so many rows, of
// which counts is a sample or the whole. A value is head if it owns one bucket at least
// and was seen three times; all others are tail. place says in which order heads stand;
// uniform returns random numbers, each from the whole of uint64.
func New(rows uint64, counts map[string]uint64, place func(value string) [32]byte, uniform func() uint64) (*Layout, error) {
	lambda := Lambda(rows)
	bucket := uint64(math.Ldexp(1/lambda, 64))
	var total uint64
	for _, n := range counts {
		if n > 1<<63 || total+n > 1<<63 {
			return nil, ErrCounts
		}
		total += n
	}
	if total == 0 {
		return nil, ErrCounts
	}
	l := &Layout{Rows: rows}
	var head, tails uint64
	for v, n := range counts {
		if n >= leastCount && float64(n)*lambda >= float64(total) {
			head += n
			l.Heads = append(l.Heads, Head{Value: v})
		} else if n > 0 {
			tails++
		}
	}
	least := leastTail * bucket
	tail := uint64(whole)
	if head > 0 {
		tail, _ = bits.Div64(total-head, 0, total)
	}
	area := -max(tail, least) // of the heads: 2^64 less the tail
	order := map[string][32]byte{}
	for _, h := range l.Heads {
		order[h.Value] = place(h.Value)
	}
	slices.SortFunc(l.Heads, func(a, b Head) int {
		x, y := order[a.Value], order[b.Value]
		return slices.Compare(x[:], y[:])
	})
	for i := range l.Heads {
		hi, lo := bits.Mul64(area, counts[l.Heads[i].Value])
		l.Heads[i].Width, _ = bits.Div64(hi, lo, head)
	}
	l.settle()
	l.One = max(1, min(bucket, l.Tail/max(leastTail, tails)))
	l.Cuts = Cuts(lambda, uniform)
	return l, nil
}

// settle gives heads their beginnings, and the tail what is left.
func (l *Layout) settle() {
	l.heads = make(map[string]int, len(l.Heads))
	at := uint64(0)
	for i := range l.Heads {
		l.heads[l.Heads[i].Value] = i
		l.Heads[i].Begin = at
		at += l.Heads[i].Width
	}
	l.tailBegin, l.Tail = at, -at
	if len(l.Heads) == 0 {
		l.Tail = whole
	}
}

// Cuts returns the points of a Poisson process of rate lambda on the unit interval: the
// widths between them are exponential. They are kept, because what a logarithm's last
// bit is may differ between machines.
func Cuts(lambda float64, uniform func() uint64) []uint64 {
	cuts := make([]uint64, 0, int(lambda+6*math.Sqrt(lambda)))
	for at := uint64(0); ; {
		u := (float64(uniform()>>11) + 1) / (1 << 53) // in (0, 1]
		gap := -math.Log(u) / lambda
		if gap >= 1 {
			return cuts
		}
		next, carry := bits.Add64(at, max(1, uint64(math.Ldexp(gap, 64))), 0)
		if carry != 0 {
			return cuts
		}
		at = next
		cuts = append(cuts, at)
	}
}

// Head returns the place of a head value in Heads.
func (l *Layout) Head(value string) (i int, ok bool) {
	i, ok = l.heads[value]
	return i, ok
}

// Place returns the part of a value. place is asked for tail values alone: its first 8
// bytes say where in the tail they begin.
func (l *Layout) Place(value string, place func(value string) uint64) Place {
	if i, ok := l.heads[value]; ok {
		return Place{l.Heads[i].Begin, l.Heads[i].Width}
	}
	return Place{l.tailBegin + scale(place(value), l.Tail-l.One), l.One}
}

// At returns the bucket of one row of a value whose place is p: u is the row's own number.
func (l *Layout) At(p Place, u uint64) uint32 { return l.bucket(p.Begin + scale(u, p.Width)) }

// Buckets returns the first and the last bucket that touch p.
func (l *Layout) Buckets(p Place) (first, last uint32) {
	return l.bucket(p.Begin), l.bucket(p.Begin + p.Width - 1)
}

// bucket is the number of cut points up to and including x.
func (l *Layout) bucket(x uint64) uint32 {
	i, cut := slices.BinarySearch(l.Cuts, x)
	if cut {
		i++
	}
	return uint32(i)
}

// scale returns ⌊u · width / 2^64⌋.
func scale(u, width uint64) uint64 {
	hi, _ := bits.Mul64(u, width)
	return hi
}
