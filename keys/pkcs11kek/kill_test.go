package pkcs11kek_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/pkcs11kek"
)

// kills is how often a process is killed, CELLSEAL_TEST_KILLS if that is set.
func kills(t *testing.T) int {
	if v := os.Getenv("CELLSEAL_TEST_KILLS"); v != "" {
		n, err := strconv.Atoi(v)
		require.NoError(t, err)
		return n
	}
	return 20
}

var place = []byte("clinic-db")

// TestVictim is the process that TestKilledInUse kills, and no test.
func TestVictim(t *testing.T) {
	library, ring := os.Getenv("VICTIM_LIBRARY"), os.Getenv("VICTIM_RING")
	if library == "" {
		t.Skip("only as a process of TestKilledInUse")
	}
	m, err := pkcs11kek.Load(library)
	require.NoError(t, err)
	k, err := m.Open(t.Context(), key("cellseal"))
	require.NoError(t, err)
	stored, err := os.ReadFile(ring)
	require.NoError(t, err)
	fmt.Println("victim ready")
	if os.Getenv("VICTIM_ONCE") != "" {
		_, err := keys.OpenRing(t.Context(), stored, k, place)
		require.NoError(t, err)
		require.NoError(t, k.Close())
		require.NoError(t, m.Close())
		return
	}
	for i := 0; ; i++ {
		r, err := keys.OpenRing(t.Context(), stored, k, place)
		require.NoError(t, err)
		_, err = r.Encrypt(t.Context(), k, place)
		require.NoError(t, err)
		if i%4 == 0 { // what writes into the token
			require.NoError(t, m.Create(t.Context(), key(fmt.Sprintf("key-%d-%d", os.Getpid(), i))))
		}
	}
}

func victim(t *testing.T, library, ring string, more ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^TestVictim$", "-test.v")
	cmd.Env = append(os.Environ(), append(more, "VICTIM_LIBRARY="+library, "VICTIM_RING="+ring)...)
	return cmd
}

// A process that dies in the middle of using the token, and of making keys in it,
// leaves it usable: for who had it open, for who opens it anew in that process, and for the
// next process.
func TestKilledInUse(t *testing.T) {
	library := softHSM(t)
	m := load(t, library)
	k := opened(t, m, created(t, m, "cellseal"))
	r, err := keys.NewRing()
	require.NoError(t, err)
	stored, err := r.Encrypt(t.Context(), k, place)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "ring.json")
	require.NoError(t, os.WriteFile(path, stored, 0o600))

	n := kills(t)
	for i := range n {
		cmd := victim(t, library, path)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		ready := bufio.NewScanner(out)
		for ready.Scan() && ready.Text() != "victim ready" {
		}
		require.NoError(t, ready.Err())
		require.Equal(t, "victim ready", ready.Text(), "kill %d: the one before left something that no process can open", i)
		time.Sleep(rand.N(20 * time.Millisecond))
		require.NoError(t, cmd.Process.Kill())
		require.ErrorContains(t, cmd.Wait(), "killed")

		opensRing(t, t.Context(), stored, k, r)
		again, err := m.Open(t.Context(), key("cellseal"))
		require.NoError(t, err, "kill %d", i)
		opensRing(t, t.Context(), stored, again, r)
		require.NoError(t, again.Close())
	}
	said, err := victim(t, library, path, "VICTIM_ONCE=1").CombinedOutput()
	require.NoError(t, err, "%s", said)
	t.Logf("%d processes killed", n)
}

func opensRing(t *testing.T, ctx context.Context, stored []byte, k keys.KEK, want *keys.Ring) {
	t.Helper()
	got, err := keys.OpenRing(ctx, stored, k, place)
	require.NoError(t, err)
	require.Equal(t, want.CellKeys().Primary(), got.CellKeys().Primary())
}

// The process's memory does not grow with its calls.
func TestMemoryStays(t *testing.T) {
	if _, err := os.Stat("/proc/self/statm"); err != nil {
		t.Skip("SKIPPED: the memory of the C library is read from /proc, which is not here")
	}
	m := load(t, softHSM(t))
	k := opened(t, m, created(t, m, "cellseal"))
	plaintext := make([]byte, 4096)
	use := func(n int) {
		for range n {
			c, err := k.EncryptWithContext(t.Context(), plaintext, place)
			require.NoError(t, err)
			_, err = k.DecryptWithContext(t.Context(), c, place)
			require.NoError(t, err)
		}
	}
	const rounds = 3000
	use(rounds)
	before := resident(t)
	use(rounds)
	grown := resident(t) - before
	t.Logf("%d bytes more after %d round trips of 4096 bytes", grown, rounds)
	require.Less(t, grown, int64(rounds*4096/2), "less than half of one plaintext per round trip: nothing is kept")
}

func resident(t *testing.T) int64 {
	var size, pages int64
	b, err := os.ReadFile("/proc/self/statm")
	require.NoError(t, err)
	_, err = fmt.Sscan(string(b), &size, &pages)
	require.NoError(t, err)
	return pages * int64(os.Getpagesize())
}
