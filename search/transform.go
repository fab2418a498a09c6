package search

import (
	"fmt"

	"github.com/cellseal/cellseal/search/internal/transform"
)

// A Transform is a named and versioned normalization of text, such as "fold.v1".
// What a version does never changes.
type Transform = transform.Transform

// The transforms.
const (
	// Trim takes white space (Unicode White_Space) off both ends.
	Trim = transform.Trim
	// Space is Trim, and makes one U+0020 of every run of white space inside.
	Space = transform.Space
	// Fold makes text compare without regard to case and compatibility forms: NFKC,
	// full case folding, NFKC, repeated to a fixpoint, Unicode 15.0.0. A code point that
	// version does not assign is an error, because later versions may fold it
	// differently. Normalization is Stream-Safe (UAX #15): it puts U+034F behind
	// thirty combining marks in a row.
	Fold = transform.Fold
	// Email is Fold and Trim of an address, without the domain's trailing dots; text
	// without an "@" between two parts is an error. Sub-addresses stay.
	Email = transform.Email
	// Digits keeps decimal digits (Unicode Nd) as 0-9 and drops all else.
	Digits = transform.Digits
	// Alnum keeps letters and decimal digits and drops all else: for IBANs, number
	// plates, licence keys. Put Fold before it to ignore case.
	Alnum = transform.Alnum
	// Reverse puts code points in reverse, so that a sorted index finds by suffix. Text
	// that is not valid UTF-8 is an error.
	Reverse = transform.Reverse
)

// First keeps the first n characters (code points), 1 to 64.
func First(n int) Transform { return transform.First(n) }

// Last keeps the last n characters (code points), 1 to 64.
func Last(n int) Transform { return transform.Last(n) }

// ParseTransform returns the current version of the transform that a tag names
// without its version: "fold", "last(4)".
func ParseTransform(name string) (Transform, error) {
	t, err := transform.Parse(name)
	if err != nil {
		return "", fmt.Errorf("cellseal/search: %w", err)
	}
	return t, nil
}

// Collated returns text as transforms leave it, applied in their order: two texts of which it is the
// same are equal to an index with these transforms, and where values are sorted by whoever has
// decrypted them, they are sorted by the bytes of this. An index takes empty text for none; here it
// is text. It is public because a column's index is its collation also where no term is made.
func Collated(s string, transforms ...Transform) (string, error) {
	for _, t := range transforms {
		f, err := transform.Compile(t)
		if err == nil {
			s, err = f(s)
		}
		if err != nil {
			return "", fmt.Errorf("cellseal/search: %w", err)
		}
	}
	return s, nil
}
