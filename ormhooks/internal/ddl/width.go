package ddl

import (
	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search/join"
)

// Width returns what the longest value of a protected column takes once it is stored: bytes,
// or of a text column characters. It is 0 if the declared type has no longest value.
//
//	seal      69 + n, or 85 + n unbound; with a pad n is the whole bucket; as text 4/3 of it all
//	token     n
//	imprint   n, which for text over an alphabet counts characters
//
// n is 4 bytes for each character of a varchar(n), as utf8mb4 and UTF-8 have it.
func Width(c *schema.Column) int {
	n := plaintext(c)
	if n == 0 {
		return 0
	}
	return stored(c, n)
}

// LeastWidth is what an empty or the shortest value takes: a column below it can hold nothing.
func LeastWidth(c *schema.Column) int {
	if w := Width(c); w > 0 {
		return w
	}
	return stored(c, 1)
}

func stored(c *schema.Column, n int) int {
	if c.Mode != schema.ModeSeal {
		return n
	}
	if c.Pad > 0 {
		n = cell.PaddedSize(n, c.Pad)
	}
	n += Overhead(c)
	if c.Text { // unpadded base64url
		return (4*n + 2) / 3
	}
	return n
}

// Overhead is what sealing adds, and the size of a token: 69 bytes, 85 unbound.
func Overhead(c *schema.Column) int {
	if c.Bind.Kind == schema.BindNothing {
		return cell.OverheadUnbound
	}
	return cell.Overhead
}

// plaintext returns the bytes of a column's longest value (FORMAT.md §8), or 0.
func plaintext(c *schema.Column) int {
	typ, limit := c.Declared()
	switch {
	case limit.Kind == "numeric":
		return limit.A + len("-0.")
	case limit.Kind == "varchar" && c.Mode == schema.ModeImprint && c.Alphabet != nil:
		return limit.A
	case limit.Kind == "varchar":
		return min(4*limit.A, cell.MaxPlaintext/2)
	}
	return map[value.Type]int{value.Bool: 1, value.Int: 8, value.Uint: 8, value.Float32: 4, value.Float64: 8, value.Time: 12, value.UUID: 16}[typ]
}

// IsText reports whether a protected column holds text and not bytes.
func IsText(c *schema.Column) bool {
	return c.Text || c.Mode == schema.ModeImprint && c.Alphabet != nil
}

// TermSize returns the bytes of an index's terms.
func TermSize(x *schema.Index) int {
	o := x.Options()
	switch {
	case x.Joins():
		return join.TokenSize
	case o.Unique:
		return 32
	case o.Bits == 0:
		return 8
	}
	return (o.Bits + 7) / 8
}
