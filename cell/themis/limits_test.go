package themis

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCallerMistakes(t *testing.T) {
	k, d, c := []byte("key"), []byte("data"), []byte("context")
	for _, f := range functions {
		empty := errEmptyKey
		if strings.HasSuffix(f.name, "Passphrase") {
			empty = errEmptyPassphrase
		}
		require.Equal(t, empty, f.call(nil, d, c), f.name)
		require.Equal(t, empty, f.call([]byte{}, nil, nil), f.name)

		if f.reads {
			require.Equal(t, ErrDecrypt, f.call(k, nil, c), f.name)
		} else {
			require.Equal(t, errEmptyMessage, f.call(k, nil, c), f.name)
		}
		if f.name == "Imprint" || f.name == "Reveal" {
			require.Equal(t, errEmptyContext, f.call(k, d, nil), f.name)
		}
	}
	seen := map[string]bool{}
	for _, err := range []error{ErrDecrypt, errEmptyKey, errEmptyPassphrase, errEmptyMessage, errEmptyContext, errMessageTooLong, errFIPS} {
		require.True(t, strings.HasPrefix(err.Error(), "cellseal/themis: "), err)
		seen[err.Error()] = true
	}
	require.Len(t, seen, 7, "distinct")
}

func TestMessageLength(t *testing.T) {
	require.Equal(t, errEmptyMessage, checkMessageLen(0))
	require.NoError(t, checkMessageLen(1))
	require.NoError(t, checkMessageLen(maxMessageLen))
	require.Equal(t, errMessageTooLong, checkMessageLen(maxMessageLen+1))
	require.Equal(t, errMessageTooLong, checkMessageLen(math.MaxInt))
	_, err := newHeader(maxMessageLen + 1)
	require.Equal(t, errMessageTooLong, err)
}

func TestIterationLimits(t *testing.T) {
	for n, want := range map[uint32]bool{
		1: true, 200_000: true, iterations: true, maxIterations: true,
		maxIterations + 1: false, math.MaxInt32: false, math.MaxUint32: false,
	} {
		h := header{keyBits: 256, messageLen: 1, iterations: n}
		_, ok := parseHeader(h.append(nil))
		require.Equal(t, want, ok, n)
	}
	h := header{keyBits: 256, messageLen: 1, iterations: 1}
	zero := h.append(nil)
	zero[48] = 0
	_, ok := parseHeader(zero)
	require.False(t, ok, "no iterations")
}

// A header that claims 4 GiB, or more work than fits in a coffee break, costs
// the reader nothing.
func TestClaimsAreFree(t *testing.T) {
	key := []byte("key")
	long := header{keyBits: 256, messageLen: math.MaxUint32}
	work := header{keyBits: 256, messageLen: 2, iterations: maxIterations}
	longWork := header{keyBits: 256, messageLen: math.MaxUint32, iterations: maxIterations}
	body := []byte{1}
	for name, open := range map[string]func() ([]byte, error){
		"seal":            func() ([]byte, error) { return Open(key, long.append(nil), nil) },
		"seal with body":  func() ([]byte, error) { return Open(key, append(long.append(nil), body...), nil) },
		"token":           func() ([]byte, error) { return OpenProtected(key, body, long.append(nil), nil) },
		"passphrase":      func() ([]byte, error) { return OpenWithPassphrase(key, append(longWork.append(nil), body...), nil) },
		"passphrase work": func() ([]byte, error) { return OpenWithPassphrase(key, append(work.append(nil), body...), nil) },
	} {
		t.Run(name, func(t *testing.T) {
			const runs = 100
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for range runs {
				if _, err := open(); err != ErrDecrypt {
					t.Fatal(err)
				}
			}
			runtime.ReadMemStats(&after)
			require.Less(t, (after.TotalAlloc-before.TotalAlloc)/runs, uint64(1024), "bytes per call")
		})
	}
}

// What opening may allocate is the size of what was given to it.
func TestOpenAllocatesOneMessage(t *testing.T) {
	cell, err := Seal([]byte("key"), make([]byte, 1<<20), nil)
	require.NoError(t, err)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = Open([]byte("key"), cell, nil)
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20+1<<17))
}

func TestErrorsKeepSecrets(t *testing.T) {
	key, message, context := []byte("CANARY-key"), []byte("CANARY-message"), []byte("CANARY-context")
	sealed, err := Seal(key, message, context)
	require.NoError(t, err)
	stretched, err := sealWithPassphrase(key, message, context, 1)
	require.NoError(t, err)
	ciphertext, token, err := Protect(key, message, context)
	require.NoError(t, err)

	var errs []error
	for _, f := range functions {
		for _, data := range [][]byte{nil, message, sealed, stretched, ciphertext, token, sealed[:50], stretched[:80]} {
			if !f.reads && data != nil {
				continue // succeeds
			}
			errs = append(errs, f.call(nil, data, context), f.call([]byte("CANARY-other"), data, nil), f.call(key, data, []byte("other")))
		}
	}
	_, err = OpenProtected(key, ciphertext, token, nil)
	errs = append(errs, err)

	failed := 0
	for _, err := range errs {
		if err == nil {
			continue
		}
		failed++
		require.NoError(t, errors.Unwrap(err))
		text := fmt.Sprintf("%v %+v %#v", err, err, err)
		for _, secret := range []string{"CANARY", hex.EncodeToString([]byte("CANARY"))} {
			require.NotContains(t, text, secret)
		}
	}
	require.Greater(t, failed, 80)
}

func TestArgumentsAreNotChanged(t *testing.T) {
	key, message, context := []byte("key"), []byte("message"), []byte("context")
	sealed, err := Seal(key, message, context)
	require.NoError(t, err)
	stretched, err := sealWithPassphrase(key, message, context, 1)
	require.NoError(t, err)
	for _, f := range functions {
		for _, data := range [][]byte{message, sealed, stretched} {
			// Spare capacity behind each slice shows writes past its end.
			k, d, c := roomy(key), roomy(data), roomy(context)
			_ = f.call(k, d, c)
			for _, pair := range [][2][]byte{{k, key}, {d, data}, {c, context}} {
				require.Equal(t, pair[1], pair[0], f.name)
				require.Equal(t, bytes.Repeat([]byte{0xaa}, 64), pair[0][len(pair[0]):cap(pair[0])][:64], f.name)
			}
		}
	}
}

func roomy(b []byte) []byte {
	r := append(bytes.Clone(b), bytes.Repeat([]byte{0xaa}, 64)...)
	return r[:len(b):len(r)]
}
