package vault_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/examples/kms/vault"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kek"
	"github.com/cellseal/cellseal/keys/kektest"
)

// TestEndpoint is the process that TestEndpointKilled kills, and no test.
func TestEndpoint(t *testing.T) {
	address := os.Getenv("VAULT_ENDPOINT")
	if address == "" {
		t.Skip("only as a process of TestEndpointKilled")
	}
	v := newTransit(token, "cellseal")
	v.keys["cellseal"].versions = nil
	v.keys["cellseal"].add(bytes.Repeat([]byte{7}, 32)) // the same in every process
	t.Fatal(http.ListenAndServe(address, v))
}

// A Vault that is killed while rings are rotated, 20 times or as often as
// CELLSEAL_TEST_KILLS says, leaves no ring that is stored and cannot be opened, and a
// call that failed says that it is the server.
func TestEndpointKilled(t *testing.T) {
	n := 20
	if v := os.Getenv("CELLSEAL_TEST_KILLS"); v != "" {
		var err error
		n, err = strconv.Atoi(v)
		require.NoError(t, err)
	}
	address, err := kektest.Address()
	require.NoError(t, err)

	k, err := vault.KEK(client(t, "http://"+address), "/transit/keys/cellseal")
	require.NoError(t, err)
	ring, err := keys.NewRing()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "ring.json")
	server := start(t, address)
	require.NoError(t, store(t, ring, k, path))

	done := make(chan error, 1)
	var stop atomic.Bool
	var rotations, failures atomic.Int64
	go func() {
		defer close(done)
		for !stop.Load() {
			next, err := rotated(ring)
			if err == nil {
				err = store(t, next, k, path)
			}
			var gone *kek.UnavailableError
			switch {
			case err == nil:
				ring = next
				rotations.Add(1)
			case errors.As(err, &gone):
				failures.Add(1)
			default:
				done <- err
				return
			}
		}
	}()
	for range n {
		before := rotations.Load() // in the middle of them, and not of a wait
		require.Eventually(t, func() bool { return rotations.Load() > before }, time.Minute, time.Millisecond)
		time.Sleep(rand.N(5 * time.Millisecond))
		require.NoError(t, server.Process.Kill())
		_ = server.Wait()
		server = start(t, address)
		stored, err := os.ReadFile(path)
		require.NoError(t, err)
		_, err = keys.OpenRing(t.Context(), stored, k, []byte("clinic-db"))
		require.NoError(t, err)
	}
	stop.Store(true)
	require.NoError(t, <-done)
	require.NotZero(t, rotations.Load())
	t.Logf("%d kills, %d rotations stored, %d failed and said why", n, rotations.Load(), failures.Load())
	stored, err := os.ReadFile(path)
	require.NoError(t, err)
	last, err := keys.OpenRing(t.Context(), stored, k, []byte("clinic-db"))
	require.NoError(t, err)
	require.Equal(t, ring.CellKeys().Primary(), last.CellKeys().Primary(), "what was stored last is what is there")
}

func start(t *testing.T, address string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^TestEndpoint$")
	cmd.Env = append(os.Environ(), "VAULT_ENDPOINT="+address)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
		}
		return err == nil
	}, time.Minute, 5*time.Millisecond)
	return cmd
}

// rotated has a new primary, and no more than five keys.
func rotated(r *keys.Ring) (*keys.Ring, error) {
	k, id, err := r.CellKeys().Add()
	if err == nil {
		k, err = k.Promote(id)
	}
	for i := range r.CellKeys().Keys() {
		if err != nil {
			return nil, err
		}
		if r.CellKeys().Handle().Len() > 4 {
			if k, err = k.Disable(i.ID); err == nil {
				k, err = k.Remove(i.ID)
			}
			break
		}
	}
	if err != nil {
		return nil, err
	}
	return r.WithCellKeys(k)
}

// store replaces the file at once or not at all, as every program should.
func store(t *testing.T, r *keys.Ring, k keys.KEK, path string) error {
	stored, err := r.Encrypt(t.Context(), k, []byte("clinic-db"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", stored, 0o600); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return os.Rename(path+".new", path)
}
