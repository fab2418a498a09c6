package kek

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"

	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/keys"
)

// underWay bounds the calls of one [WithContext], those included that nobody
// waits for any more.
const underWay = 64

// WithContext makes a [keys.KEK] of an AEAD that takes no context. When the
// context ends, a call returns at once, and what was asked goes on alone until the
// client gives up: give the client a timeout of its own. At most 64 calls
// run at a time; more of them wait. It panics if a is nil.
func WithContext(a tink.AEAD) keys.KEK {
	if a == nil {
		panic("cellseal/kek: nil AEAD")
	}
	return &alone{aead: a, slots: make(chan struct{}, underWay)}
}

type alone struct {
	aead  tink.AEAD
	slots chan struct{}
}

// EncryptWithContext implements tink.AEADWithContext.
func (a *alone) EncryptWithContext(ctx context.Context, plaintext, ad []byte) ([]byte, error) {
	return a.call(ctx, a.aead.Encrypt, plaintext, ad)
}

// DecryptWithContext implements tink.AEADWithContext.
func (a *alone) DecryptWithContext(ctx context.Context, ciphertext, ad []byte) ([]byte, error) {
	return a.call(ctx, a.aead.Decrypt, ciphertext, ad)
}

func (a *alone) call(ctx context.Context, do func(in, ad []byte) ([]byte, error), in, ad []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil { // select would choose at random
		return nil, ended(err, nil)
	}
	select {
	case a.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ended(ctx.Err(), nil)
	}
	type answer struct {
		out []byte
		err error
	}
	// The caller may reuse its slices as soon as it has returned.
	in, ad = bytes.Clone(in), bytes.Clone(ad)
	answered := make(chan answer, 1)
	go func() {
		defer func() { <-a.slots }()
		out, err := do(in, ad)
		answered <- answer{out, err}
	}()
	select {
	case got := <-answered:
		return got.out, got.err
	case <-ctx.Done():
		return nil, ended(ctx.Err(), nil)
	}
}

// Format implements fmt.Formatter and prints nothing secret.
func (*alone) Format(f fmt.State, _ rune) { redact.Format(f, "kek.WithContext") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (*alone) LogValue() slog.Value { return redact.LogValue("kek.WithContext") }
