package cell

import "github.com/cellseal/cellseal/keys"

// Info is what a stored cell or token says of itself in clear. None of it is
// authenticated until the cell is opened.
type Info struct {
	Format    byte    // FORMAT.md §4
	KeyID     uint32  // of the root key
	ColumnTag [4]byte // see Info.Is
	Bound     bool    // to a row
	Padded    bool
}

// Is reports whether the cell claims to be of column.
func (i Info) Is(column string) bool { return i.ColumnTag == columnTag(column) }

// Inspect reads a cell's or token's header, without any key. What cannot be a cell is
// [ErrDecrypt]; what can be one may still be forged.
func Inspect(sealed []byte) (Info, error) {
	h, err := parseHeader(sealed)
	if err != nil {
		return Info{}, err
	}
	return Info{h.format, h.keyID, h.tag, h.bound(), h.padded()}, nil
}

// Stale reports whether a cell or token is under another key than d's primary, and so
// is to be sealed again before that key is disabled.
func Stale(d *keys.Derived, sealed []byte) (bool, error) {
	h, err := parseHeader(sealed)
	return err == nil && h.keyID != compartmentOf(d).keys[0].id, err
}
