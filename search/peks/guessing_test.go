package peks

import (
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cloudflare/circl/ecc/bls12381"
	"github.com/stretchr/testify/require"
)

// dictionary returns n different words of syllables, the likeliest first.
func dictionary(n int) []string {
	random := rand.New(rand.NewPCG(3, 4))
	seen := map[string]bool{}
	var words []string
	for len(words) < n {
		w := ""
		for range 2 + random.IntN(3) {
			w += string("bdfgklmnprstvz"[random.IntN(14)]) + string("aeiou"[random.IntN(5)])
		}
		if !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	}
	return words
}

// guess finds a trapdoor's keyword with nothing but the public key: e(G, T) =
// e(a·G, H(w)) for the right w alone. The right side does not depend on the
// trapdoor, so that its table over a dictionary serves for every other one.
func guess(public *PublicKey, trapdoor *Trapdoor, words []string) (found string, tries int64) {
	want := bls12381.Pair(bls12381.G1Generator(), trapdoor.point())
	var next, tried atomic.Int64
	var result atomic.Pointer[string]
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for result.Load() == nil {
				i := next.Add(1) - 1
				if i >= int64(len(words)) {
					return
				}
				h, _ := hashed(words[i])
				tried.Add(1)
				if bls12381.Pair(public.point(), h).IsEqual(want) {
					result.Store(&words[i])
				}
			}
		})
	}
	all.Wait()
	if w := result.Load(); w != nil {
		found = *w
	}
	return found, tried.Load()
}

// What doc.go warns of: a trapdoor betrays its keyword to whoever can guess it. With
// CELLSEAL_TEST_STEPS the word is the dictionary's last, else one of rank 1 000.
func TestKeywordGuessingWorks(t *testing.T) {
	words := dictionary(10_000)
	at := 1_000
	if os.Getenv("CELLSEAL_TEST_STEPS") != "" {
		at = len(words) - 1
	} else if testing.Short() {
		at = 50
	}
	private := GenerateKey()
	trapdoor, err := private.Trapdoor(words[at])
	require.NoError(t, err)
	handed, err := ParseTrapdoor(trapdoor.Bytes()) // all the attacker has, beside the public key
	require.NoError(t, err)

	found, tries := guess(private.Public(), handed, words)
	require.Equal(t, words[at], found)
	require.GreaterOrEqual(t, tries, int64(at+1))
	t.Logf("the keyword of rank %d of %d was found after %d tries", at+1, len(words), tries)

	other, err := private.Trapdoor("no word of the dictionary")
	require.NoError(t, err)
	found, tries = guess(private.Public(), other, words[:50])
	require.Empty(t, found, "or the attack proves nothing")
	require.EqualValues(t, 50, tries)
}
