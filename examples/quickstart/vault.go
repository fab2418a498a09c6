package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/localkek"
)

// vault is where the ring lives: encrypted in a file, and open in memory.
type vault struct {
	kek  keys.KEK
	file string
	live *keys.Live
}

var associatedData = []byte("quickstart") // names the ring's place, so that no other can be put there

// newVault makes a key file for development and a ring under it, stores the ring
// and opens it again, as a server does when it starts.
func newVault(ctx context.Context, p printer, dir string) (*vault, error) {
	kekFile := filepath.Join(dir, "dev.kek")
	if err := localkek.Create(kekFile); err != nil {
		return nil, err
	}
	kek, err := localkek.Open(kekFile)
	if err != nil {
		return nil, err
	}
	v := &vault{kek: kek, file: filepath.Join(dir, "ring.json")}
	ring, err := keys.NewRing()
	if err != nil {
		return nil, err
	}
	if err := v.store(ctx, ring); err != nil {
		return nil, err
	}
	stored, err := os.ReadFile(v.file)
	if err != nil {
		return nil, err
	}
	if ring, err = keys.OpenRing(ctx, stored, kek, associatedData); err != nil {
		return nil, err
	}
	v.live = keys.NewLive(ring, nil)
	p.line("dev.kek    a key file for development; in production a KMS or an HSM")
	p.line("ring.json  two encrypted Tink keysets, %d bytes", len(stored))
	p.line("in memory  %v", ring)
	return v, nil
}

func (v *vault) store(ctx context.Context, ring *keys.Ring) error {
	stored, err := ring.Encrypt(ctx, v.kek, associatedData)
	if err != nil {
		return err
	}
	return os.WriteFile(v.file, stored, 0o600)
}

// use stores a ring with changed cell keys and then puts it in use: a key that
// has sealed something must never be lost.
func (v *vault) use(ctx context.Context, cells *keys.Keyset) error {
	ring, err := v.live.Ring().WithCellKeys(cells)
	if err != nil {
		return err
	}
	if err := v.store(ctx, ring); err != nil {
		return err
	}
	v.live.Swap(ring)
	return nil
}
