package kektest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/cellseal/cellseal/keys"
)

// A Harness is a KEK to be tested.
type Harness struct {
	// New returns a new client of key number key, which is 0 or 1: two different
	// keys, both there before Run begins. It is called more than once.
	New func(key int) (keys.KEK, error)
	// Server is what stands behind the KEKs. Without one they are taken for local:
	// they do no I/O, need not ask their contexts, and cannot fail for a while.
	Server Server
	// MinSize and MaxSize bound the plaintexts it takes, in bytes: 0 and 64 KiB if
	// they are not given. AWS KMS takes 1 to 4096.
	MinSize, MaxSize int
	// TextEncoded says that ciphertexts are a text of which several spellings mean
	// the same bytes, such as base64 with unused bits. A changed byte may then
	// give the same plaintext back; another plaintext never.
	TextEncoded bool
	// Secrets are what no error may show beside plaintexts, such as a token or a PIN.
	Secrets []string
	// Leave names checks that cannot be made, each with the reason.
	Leave map[string]string
}

// A Server is disturbed by Run while it is in use.
type Server interface {
	// Calls returns when the requests to encrypt or decrypt came in so far,
	// whatever was answered.
	Calls() []time.Time
	// Hold lets every request that comes from now on wait until release is called,
	// or until its client goes away. A later Hold is for what comes after it.
	Hold() (release func())
	// Throttle answers the next n requests as the server answers a client that asks
	// too much.
	Throttle(n int)
	// Stop ends the server with its connections; what comes is not answered.
	Stop() error
	// Start brings it back at the same place, with its keys.
	Start() error
}

// A check is one test, as an error, so that the tests of this package can see it fail.
type check struct {
	name string
	do   func(ctx context.Context, h *Harness) error
}

var checks = []check{
	{"round_trip", roundTrip},
	{"associated_data", associatedData},
	{"wrong_key", wrongKey},
	{"every_byte", everyByte},
	{"other_data", otherData},
	{"concurrent", concurrent},
	{"arguments_stay", argumentsStay},
	{"redacted", redacted},
	{"rings", rings},
	{"grants", grants},
}

// remote checks need a Server.
var remote = []check{
	{"context_over", contextOver},
	{"context_ends", contextEnds},
	{"refused_at_once", refusedAtOnce},
	{"server_gone", serverGone},
	{"server_goes_in_use", serverGoesInUse},
	{"throttled", throttled},
	{"throttled_for_good", throttledForGood},
	{"one_flight", oneFlight},
	{"flight_survives_its_first", flightSurvives},
}

// patience bounds what must come back, on a machine however loaded. It is a
// variable for the tests of this package, where much does not.
var patience = time.Minute

// Run runs every test that h allows as a subtest of t. It does nothing in
// parallel: the tests share the server.
func Run(t *testing.T, h Harness) {
	if h.New == nil {
		panic("kektest: a Harness without New")
	}
	if h.MaxSize == 0 {
		h.MaxSize = 64 << 10
	}
	for _, c := range checks {
		h.run(t, c)
	}
	for _, c := range remote {
		h.run(t, c)
	}
}

func (h *Harness) run(t *testing.T, c check) {
	t.Run(c.name, func(t *testing.T) {
		if why, ok := h.Leave[c.name]; ok {
			t.Skip("SKIPPED: " + why)
		}
		if h.Server == nil && c.isRemote() {
			t.Skip("SKIPPED: a local KEK has no server that could be disturbed")
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
		defer cancel()
		if err := c.do(ctx, h); err != nil {
			t.Fatal(err)
		}
	})
}

func (c check) isRemote() bool {
	for _, r := range remote {
		if r.name == c.name {
			return true
		}
	}
	return false
}

// both returns clients of both keys.
func (h *Harness) both() (one, other keys.KEK, err error) {
	if one, err = h.New(0); err != nil {
		return nil, nil, fmt.Errorf("New(0): %w", err)
	}
	if other, err = h.New(1); err != nil {
		return nil, nil, fmt.Errorf("New(1): %w", err)
	}
	return one, other, nil
}
