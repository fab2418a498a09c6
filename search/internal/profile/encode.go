package profile

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

const format = 0x01

// ErrMalformed says that bytes are no layout.
var ErrMalformed = errors.New("no profile of this version")

// Append appends the bytes of a layout: what search/FORMAT.md §5 calls plain.
func (l *Layout) Append(dst []byte, typ uint8, version uint32) []byte {
	dst = append(dst, format, typ)
	dst = binary.BigEndian.AppendUint32(dst, version)
	dst = binary.BigEndian.AppendUint64(dst, l.Rows)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(l.Heads)))
	for _, h := range l.Heads {
		dst = binary.AppendUvarint(dst, uint64(len(h.Value)))
		dst = append(dst, h.Value...)
		dst = binary.BigEndian.AppendUint64(dst, h.Width)
	}
	dst = binary.BigEndian.AppendUint64(dst, l.Tail)
	dst = binary.BigEndian.AppendUint64(dst, l.One)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(l.Cuts)))
	for _, c := range l.Cuts {
		dst = binary.BigEndian.AppendUint64(dst, c)
	}
	return l.Chain.append(dst)
}

// Parse is the inverse of Append. It allocates no more than b is long, and takes nothing
// on trust: widths add up to the whole, cut points ascend, no value stands twice.
func Parse(b []byte) (l *Layout, typ uint8, version uint32, err error) {
	r := reader{b: b}
	if r.u8() != format {
		return nil, 0, 0, ErrMalformed
	}
	typ, version = r.u8(), r.u32()
	l = &Layout{Rows: r.u64(), heads: map[string]int{}}
	for i := range r.count(1 + 8) {
		h := Head{Begin: l.tailBegin, Value: string(r.bytes()), Width: r.u64()}
		var over uint64
		l.tailBegin, over = bits.Add64(l.tailBegin, h.Width, 0)
		if _, twice := l.heads[h.Value]; twice || over != 0 || h.Width == 0 {
			return nil, 0, 0, ErrMalformed
		}
		l.heads[h.Value] = i
		l.Heads = append(l.Heads, h)
	}
	l.Tail, l.One = r.u64(), r.u64()
	for i := range r.count(8) {
		l.Cuts = append(l.Cuts, r.u64())
		if i == 0 && l.Cuts[0] == 0 || i > 0 && l.Cuts[i] <= l.Cuts[i-1] {
			return nil, 0, 0, ErrMalformed
		}
	}
	chained := false
	l.Chain, chained = r.chain(version)
	want := -l.tailBegin
	if len(l.Heads) == 0 {
		want = whole
	}
	if r.short || !chained || version == 0 || l.Rows == 0 || l.Tail != want || l.One == 0 || l.One > l.Tail {
		return nil, 0, 0, ErrMalformed
	}
	return l, typ, version, nil
}

// A reader hands out zeros once b was too short for what was asked of it.
type reader struct {
	b     []byte
	short bool
}

func (r *reader) take(n uint64) []byte {
	if uint64(len(r.b)) < n {
		r.short, r.b = true, nil
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) u8() uint8 {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) u32() uint32 {
	if b := r.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (r *reader) u64() uint64 {
	if b := r.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// bytes reads what stands behind its length, a uvarint in the shortest form.
func (r *reader) bytes() []byte {
	n, size := binary.Uvarint(r.b)
	if size <= 0 || size > 1 && n>>(7*(size-1)) == 0 {
		r.short = true
		return nil
	}
	r.b = r.b[size:]
	return r.take(n)
}

// count reads how many items follow, of at least so many bytes each.
func (r *reader) count(size int) int {
	n := r.u32()
	if uint64(n)*uint64(size) > uint64(len(r.b)) {
		r.short = true
		return 0
	}
	return int(n)
}
