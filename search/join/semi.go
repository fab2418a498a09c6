package join

import (
	"iter"

	"github.com/cellseal/cellseal/search"
)

// Semi makes of values, decrypted from one side of a join, the terms to look for in the other side's
// exact index, in chunks of at most size terms: one query for each, SELECT … WHERE column__eq IN (…).
// No term comes twice, so no row is found twice; the set of them is kept while the sequence runs,
// about 100 bytes a value. NULL joins with nothing and is passed over, and so is a value of which the
// index's transforms leave nothing.
//
//	for terms, err := range join.Semi(payers, emails, 500) {
//
// What comes back may hold false rows: decrypt, and pair it with the first side by value. The first
// error ends the sequence. Semi panics if size is not positive.
func Semi(other *search.Index, values iter.Seq[any], size int) iter.Seq2[[][]byte, error] {
	if size < 1 {
		panic("cellseal/join: Semi: size: want 1 or more terms a chunk")
	}
	other.Leakage() // panics on the zero Index here, and not when the sequence is used
	return func(yield func([][]byte, error) bool) {
		seen := map[string]struct{}{}
		var chunk [][]byte
		for v := range values {
			term, err := other.Term(v)
			if err == nil && term == nil {
				continue
			}
			if _, known := seen[string(term)]; known && err == nil {
				continue
			}
			terms, err := other.Match(v)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, term := range terms {
				if _, known := seen[string(term)]; known {
					continue
				}
				seen[string(term)] = struct{}{}
				if chunk = append(chunk, term); len(chunk) == size {
					if !yield(chunk, nil) {
						return
					}
					chunk = nil
				}
			}
		}
		if len(chunk) > 0 {
			yield(chunk, nil)
		}
	}
}
