// Package passphrase guards a ring with a passphrase, for a laptop, an off-line
// backup or an installation without any other place for a key; and the secrets of
// single users with their passwords, so that the service alone cannot open their data.
//
//	stored, err := passphrase.Encrypt(ring, phrase, []byte("clinic-db"))
//	ring, err := passphrase.Open(stored, phrase, []byte("clinic-db"))
//
// A user's secret goes into the keys of his scope, beside the ring's:
//
//	source := passphrase.NewSource(ring, "user")                       // scopes of kind user are locked
//	guard := passphrase.NewGuard(nil)
//	secret, stored, err := guard.New(ctx, keys.Scope("user", "7"), password)             // at sign-up; keep stored in his row
//	secret, renewed, err := guard.Unlock(ctx, keys.Scope("user", "7"), stored, password) // at log-in; keep secret for the session
//	ctx = passphrase.WithSecret(ctx, secret)                           // of every request
//	stored, err = guard.Lock(ctx, secret, stored, newPassword)         // nothing is encrypted anew
//
// Over a scopes.Source (keys/scopes) in the ring's place, his scope can be destroyed, too. Without the secret in the context
// a cell of the scope is a [keys.LockedError]: jobs that work on all rows (package reseal) stop at it, and have to be run for
// him while he is logged in; lists (words, ranges) of the scope are not maintained meanwhile. A password that is
// forgotten is lost with all it guards, unless [Recovery] copies were made: under a KEK of the service, which then can
// open them after all, or under a public key whose private half is elsewhere. While a session lasts, the process
// holds the secret. Who can write where stored is kept can put an older one back.
//
// The key is Argon2id (RFC 9106) of the passphrase, with the
// second recommended parameters: 3 passes over 64 MiB, 4 lanes, 128-bit salt,
// 256-bit tag. They are stored beside what they guard. Argon2id is no FIPS algorithm: use
// a KMS, an HSM or keys/localkek where that matters.
package passphrase

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"

	"github.com/cellseal/cellseal/internal/gcmkek"
	"github.com/cellseal/cellseal/internal/strictjson"
	"github.com/cellseal/cellseal/keys"
)

// What Encrypt writes (RFC 9106 §4, second recommended option).
const (
	passes    = 3
	memoryKiB = 64 << 10
	lanes     = 4
	saltSize  = 16
)

// What Open accepts at most, so that a planted file cannot exhaust the machine.
const (
	maxPasses    = 16
	maxMemoryKiB = 1 << 20
	maxLanes     = 16
)

// ErrPassphrase says that the passphrase or the associated data is wrong, or that
// the file was changed; the three cannot be told apart.
var ErrPassphrase = errors.New("cellseal/passphrase: wrong passphrase, wrong associated data or a damaged ring")

type file struct {
	Version int             `json:"cellseal-passphrase"`
	Argon2  params          `json:"argon2id"`
	Ring    json.RawMessage `json:"ring"` // as keys.Ring.Encrypt wrote it
}

type params struct {
	Version   int    `json:"v"` // 19, the version of RFC 9106
	Passes    uint32 `json:"t"`
	MemoryKiB uint32 `json:"m"`
	Lanes     uint8  `json:"p"`
	Salt      []byte `json:"salt"`
}

// Encrypt returns ring as JSON under passphrase, whose bytes are taken as they
// are. It takes 64 MiB and some tens of milliseconds, as reading it back does.
func Encrypt(ring *keys.Ring, passphrase, ad []byte) ([]byte, error) {
	p := params{argon2.Version, passes, memoryKiB, lanes, make([]byte, saltSize)}
	rand.Read(p.Salt) // never fails: crypto/rand
	kek, err := p.kek(passphrase)
	if err != nil {
		return nil, err
	}
	stored, err := ring.Encrypt(context.Background(), kek, ad)
	if err != nil {
		return nil, err
	}
	return json.Marshal(file{1, p, stored})
}

// Open reads what Encrypt wrote. It accepts at most 16 passes, 1 GiB and 16 lanes.
func Open(data, passphrase, ad []byte) (*keys.Ring, error) {
	f, err := parse(data)
	if err != nil {
		return nil, err
	}
	kek, err := f.Argon2.kek(passphrase)
	if err != nil {
		return nil, err
	}
	ring, err := keys.OpenRing(context.Background(), f.Ring, kek, ad)
	if err != nil {
		return nil, ErrPassphrase
	}
	return ring, nil
}

func parse(data []byte) (*file, error) {
	var f file
	if err := strictjson.Decode(data, 2*keys.MaxRingSize, &f); err != nil || f.Version != 1 || len(f.Ring) == 0 {
		return nil, errors.New("cellseal/passphrase: this is not a ring under a passphrase, as Encrypt stores it")
	}
	return &f, f.Argon2.check()
}

func (p params) check() error {
	switch {
	case p.Version != argon2.Version:
		return fmt.Errorf("cellseal/passphrase: Argon2 version %d: this version of the library reads %d", p.Version, argon2.Version)
	case p.Passes < 1 || p.Passes > maxPasses || p.Lanes < 1 || p.Lanes > maxLanes,
		p.MemoryKiB < 8*uint32(p.Lanes) || p.MemoryKiB > maxMemoryKiB, len(p.Salt) != saltSize:
		return fmt.Errorf("cellseal/passphrase: Argon2id parameters out of bounds: at most %d passes, %d KiB and %d lanes, and a salt of %d bytes", maxPasses, maxMemoryKiB, maxLanes, saltSize)
	}
	return nil
}

func (p params) kek(passphrase []byte) (keys.KEK, error) {
	if len(passphrase) == 0 {
		return nil, errors.New("cellseal/passphrase: empty passphrase")
	}
	key := argon2.IDKey(passphrase, p.Salt, p.Passes, p.MemoryKiB, p.Lanes, 32)
	defer clear(key)
	return gcmkek.New(key)
}
