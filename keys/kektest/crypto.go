package kektest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kek"
)

// canary is in every plaintext that is long enough for it, and must be in no error.
const canary = "canary-b41f"

var place = []byte("cellseal/v1/cells\x00clinic-db")

// text returns a plaintext of n bytes.
func text(n int) []byte {
	b := bytes.Repeat([]byte(canary+" and more "), n/len(canary)+1)
	return b[:n]
}

func roundTrip(ctx context.Context, h *Harness) error {
	k, _, err := h.both()
	if err != nil {
		return err
	}
	again, err := h.New(0)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, n := range []int{0, 1, 15, 16, 17, 31, 32, 33, 255, 1000, 4096, 64 << 10} {
		if n < h.MinSize || n > h.MaxSize {
			continue
		}
		for _, ad := range [][]byte{nil, {}, {0}, place, bytes.Repeat([]byte{0xff, 0, '\n', 0x80}, 100)} {
			for range 2 {
				c, err := k.EncryptWithContext(ctx, text(n), ad)
				if err != nil {
					return fmt.Errorf("encrypt %d bytes with %d of associated data: %w", n, len(ad), err)
				}
				if seen[string(c)] {
					return errors.New("two encryptions gave the same ciphertext: there is no fresh nonce")
				}
				seen[string(c)] = true
				if n >= len(canary) && bytes.Contains(c, []byte(canary)) {
					return errors.New("the ciphertext holds the plaintext")
				}
				got, err := again.DecryptWithContext(ctx, c, ad)
				if err != nil {
					return fmt.Errorf("another client of the same key, decrypt %d bytes with %d of associated data: %w", n, len(ad), err)
				}
				if !bytes.Equal(got, text(n)) {
					return fmt.Errorf("%d bytes came back as something else", n)
				}
			}
		}
	}
	// No associated data is the empty one: Tink's keyset code gives either.
	c, err := k.EncryptWithContext(ctx, text(20), nil)
	if err != nil {
		return err
	}
	if _, err := k.DecryptWithContext(ctx, c, []byte{}); err != nil {
		return fmt.Errorf("sealed with associated data nil, opened with an empty one: %w", err)
	}
	return nil
}

func associatedData(ctx context.Context, h *Harness) error {
	k, _, err := h.both()
	if err != nil {
		return err
	}
	ads := []string{"", "a", "b", "aa", string(place), strings.Replace(string(place), "cells", "index", 1), string(place) + "\x00", "A", "61"}
	for _, with := range ads {
		c, err := k.EncryptWithContext(ctx, text(40), []byte(with))
		if err != nil {
			return err
		}
		for _, under := range ads {
			if under == with {
				continue
			}
			if err := h.refused(ctx, k, c, []byte(under)); err != nil {
				return fmt.Errorf("sealed with associated data %q, opened with %q: %w", with, under, err)
			}
		}
	}
	return nil
}

func wrongKey(ctx context.Context, h *Harness) error {
	one, other, err := h.both()
	if err != nil {
		return err
	}
	for _, pair := range [][2]keys.KEK{{one, other}, {other, one}} {
		c, err := pair[0].EncryptWithContext(ctx, text(40), place)
		if err != nil {
			return err
		}
		if err := h.refused(ctx, pair[1], c, place); err != nil {
			return fmt.Errorf("under the other key: %w", err)
		}
	}
	return nil
}

func everyByte(ctx context.Context, h *Harness) error {
	k, _, err := h.both()
	if err != nil {
		return err
	}
	plaintext := text(max(20, h.MinSize))
	c, err := k.EncryptWithContext(ctx, plaintext, place)
	if err != nil {
		return err
	}
	for i := range c {
		for _, bit := range []byte{1, 0x80} {
			changed := bytes.Clone(c)
			changed[i] ^= bit
			if h.TextEncoded {
				if got, err := k.DecryptWithContext(ctx, changed, place); err == nil && bytes.Equal(got, plaintext) {
					continue
				}
			}
			if err := h.refused(ctx, k, changed, place); err != nil {
				return fmt.Errorf("byte %d of %d changed: %w", i, len(c), err)
			}
		}
	}
	return nil
}

// otherData is what no ciphertext is.
func otherData(ctx context.Context, h *Harness) error {
	k, _, err := h.both()
	if err != nil {
		return err
	}
	c, err := k.EncryptWithContext(ctx, text(20), place)
	if err != nil {
		return err
	}
	others := [][]byte{nil, {}, {0}, []byte("null"), []byte("{}"), bytes.Repeat([]byte{0}, 12+16), bytes.Repeat([]byte{0xff}, 100), bytes.Repeat([]byte{'A'}, 5000)}
	for n := 0; n < len(c); n += max(1, len(c)/64) {
		others = append(others, c[:n])
	}
	others = append(others, c[:len(c)-1], c[1:], append(bytes.Clone(c), 'x'), append(bytes.Clone(c), c...))
	for _, other := range others {
		if err := h.refused(ctx, k, other, place); err != nil {
			return fmt.Errorf("%d bytes that are no ciphertext: %w", len(other), err)
		}
	}
	return nil
}

func concurrent(ctx context.Context, h *Harness) error {
	k, _, err := h.both()
	if err != nil {
		return err
	}
	failed := make(chan error, 16)
	var all sync.WaitGroup
	for g := range 16 {
		all.Go(func() {
			for i := range 8 {
				if err := once(ctx, k, fmt.Appendf(nil, "goroutine %d, call %d", g, i), fmt.Appendf(nil, "call %d", i)); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	all.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

// once seals and opens.
func once(ctx context.Context, k keys.KEK, plaintext, ad []byte) error {
	c, err := k.EncryptWithContext(ctx, plaintext, ad)
	if err != nil {
		return err
	}
	got, err := k.DecryptWithContext(ctx, c, ad)
	if err != nil {
		return err
	}
	if !bytes.Equal(got, plaintext) {
		return errors.New("a plaintext came back as another one")
	}
	return nil
}

func argumentsStay(ctx context.Context, h *Harness) error {
	k, _, err := h.both()
	if err != nil {
		return err
	}
	plaintext, ad := text(40), bytes.Clone(place)
	c, err := k.EncryptWithContext(ctx, plaintext, ad)
	if err != nil {
		return err
	}
	kept := bytes.Clone(c)
	got, err := k.DecryptWithContext(ctx, c, ad)
	if err != nil {
		return err
	}
	clear(got) // and nobody else sees that
	got, err = k.DecryptWithContext(ctx, c, ad)
	if err != nil {
		return err
	}
	if !bytes.Equal(plaintext, text(40)) || !bytes.Equal(ad, place) || !bytes.Equal(c, kept) || !bytes.Equal(got, text(40)) {
		return errors.New("the caller's slices were changed, or two answers share memory")
	}
	return nil
}

func redacted(_ context.Context, h *Harness) error {
	k, _, err := h.both()
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x", "%q"} {
		fmt.Fprintf(&b, verb+"\n", k)
	}
	slog.New(slog.NewTextHandler(&b, nil)).Info("kek", "kek", k)
	return h.silent(b.String())
}

// refused reports unless k refuses ciphertext, for good and without a plaintext.
func (h *Harness) refused(ctx context.Context, k keys.KEK, ciphertext, ad []byte) error {
	got, err := k.DecryptWithContext(ctx, ciphertext, ad)
	var unavailable *kek.UnavailableError
	switch {
	case err == nil:
		return errors.New("it was opened")
	case len(got) > 0:
		return errors.New("something was returned beside the error")
	case errors.As(err, &unavailable):
		return fmt.Errorf("it is no matter of the server: %w", err)
	}
	return h.silent(err.Error())
}

func (h *Harness) silent(said string) error {
	for _, secret := range append([]string{canary}, h.Secrets...) {
		if secret != "" && strings.Contains(said, secret) {
			return errors.New("a secret was told: " + strings.ReplaceAll(said, secret, "…"))
		}
	}
	return nil
}
