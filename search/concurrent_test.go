package search_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
)

// One Derived and one Index under sixteen goroutines, each of which also makes
// Indexes of its own from the same Derived.
func TestConcurrentUse(t *testing.T) {
	d := derive(t, fixedRing(t), keys.Table("patients"), search.Exact("name", search.Space, search.Fold))
	shared := search.NewIndex(d, search.Options{})
	const texts = 60
	text := func(i int) string { return fmt.Sprintf(" Siobhán\u00A0 NÍ DHÚILL %d\u0345", i) }
	var want [texts][]byte
	for i := range want {
		want[i] = term(t, shared, text(i))
	}
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Go(func() {
			for i := range texts {
				i = (i + g) % texts
				x := shared
				if i%3 == 0 {
					x = search.NewIndex(d, search.Options{})
				}
				got, err := x.Term(text(i))
				assert.NoError(t, err)
				assert.Equal(t, want[i], got)
				terms, err := x.Match(text(i))
				assert.NoError(t, err)
				assert.Len(t, terms, 2)
				assert.Equal(t, want[i], terms[0])
			}
		})
	}
	wg.Wait()
}
