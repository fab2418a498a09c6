package kektest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/gcmkek"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kek"
)

func TestAGoodKEKPasses(t *testing.T) {
	s := newServer()
	Run(t, Harness{Server: s, New: func(key int) (keys.KEK, error) { return kek.Remote(client{s, key}, quick), nil }})
}

func TestALocalKEKPasses(t *testing.T) {
	Run(t, Harness{New: func(key int) (keys.KEK, error) { return gcmkek.New(bytes.Repeat([]byte{byte(key)}, 32)) }})
}

// bad is a KEK with faults; what is nil is as it should be.
type bad struct {
	keys.KEK
	encrypt, decrypt func(ctx context.Context, in, ad []byte) ([]byte, error)
}

func (b bad) EncryptWithContext(ctx context.Context, in, ad []byte) ([]byte, error) {
	if b.encrypt != nil {
		return b.encrypt(ctx, in, ad)
	}
	return b.KEK.EncryptWithContext(ctx, in, ad)
}

func (b bad) DecryptWithContext(ctx context.Context, in, ad []byte) ([]byte, error) {
	if b.decrypt != nil {
		return b.decrypt(ctx, in, ad)
	}
	return b.KEK.DecryptWithContext(ctx, in, ad)
}

// String is what %v shows of a bad one, and would be a fault in all of them.
func (bad) String() string { return "bad" }

// Every fault is found by the check that is there for it.
func TestFaultsAreFound(t *testing.T) {
	usual := patience
	t.Cleanup(func() { patience = usual })
	patience = 2 * time.Second

	good := func(s *server, key int) keys.KEK { return kek.Remote(client{s, key}, quick) }
	over := func(o kek.Options) func(*server, int) keys.KEK {
		return func(s *server, key int) keys.KEK { return kek.Remote(client{s, key}, &o) }
	}
	found := map[string]bool{}
	for name, c := range map[string]struct {
		check string
		says  string
		make  func(s *server, key int) keys.KEK
	}{
		"answers something else": {"round_trip", "came back as something else", func(s *server, key int) keys.KEK {
			k := good(s, key)
			return bad{KEK: k, decrypt: func(ctx context.Context, in, ad []byte) ([]byte, error) {
				out, err := k.DecryptWithContext(ctx, in, ad)
				return append(out, 0), err
			}}
		}},
		"no nonce": {"round_trip", "no fresh nonce", func(s *server, key int) keys.KEK {
			cache := map[string][]byte{}
			k := good(s, key)
			return bad{KEK: k, encrypt: func(ctx context.Context, in, ad []byte) (out []byte, err error) {
				of := fmt.Sprintf("%x %x", in, ad)
				if cache[of] == nil {
					cache[of], err = k.EncryptWithContext(ctx, in, ad)
				}
				return cache[of], err
			}}
		}},
		"no encryption": {"round_trip", "holds the plaintext", func(s *server, key int) keys.KEK {
			return bad{encrypt: func(_ context.Context, in, _ []byte) ([]byte, error) {
				return append(fmt.Appendf(nil, "%d ", time.Now().UnixNano()), in...), nil
			}, decrypt: func(_ context.Context, in, _ []byte) ([]byte, error) {
				_, in, _ = bytes.Cut(in, []byte(" "))
				return in, nil
			}}
		}},
		"ignores associated data": {"associated_data", "it was opened", func(s *server, key int) keys.KEK {
			k := good(s, key)
			return bad{
				encrypt: func(ctx context.Context, in, _ []byte) ([]byte, error) { return k.EncryptWithContext(ctx, in, nil) },
				decrypt: func(ctx context.Context, in, _ []byte) ([]byte, error) { return k.DecryptWithContext(ctx, in, nil) },
			}
		}},
		"only the first part of associated data": {"rings", "it was opened", func(s *server, key int) keys.KEK {
			k := good(s, key)
			cut := func(ad []byte) []byte { ad, _, _ = bytes.Cut(ad, []byte{0}); return ad }
			return bad{
				encrypt: func(ctx context.Context, in, ad []byte) ([]byte, error) {
					return k.EncryptWithContext(ctx, in, cut(ad))
				},
				decrypt: func(ctx context.Context, in, ad []byte) ([]byte, error) {
					return k.DecryptWithContext(ctx, in, cut(ad))
				},
			}
		}},
		"one key for all":            {"wrong_key", "it was opened", func(s *server, _ int) keys.KEK { return good(s, 0) }},
		"one key for all, in rings":  {"rings", "under the other key", func(s *server, _ int) keys.KEK { return good(s, 0) }},
		"one key for all, in grants": {"grants", "under the other key", func(s *server, _ int) keys.KEK { return good(s, 0) }},
		"a byte that counts for nothing": {"every_byte", "byte 0 of", func(s *server, key int) keys.KEK {
			k := good(s, key)
			return bad{encrypt: func(ctx context.Context, in, ad []byte) ([]byte, error) {
				out, err := k.EncryptWithContext(ctx, in, ad)
				return append([]byte{1}, out...), err
			}, decrypt: func(ctx context.Context, in, ad []byte) ([]byte, error) {
				if len(in) == 0 {
					return nil, errors.New("empty")
				}
				return k.DecryptWithContext(ctx, in[1:], ad)
			}}
		}},
		"what comes after counts for nothing": {"other_data", "it was opened", func(s *server, key int) keys.KEK {
			k := good(s, key)
			return bad{KEK: k, decrypt: func(ctx context.Context, in, ad []byte) ([]byte, error) {
				if n := 12 + 20 + 16; len(in) > n {
					in = in[:n]
				}
				return k.DecryptWithContext(ctx, in, ad)
			}}
		}},
		"a plaintext beside the error": {"every_byte", "beside the error", func(s *server, key int) keys.KEK {
			k := good(s, key)
			return bad{KEK: k, decrypt: func(ctx context.Context, in, ad []byte) ([]byte, error) {
				out, err := k.DecryptWithContext(ctx, in, ad)
				if err != nil {
					return []byte("p"), err
				}
				return out, nil
			}}
		}},
		"a secret in an error": {"wrong_key", "a secret was told", func(s *server, key int) keys.KEK {
			k := good(s, key)
			return bad{KEK: k, decrypt: func(context.Context, []byte, []byte) ([]byte, error) {
				return nil, errors.New("PIN 31337 was refused")
			}}
		}},
		"prints a secret": {"redacted", "a secret was told", func(s *server, key int) keys.KEK {
			return struct {
				keys.KEK
				pin string
			}{good(s, key), "31337"}
		}},
		"answers are mixed up": {"concurrent", "another one", func(s *server, key int) keys.KEK {
			k := good(s, key)
			var last chan []byte = make(chan []byte, 1)
			return bad{KEK: k, decrypt: func(ctx context.Context, in, ad []byte) ([]byte, error) {
				out, err := k.DecryptWithContext(ctx, in, ad)
				select {
				case other := <-last:
					return other, err
				default:
					last <- out
					return out, err
				}
			}}
		}},
		"answers share memory": {"arguments_stay", "share memory", func(s *server, key int) keys.KEK {
			k := good(s, key)
			var kept []byte
			return bad{KEK: k, decrypt: func(ctx context.Context, in, ad []byte) (out []byte, err error) {
				if kept == nil {
					kept, err = k.DecryptWithContext(ctx, in, ad)
				}
				return kept, err
			}}
		}},
		"asks though the context is over": {"context_over", "want context.Canceled", func(s *server, key int) keys.KEK {
			return background(good(s, key))
		}},
		"says it, and asks all the same": {"context_over", "waits no longer", func(s *server, key int) keys.KEK {
			k := good(s, key)
			return asking{k, s}
		}},
		"ignores the context":      {"context_ends", "nothing came back", func(s *server, key int) keys.KEK { return background(good(s, key)) }},
		"asks again when refused":  {"refused_at_once", "what it had refused", over(kek.Options{Wait: time.Millisecond, Classify: func(error) kek.Verdict { return kek.Unavailable }})},
		"an error of no type":      {"server_gone", "want a *kek.UnavailableError", func(s *server, key int) keys.KEK { return client{s, key} }},
		"never comes back":         {"server_gone", "when the server is back", func(s *server, key int) keys.KEK { return &dies{KEK: good(s, key)} }},
		"never comes back, in use": {"server_goes_in_use", "cannot be reached", func(s *server, key int) keys.KEK { return &dies{KEK: good(s, key)} }},
		"asks once":                {"throttled", "throttled twice", over(kek.Options{Attempts: 1})},
		"asks at once":             {"throttled", "no backoff", over(kek.Options{Wait: 1, MaxWait: 1})},
		"asks for ever":            {"throttled_for_good", "nothing came back", over(kek.Options{Attempts: 1 << 30, Wait: time.Millisecond, MaxWait: time.Millisecond})},
		"does not say why":         {"throttled_for_good", "that is Throttled", over(kek.Options{Wait: 20 * time.Millisecond, Classify: func(error) kek.Verdict { return kek.Unavailable }})},
		"everybody asks":           {"one_flight", "not 2", func(s *server, key int) keys.KEK { return client{s, key} }},
		"the first takes all with him": {"flight_survives_its_first", "the second got", func(s *server, key int) keys.KEK {
			return &bound{KEK: client{s, key}}
		}},
	} {
		found[c.check] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel() // some are found by waiting
			s := newServer()
			h := &Harness{Server: s, MaxSize: 64 << 10, Secrets: []string{"31337"}, New: func(key int) (keys.KEK, error) { return c.make(s, key), nil }}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			require.ErrorContains(t, named(t, c.check)(ctx, h), c.says)
		})
	}
	for _, c := range append(append([]check(nil), checks...), remote...) {
		require.True(t, found[c.name], "%s has found no fault yet", c.name)
	}
}

func named(t *testing.T, name string) func(context.Context, *Harness) error {
	for _, c := range append(append([]check(nil), checks...), remote...) {
		if c.name == name {
			return c.do
		}
	}
	t.Fatalf("no check %s", name)
	return nil
}
