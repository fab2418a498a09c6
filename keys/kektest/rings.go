package kektest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cellseal/cellseal/keys"
)

// rings are written and read under the KEK, in their place and no other.
func rings(ctx context.Context, h *Harness) error {
	one, other, err := h.both()
	if err != nil {
		return err
	}
	ring, err := keys.NewRing()
	if err != nil {
		return err
	}
	for range 4 { // some rotations later
		if ring, err = rotated(ring); err != nil {
			return err
		}
	}
	stored, err := ring.Encrypt(ctx, one, []byte("clinic-db"))
	if err != nil {
		return fmt.Errorf("Ring.Encrypt: %w", err)
	}
	again, err := h.New(0)
	if err != nil {
		return err
	}
	opened, err := keys.OpenRing(ctx, stored, again, []byte("clinic-db"))
	if err != nil {
		return fmt.Errorf("OpenRing: %w", err)
	}
	if opened.CellKeys().Primary() != ring.CellKeys().Primary() || opened.IndexKeys().Primary() != ring.IndexKeys().Primary() {
		return errors.New("OpenRing: another ring came back")
	}
	exchanged, err := exchange(stored)
	if err != nil {
		return err
	}
	for what, try := range map[string]func() (*keys.Ring, error){
		"under the other key":                 func() (*keys.Ring, error) { return keys.OpenRing(ctx, stored, other, []byte("clinic-db")) },
		"with other associated data":          func() (*keys.Ring, error) { return keys.OpenRing(ctx, stored, one, []byte("billing-db")) },
		"with no associated data":             func() (*keys.Ring, error) { return keys.OpenRing(ctx, stored, one, nil) },
		"with its two keysets exchanged":      func() (*keys.Ring, error) { return keys.OpenRing(ctx, exchanged, one, []byte("clinic-db")) },
		"with a byte more in associated data": func() (*keys.Ring, error) { return keys.OpenRing(ctx, stored, one, []byte("clinic-db\x00")) },
	} {
		if _, err := try(); err == nil {
			return fmt.Errorf("OpenRing %s: it was opened", what)
		} else if err := h.silent(err.Error()); err != nil {
			return fmt.Errorf("OpenRing %s: %w", what, err)
		}
	}
	return nil
}

func rotated(r *keys.Ring) (*keys.Ring, error) {
	k, id, err := r.CellKeys().Add()
	if err != nil {
		return nil, err
	}
	if k, err = k.Promote(id); err != nil {
		return nil, err
	}
	return r.WithCellKeys(k)
}

// exchange puts the keysets of a stored ring into each other's places.
func exchange(stored []byte) ([]byte, error) {
	var f struct {
		Version int             `json:"cellseal"`
		Cells   json.RawMessage `json:"cells"`
		Index   json.RawMessage `json:"index"`
	}
	if err := json.Unmarshal(stored, &f); err != nil {
		return nil, err
	}
	f.Cells, f.Index = f.Index, f.Cells
	return json.Marshal(f)
}

// grants go to the KEK as one plaintext, the largest that the library makes.
func grants(ctx context.Context, h *Harness) error {
	one, other, err := h.both()
	if err != nil {
		return err
	}
	ring, err := keys.NewRing()
	if err != nil {
		return err
	}
	var subtrees []keys.Subtree
	for i := range min(8, h.MaxSize/256) {
		subtrees = append(subtrees, keys.CellTree(keys.Table(fmt.Sprintf("patients_%d", i))))
	}
	grant, err := keys.Grant(ctx, ring, subtrees...)
	if err != nil {
		return err
	}
	stored, err := grant.Encrypt(ctx, one, place)
	if err != nil {
		return fmt.Errorf("Granted.Encrypt: %w", err)
	}
	opened, err := keys.OpenGrant(ctx, stored, one, place)
	if err != nil {
		return fmt.Errorf("OpenGrant: %w", err)
	}
	again, err := opened.Encrypt(ctx, one, place)
	if err != nil {
		return err
	}
	if bytes.Equal(stored, again) {
		return errors.New("two writings of a grant are the same bytes")
	}
	if _, err := opened.Cells(ctx, keys.Table("patients_0"), keys.Compartment("default")); err != nil {
		return err
	}
	if _, err := keys.OpenGrant(ctx, stored, other, place); err == nil {
		return errors.New("OpenGrant under the other key: it was opened")
	}
	if _, err := keys.OpenGrant(ctx, stored, one, nil); err == nil {
		return errors.New("OpenGrant without its associated data: it was opened")
	}
	return nil
}
