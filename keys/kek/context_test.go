package kek_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kek"
	"github.com/cellseal/cellseal/keys/kektest"
)

// Any AEAD of Tink's does.
func TestALocalTinkAEAD(t *testing.T) {
	var handles [2]*keyset.Handle
	for i := range handles {
		h, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
		require.NoError(t, err)
		handles[i] = h
	}
	kektest.Run(t, kektest.Harness{New: func(key int) (keys.KEK, error) {
		a, err := aead.New(handles[key])
		return kek.WithContext(a), err
	}})
}

// plain is an AEAD that takes no context, and its time.
type plain struct{ under, most *atomic.Int64 }

func (p plain) Encrypt(in, ad []byte) ([]byte, error) { return p.Decrypt(in, ad) }

func (p plain) Decrypt(in, ad []byte) ([]byte, error) {
	if n := p.under.Add(1); n > p.most.Load() {
		p.most.Store(n)
	}
	defer p.under.Add(-1)
	time.Sleep(time.Hour)
	return append(bytes.Clone(in), ad...), errors.New("an hour later")
}

func TestACallIsLeftAloneAndCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := plain{new(atomic.Int64), new(atomic.Int64)}
		k := kek.WithContext(p)
		began := time.Now()
		var all sync.WaitGroup
		for range 200 {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				_, err := k.EncryptWithContext(ctx, []byte("in"), nil)
				require.ErrorIs(t, err, context.DeadlineExceeded)
			})
		}
		all.Wait()
		require.Equal(t, time.Minute, time.Since(began))
		require.Equal(t, int64(64), p.under.Load(), "those that nobody waits for are bounded")
		out, err := k.DecryptWithContext(t.Context(), []byte("in"), []byte("ad"))
		require.EqualError(t, err, "an hour later")
		require.Equal(t, "inad", string(out))
		require.Equal(t, int64(64), p.most.Load())
	})
}

func TestACallWhoseContextIsOverAsksNobody(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 100 {
		_, err := kek.WithContext(plain{}).EncryptWithContext(ctx, nil, nil) // would panic
		require.ErrorIs(t, err, context.Canceled)
	}
}
