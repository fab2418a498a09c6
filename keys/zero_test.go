package keys_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
)

func requirePanic(t *testing.T, says string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		text, ok := recover().(string)
		require.True(t, ok, "no panic, or one of the runtime")
		require.True(t, strings.HasPrefix(text, "cellseal/keys: "), text)
		require.Contains(t, text, says)
	}()
	f()
}

// Using what no constructor made is the programmer's mistake, and the panic says
// whose. The zero value and nil are the same mistake.
func TestZeroValuesPanic(t *testing.T) {
	ctx, kek, ring := t.Context(), testKEK(t, 1), newRing(t)

	for _, r := range []*keys.Ring{nil, {}} {
		for name, f := range map[string]func(){
			"CellKeys":      func() { r.CellKeys() },
			"IndexKeys":     func() { r.IndexKeys() },
			"WithCellKeys":  func() { _, _ = r.WithCellKeys(ring.CellKeys()) },
			"WithIndexKeys": func() { _, _ = r.WithIndexKeys(ring.IndexKeys()) },
			"Cells":         func() { _, _ = r.Cells(ctx) },
			"Index":         func() { _, _ = r.Index(ctx) },
			"Encrypt":       func() { _, _ = r.Encrypt(ctx, kek, nil) },
			"NewLive":       func() { keys.NewLive(r, nil) },
			"Swap":          func() { keys.NewLive(ring, nil).Swap(r) },
			"Grant":         func() { _, _ = keys.Grant(ctx, r, keys.CellTree()) },
		} {
			t.Run("Ring "+name, func(t *testing.T) { requirePanic(t, "zero Ring; use NewRing or OpenRing", f) })
		}
	}
	for _, k := range []*keys.Keyset{nil, {}} {
		for name, f := range map[string]func(){
			"Keys": func() {
				for range k.Keys() {
				}
			},
			"Primary":       func() { k.Primary() },
			"Handle":        func() { k.Handle() },
			"Add":           func() { _, _, _ = k.Add() },
			"Promote":       func() { _, _ = k.Promote(1) },
			"Disable":       func() { _, _ = k.Disable(1) },
			"Enable":        func() { _, _ = k.Enable(1) },
			"Remove":        func() { _, _ = k.Remove(1) },
			"WithCellKeys":  func() { _, _ = ring.WithCellKeys(k) },
			"WithIndexKeys": func() { _, _ = ring.WithIndexKeys(k) },
		} {
			t.Run("Keyset "+name, func(t *testing.T) { requirePanic(t, "zero Keyset; get one from a Ring", f) })
		}
	}
	for _, d := range []*keys.Derived{nil, {}} {
		for name, f := range map[string]func(){
			"Derive":            func() { d.Derive() },
			"Tree":              func() { d.Tree() },
			"PrimaryID":         func() { d.PrimaryID() },
			"Grant of a Source": func() { _, _ = keys.Grant(ctx, answers{d}, keys.CellTree()) },
		} {
			t.Run("Derived "+name, func(t *testing.T) { requirePanic(t, "zero Derived; get one from a Source", f) })
		}
	}
	for _, l := range []*keys.Live{nil, {}} {
		for name, f := range map[string]func(){
			"Ring":   func() { l.Ring() },
			"Swap":   func() { l.Swap(ring) },
			"Cells":  func() { _, _ = l.Cells(ctx) },
			"Index":  func() { _, _ = l.Index(ctx) },
			"Reload": func() { _ = l.Reload(ctx, 1) },
		} {
			t.Run("Live "+name, func(t *testing.T) { requirePanic(t, "zero Live; use NewLive", f) })
		}
	}
	for _, g := range []*keys.Granted{nil, {}} {
		for name, f := range map[string]func(){
			"Cells":   func() { _, _ = g.Cells(ctx) },
			"Index":   func() { _, _ = g.Index(ctx) },
			"Encrypt": func() { _, _ = g.Encrypt(ctx, kek, nil) },
		} {
			t.Run("Granted "+name, func(t *testing.T) { requirePanic(t, "zero Granted; use Grant or OpenGrant", f) })
		}
	}
}

// An answers is a Source that always gives the same.
type answers struct{ d *keys.Derived }

func (a answers) Cells(context.Context, ...keys.Label) (*keys.Derived, error) { return a.d, nil }
func (a answers) Index(context.Context, ...keys.Label) (*keys.Derived, error) { return a.d, nil }

func TestMissingArgumentsPanic(t *testing.T) {
	ctx, kek, ring := t.Context(), testKEK(t, 1), newRing(t)
	g, err := keys.Grant(ctx, ring, keys.CellTree(patients))
	require.NoError(t, err)
	stored, err := g.Encrypt(ctx, kek, nil)
	require.NoError(t, err)

	requirePanic(t, "nil KEK", func() { _, _ = ring.Encrypt(ctx, nil, nil) })
	requirePanic(t, "nil KEK", func() { _, _ = keys.OpenRing(ctx, store(t, ring), nil, nil) })
	requirePanic(t, "nil KEK", func() { _, _ = g.Encrypt(ctx, nil, nil) })
	requirePanic(t, "nil KEK", func() { _, _ = keys.OpenGrant(ctx, stored, nil, nil) })
	requirePanic(t, "Grant from a nil Source", func() { _, _ = keys.Grant(ctx, nil, keys.CellTree()) })
	requirePanic(t, "zero Subtree; use CellTree or IndexTree", func() { _, _ = keys.Grant(ctx, ring, keys.CellTree(patients), keys.Subtree{}) })
}
