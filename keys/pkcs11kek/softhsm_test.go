package pkcs11kek_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys/pkcs11kek"
)

const pin, soPIN = "PIN-31337-canary", "SO-PIN-8128-canary"

// libraries are where distributions put SoftHSM.
var libraries = []string{
	"/usr/lib/softhsm/libsofthsm2.so",
	"/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
	"/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
	"/usr/lib64/pkcs11/libsofthsm2.so",
	"/opt/homebrew/lib/softhsm/libsofthsm2.so",
}

// softHSM returns SoftHSM's library, with a token "clinic" in a folder of the
// test's own. Without SoftHSM it skips, loudly.
func softHSM(t testing.TB) string {
	t.Helper()
	library := ""
	for _, l := range libraries {
		if _, err := os.Stat(l); err == nil {
			library = l
			break
		}
	}
	if library == "" {
		if os.Getenv("CELLSEAL_TEST_REQUIRE") != "" {
			t.Fatal("SoftHSM is not installed, and CELLSEAL_TEST_REQUIRE is set: apt-get install softhsm2")
		}
		t.Skip("SKIPPED: SoftHSM is not installed (apt-get install softhsm2): nothing of this package is tested")
	}
	dir := t.TempDir()
	tokens := filepath.Join(dir, "tokens")
	require.NoError(t, os.Mkdir(tokens, 0o700))
	conf := filepath.Join(dir, "softhsm2.conf")
	require.NoError(t, os.WriteFile(conf, fmt.Appendf(nil, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", tokens), 0o600))
	t.Setenv("SOFTHSM2_CONF", conf)
	addToken(t, "clinic")
	return library
}

func addToken(t testing.TB, label string) {
	t.Helper()
	out, err := exec.Command("softhsm2-util", "--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", soPIN).CombinedOutput()
	require.NoError(t, err, "%s", out)
}

func load(t testing.TB, library string) *pkcs11kek.Module {
	t.Helper()
	m, err := pkcs11kek.Load(library)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m
}

func rightPIN() (string, error) { return pin, nil }

func key(label string) pkcs11kek.Key {
	return pkcs11kek.Key{Token: "clinic", Label: label, PIN: rightPIN}
}

func created(t testing.TB, m *pkcs11kek.Module, label string) pkcs11kek.Key {
	t.Helper()
	require.NoError(t, m.Create(t.Context(), key(label)))
	return key(label)
}

func opened(t testing.TB, m *pkcs11kek.Module, k pkcs11kek.Key) *pkcs11kek.KEK {
	t.Helper()
	kek, err := m.Open(t.Context(), k)
	require.NoError(t, err)
	t.Cleanup(func() { _ = kek.Close() })
	return kek
}

// A shim is SoftHSM behind testdata/shim, as a kektest.Server.
type shim struct {
	library, dir string
	mu           sync.Mutex
	gates        int
}

func newShim(t testing.TB) *shim {
	t.Helper()
	real := softHSM(t)
	headers, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/miekg/pkcs11").Output()
	require.NoError(t, err)
	s := &shim{dir: t.TempDir()}
	s.library = filepath.Join(s.dir, "shim.so")
	out, err := exec.Command("cc", "-shared", "-fPIC", "-pthread", "-Wall", "-Werror", "-I", string(headers[:len(headers)-1]), "-o", s.library, "testdata/shim/shim.c", "-ldl").CombinedOutput()
	require.NoError(t, err, "%s", out)
	t.Setenv("SHIM_DIR", s.dir)
	t.Setenv("SHIM_LIBRARY", real)
	return s
}

func (s *shim) path(name string) string { return filepath.Join(s.dir, name) }

func (s *shim) put(name string, size int64) error {
	f, err := os.OpenFile(s.path(name), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(size), f.Close()) // sparse, however long
}

func (s *shim) remove(name string) error {
	if err := os.Remove(s.path(name)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (s *shim) Calls() (calls []time.Time) {
	b, err := os.ReadFile(s.path("calls"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		panic(err)
	}
	for ; len(b) >= 8; b = b[8:] {
		calls = append(calls, time.Unix(0, int64(binary.NativeEndian.Uint64(b))))
	}
	return calls
}

func (s *shim) Hold() (release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gates++
	gate := s.path(fmt.Sprint("gate.", s.gates))
	next := gate + ".link"
	if err := errors.Join(os.WriteFile(gate, nil, 0o600), os.Symlink(gate, next), os.Rename(next, s.path("gate"))); err != nil {
		panic(err)
	}
	return func() { _ = os.Remove(gate) }
}

func (s *shim) Throttle(n int) {
	if err := s.put("busy", int64(n)); err != nil {
		panic(err)
	}
}

// lose makes every session invalid.
func (s *shim) lose() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := int64(0)
	if info, err := os.Stat(s.path("losses")); err == nil {
		n = info.Size()
	}
	return s.put("losses", n+1)
}

func (s *shim) Stop() error  { return errors.Join(s.put("gone", 0), s.lose()) }
func (s *shim) Start() error { return s.remove("gone") }
