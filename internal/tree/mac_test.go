package tree

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func reference(key []byte, purpose byte, data []byte) (out [Size]byte) {
	h := hmac.New(sha256.New, key)
	h.Write([]byte{purpose})
	h.Write(data)
	h.Sum(out[:0])
	return out
}

// One MAC is used for inputs of all lengths in any order, and a short one must
// not see what a longer one before it left.
func TestMACIsHMACWithAPurpose(t *testing.T) {
	n := node(1, 0x5a)
	mac := NewMAC(n)
	for _, size := range []int{0, 1, 1000, 31, 32, 33, 54, 55, 56, 63, 64, 65, 0, 119, 120, 5000, 2} {
		data := bytes.Repeat([]byte{byte(size)}, size)
		for _, purpose := range []byte{PurposeChild, PurposeRow, PurposeTerm, 0xff} {
			require.Equal(t, reference(Secret(n)[:], purpose, data), mac.Sum(purpose, data), "%d bytes", size)
		}
		require.Equal(t, bytes.Repeat([]byte{byte(size)}, size), data, "the input is not touched")
	}
}

func TestMACIsSafeForConcurrentUse(t *testing.T) {
	n := node(1, 0x5a)
	mac := NewMAC(n)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			data := bytes.Repeat([]byte{byte(g)}, g*20)
			want := reference(Secret(n)[:], PurposeRow, data)
			for range 200 {
				if mac.Sum(PurposeRow, data) != want {
					t.Error("a concurrent call saw another's state")
					return
				}
			}
		})
	}
	wg.Wait()
}

// FORMAT.md §2, §3, §7: frozen with the first stored cell.
func TestPurposes(t *testing.T) {
	require.Equal(t, []byte{0x00, 0x10, 0x12, 0x13, 0x14, 0x20},
		[]byte{PurposeChild, PurposeRow, PurposeImprint, PurposeFPE, PurposeSalt, PurposeTerm})
	require.Equal(t, 32, Size)
}
