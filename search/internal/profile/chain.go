package profile

import "encoding/binary"

// A Chain says which profiles were there when one was made, and may be missed: rows may have tokens of them.
type Chain struct {
	Generation uint32   // above that of every one of them; 0 if there was none
	Before     []uint32 // their versions, ascending
}

// append appends nothing for a profile that is the first.
func (c Chain) append(dst []byte) []byte {
	if c.Generation == 0 {
		return dst
	}
	dst = binary.BigEndian.AppendUint32(dst, c.Generation)
	for _, v := range c.Before {
		dst = binary.BigEndian.AppendUint32(dst, v)
	}
	return dst
}

// chain reads what stands at the end.
func (r *reader) chain(version uint32) (c Chain, ok bool) {
	if len(r.b) == 0 {
		return c, true
	}
	if c.Generation = r.u32(); c.Generation == 0 {
		return c, false
	}
	for last := uint32(0); len(r.b) > 0; {
		v := r.u32()
		if v <= last || v == version {
			return c, false
		}
		c.Before, last = append(c.Before, v), v
	}
	return c, !r.short
}
