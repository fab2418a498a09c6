package paillier

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

// One key for all, as the docs promise: of use under the race detector.
func TestKeysAreSharedBetweenGoroutines(t *testing.T) {
	private := fixed(t)
	shared := private.Public().Encrypt(-7)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			sum, err := private.Public().Add(shared, private.Public().Encrypt(10))
			assert.NoError(t, err)
			got, err := private.Sum(sum, 2)
			assert.NoError(t, err)
			assert.EqualValues(t, 3, got.Int64())
		})
	}
	all.Wait()
}
