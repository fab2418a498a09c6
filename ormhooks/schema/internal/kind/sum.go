package kind

import (
	"fmt"

	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/search/sum"
)

// Sum is the kind of a running sum, which stands in two columns.
const Sum = "sum"

// maxSummand is what package sum takes at most.
const maxSummand = 1 << 62

// CheckSum finds values that are not added up exactly in 64 bits. scale is how many digits behind the point they
// have, and most is the largest of them without the point. bound is what the tag says of it in whole units, or 0.
func CheckSum(typ value.Type, limit value.Limit, bound int64) (scale int, most int64, problem string) {
	most = sum.DefaultBound
	switch {
	case bound < 0:
		return 0, 0, "bound wants the largest value that there is, as bound=1000000"
	case typ == value.Int, typ == value.Uint:
		if bound > 0 {
			most = bound
		}
	case limit.Kind != "numeric":
		return 0, 0, fmt.Sprintf("adds up whole numbers and decimals of a fixed scale, and the column holds %s: declare type=int, or type=numeric(10,2)", typ)
	case bound == 0 && limit.A > 18:
		return 0, 0, fmt.Sprintf("adds up 64 bits, which is 18 digits, and the column holds %d: say the largest value that there is, as bound=1000000", limit.A)
	case bound == 0:
		return limit.B, pow10(limit.A) - 1, ""
	default:
		for scale, most = limit.B, bound; scale > 0 && most <= maxSummand; scale-- {
			most *= 10
		}
		scale = limit.B
	}
	if most > maxSummand {
		return 0, 0, "has a bound beyond 2^62: 64 bits hold no sum of such values"
	}
	return scale, most, ""
}

// GroupsBy reports whether the database can group by values of a type as they are: it has one spelling of each.
func GroupsBy(typ value.Type) bool {
	switch typ {
	case value.Int, value.Uint, value.UUID, value.Bytes, value.Text:
		return true
	}
	return false
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}
