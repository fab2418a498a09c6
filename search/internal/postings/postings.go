// Package postings puts lists of documents together: ascending, each once.
package postings

import (
	"bytes"
	"slices"
)

// Union returns the documents of any of the lists.
func Union(lists ...[][]byte) [][]byte {
	if len(lists) == 1 {
		return lists[0]
	}
	all := slices.Concat(lists...)
	slices.SortFunc(all, bytes.Compare)
	return slices.CompactFunc(all, bytes.Equal)
}

// Intersect returns the documents of both lists.
func Intersect(a, b [][]byte) (both [][]byte) {
	for len(a) > 0 && len(b) > 0 {
		switch bytes.Compare(a[0], b[0]) {
		case -1:
			a = a[1:]
		case 1:
			b = b[1:]
		default:
			both = append(both, a[0])
			a, b = a[1:], b[1:]
		}
	}
	return both
}
