package kektest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kek"
)

// background hears nothing of its callers' contexts.
func background(k keys.KEK) keys.KEK {
	return bad{
		encrypt: func(_ context.Context, in, ad []byte) ([]byte, error) {
			return k.EncryptWithContext(context.Background(), in, ad)
		},
		decrypt: func(_ context.Context, in, ad []byte) ([]byte, error) {
			return k.DecryptWithContext(context.Background(), in, ad)
		},
	}
}

// asking asks the server even for those who wait no longer.
type asking struct {
	keys.KEK
	s *server
}

func (a asking) EncryptWithContext(ctx context.Context, in, ad []byte) ([]byte, error) {
	if ctx.Err() != nil {
		_ = a.s.asked(context.Background())
	}
	return a.KEK.EncryptWithContext(ctx, in, ad)
}

func (a asking) DecryptWithContext(ctx context.Context, in, ad []byte) ([]byte, error) {
	if ctx.Err() != nil {
		_ = a.s.asked(context.Background())
	}
	return a.KEK.DecryptWithContext(ctx, in, ad)
}

// dies with the first failure, as a client does that never dials again.
type dies struct {
	keys.KEK
	dead atomic.Pointer[kek.UnavailableError]
}

func (d *dies) EncryptWithContext(ctx context.Context, in, ad []byte) ([]byte, error) {
	out, err := d.KEK.EncryptWithContext(ctx, in, ad)
	return out, d.note(err)
}

func (d *dies) DecryptWithContext(ctx context.Context, in, ad []byte) ([]byte, error) {
	out, err := d.KEK.DecryptWithContext(ctx, in, ad)
	return out, d.note(err)
}

func (d *dies) note(err error) error {
	var gone *kek.UnavailableError
	if errors.As(err, &gone) {
		d.dead.CompareAndSwap(nil, gone)
	}
	if dead := d.dead.Load(); dead != nil {
		return dead
	}
	return err
}

// bound shares a decryption under the context of whoever came first.
type bound struct {
	keys.KEK
	mu    sync.Mutex
	under chan struct{}
	out   []byte
	err   error
}

func (b *bound) DecryptWithContext(ctx context.Context, in, ad []byte) ([]byte, error) {
	b.mu.Lock()
	if landed := b.under; landed != nil {
		b.mu.Unlock()
		<-landed
		return b.out, b.err
	}
	landed := make(chan struct{})
	b.under = landed
	b.mu.Unlock()
	b.out, b.err = b.KEK.DecryptWithContext(ctx, in, ad)
	b.mu.Lock()
	b.under = nil
	b.mu.Unlock()
	close(landed)
	return b.out, b.err
}
