package peks

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// One key and one trapdoor for all, as the docs promise: of use under the race detector.
func TestKeysAreSharedBetweenGoroutines(t *testing.T) {
	private := GenerateKey()
	trapdoor, err := private.Trapdoor("measles")
	require.NoError(t, err)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			tag, err := private.Public().Tag("measles")
			assert.NoError(t, err)
			found, err := trapdoor.Test(tag)
			assert.NoError(t, err)
			assert.True(t, found)
			again, err := private.Trapdoor("measles")
			assert.NoError(t, err)
			assert.Equal(t, trapdoor.Bytes(), again.Bytes())
		})
	}
	all.Wait()
}
