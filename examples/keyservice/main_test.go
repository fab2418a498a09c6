package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// stage is a directory with what setup makes, and the three programs.
type stage struct {
	t    *testing.T
	bin  string
	dir  string
	log  bytes.Buffer
	mu   sync.Mutex
	host string
}

var programs = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "ks")
	if err == nil {
		var said []byte
		if said, err = exec.Command("go", "build", "-o", dir, ".", "./setup", "./clinic").CombinedOutput(); err != nil {
			err = fmt.Errorf("%w: %s", err, said)
		}
	}
	return dir, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := programs(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

func newStage(t *testing.T) *stage {
	if testing.Short() {
		t.Skip("builds programs and runs them")
	}
	bin, err := programs()
	require.NoError(t, err)
	dir, err := os.MkdirTemp("", "ks") // short enough for a socket
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &stage{t: t, bin: bin, dir: filepath.Join(dir, "k")}
	said, err := exec.Command(filepath.Join(bin, "setup"), s.dir).CombinedOutput()
	require.NoError(t, err, string(said))
	return s
}

func (s *stage) path(name string) string { return filepath.Join(s.dir, name) }

var listening = regexp.MustCompile(`"address":"https://([^"]+)"`)

// serve starts the service and waits until it listens.
func (s *stage) serve() *exec.Cmd {
	host := s.host
	if host == "" {
		host = "127.0.0.1:0"
	}
	c := exec.Command(filepath.Join(s.bin, "keyservice"), "-ring", s.path("ring.json"), "-kek", s.path("dev.kek"), "-name", "clinic", "-policy", s.path("policy.json"),
		"-socket", s.path("sock"), "-listen", host, "-cert", s.path("service.crt"), "-key", s.path("service.key"), "-clients", s.path("ca.crt"))
	pipe, err := c.StderrPipe()
	require.NoError(s.t, err)
	require.NoError(s.t, c.Start())
	s.t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	ready := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(pipe); lines.Scan(); {
			s.mu.Lock()
			s.log.WriteString(lines.Text() + "\n")
			s.mu.Unlock()
			if at := listening.FindStringSubmatch(lines.Text()); at != nil {
				ready <- at[1]
			}
		}
	}()
	select {
	case s.host = <-ready:
	case <-time.After(60 * time.Second):
		s.t.Fatal("the service does not listen: ", s.logged())
	}
	return c
}

func (s *stage) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

func (s *stage) clinic(ctx context.Context, transport string, args ...string) *exec.Cmd {
	all := []string{"-db", s.path("patients.db"), "-service", "unix://" + s.path("sock")}
	if transport == "tls" {
		all = []string{"-db", s.path("patients.db"), "-service", "https://" + s.host, "-cert", s.path("clinic.crt"), "-key", s.path("clinic.key"), "-ca", s.path("ca.crt")}
	}
	return exec.CommandContext(ctx, filepath.Join(s.bin, "clinic"), append(all, args...)...)
}

// The walk-through of README.md, with real processes.
func TestWalkThrough(t *testing.T) {
	s := newStage(t)
	service := s.serve()
	said, err := s.clinic(t.Context(), "unix", "-write", "100").CombinedOutput()
	require.NoError(t, err, string(said))
	require.Contains(t, string(said), "opened 100 patients\nfound patient 1 by e-mail")
	said, err = s.clinic(t.Context(), "tls", "-write", "100").CombinedOutput()
	require.NoError(t, err, string(said))
	require.Contains(t, string(said), "opened 200 patients\nfound patient 1 by e-mail")

	bare, err := sql.Open("sqlite", s.path("patients.db"))
	require.NoError(t, err)
	defer bare.Close()
	celltest.AssertSealed(t, bare, "siobhan.7@example.com")
	celltest.AssertSealed(t, bare, "Siobhan O'Neill 7")
	require.Contains(t, s.logged(), `"client":"clinic","ring":"cells","path":"t:patients c:default","rows":`)
	require.NotContains(t, s.logged(), `"ring":"cells","path":"t:patients c:default","grain":"subtree"`, "no client ever had the compartment")

	// Somebody else's certificate, and none: the CA's own does not name a client.
	said, err = s.clinic(t.Context(), "tls", "-cert", s.path("service.crt"), "-key", s.path("service.key")).CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(said), "cannot be reached", "a server's certificate is no client's")

	// A slip of the pen changes nothing; taking the client out does.
	policy, err := os.ReadFile(s.path("policy.json"))
	require.NoError(t, err)
	s.edit(strings.Replace(string(policy), `"grain"`, `"grian"`, 1), "policy refused")
	said, err = s.clinic(t.Context(), "unix").CombinedOutput()
	require.NoError(t, err, string(said))
	s.edit(`{"cellseal-policy": 1, "clients": []}`, `"keyservice: policy in use"`)
	said, err = s.clinic(t.Context(), "unix").CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(said), "not granted to this process")

	require.NoError(t, service.Process.Signal(syscall.SIGTERM))
	require.NoError(t, service.Wait(), "it ends as it was asked to")
}

// edit replaces the policy and waits until the service has said what it thinks of it.
func (s *stage) edit(text, says string) {
	before := strings.Count(s.logged(), says)
	require.NoError(s.t, os.WriteFile(s.path("next"), []byte(text), 0o600))
	require.NoError(s.t, os.Rename(s.path("next"), s.path("policy.json")))
	require.Eventually(s.t, func() bool { return strings.Count(s.logged(), says) > before }, 30*time.Second, 10*time.Millisecond)
}

// The service is killed again and again in the middle of writes. Every row that the clinic says is
// written is there and opens, once. CELLSEAL_TEST_KILLS says how often, 5 times by default.
func TestKilledInTheMiddleOfWrites(t *testing.T) {
	s := newStage(t)
	kills := 5
	if n, err := strconv.Atoi(os.Getenv("CELLSEAL_TEST_KILLS")); err == nil {
		kills = n
	}
	service := s.serve()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	writer := s.clinic(ctx, "tls", "-write", "100000000")
	pipe, err := writer.StdoutPipe()
	require.NoError(t, err)
	var trouble bytes.Buffer
	writer.Stderr = &trouble
	require.NoError(t, writer.Start())
	written := make(chan int, 1<<20)
	go func() {
		defer close(written)
		for lines := bufio.NewScanner(pipe); lines.Scan(); {
			if id, ok := strings.CutPrefix(lines.Text(), "written "); ok {
				n, _ := strconv.Atoi(id)
				written <- n
			}
		}
	}()
	last := 0
	await := func() {
		select {
		case n, ok := <-written:
			require.True(t, ok, trouble.String())
			last = n
		case <-time.After(60 * time.Second):
			t.Fatal("nothing is written any more: ", trouble.String())
		}
	}
	for range kills {
		for range 1 + rand.IntN(5) {
			await()
		}
		time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)
		require.NoError(t, service.Process.Kill())
		_ = service.Wait()
		for len(written) > 0 {
			await()
		}
		service = s.serve()
	}
	await()
	require.NoError(t, writer.Process.Kill()) // the application too
	for n := range written {
		last = n
	}
	_ = writer.Wait()
	said, err := s.clinic(t.Context(), "unix").CombinedOutput()
	require.NoError(t, err, string(said))
	var opened int
	_, err = fmt.Sscanf(string(said), "opened %d patients", &opened)
	require.NoError(t, err)
	t.Logf("%d kills, %d rows said to be written, %d opened", kills, last, opened)
	require.GreaterOrEqual(t, opened, last)
	require.LessOrEqual(t, opened, last+1, "at most one was written and not said")
}
