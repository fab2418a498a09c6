package conformance

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search/segment"
)

// memberVariable tells the test binary that it is a process to be killed, and all it needs.
const memberVariable = "CELLSEAL_CONFORMANCE_MEMBER"

// killedSettle is how long transactions of processes that are killed may take: short, so that some take a profile.
const killedSettle = 2 * time.Second

// A member is a process of writers, a searcher and a maintainer, behind a door of its own.
type member struct {
	testdb.Address
	First int // of its writers
	Seed  uint64

	cmd  *exec.Cmd
	told chan string // what it wrote; closed when it is dead
}

// TestKilledCrowd kills one of two processes at any moment, again and again, while the other goes on, and
// compares all there is. CELLSEAL_TEST_STEPS=40 makes it 200 kills, and two in the end.
func TestKilledCrowd(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := newCrowd(t, db)
		tell := func(problem string) { t.Error(problem) }
		warm := w.crowd(t, tell)
		warm.settle = killedSettle
		var members [2]*member
		t.Cleanup(func() {
			for _, m := range members {
				m.cmd.Process.Kill()
			}
		})
		for i := range members {
			members[i] = w.member(t, 4*i, uint64(i))
		}
		r := seeded(31, 37)
		g := &asker{r, db.Dialect}
		kills := steps(5)
		for n := range kills {
			time.Sleep(time.Duration(r.IntN(250)) * time.Millisecond)
			i := r.IntN(len(members))
			members[i].kill(t)
			cold := w.crowd(t, tell)
			cold.settle = killedSettle
			for _, o := range []*crowd{cold, warm} {
				o.compare(t, g, 12)
			}
			cold.verified(t)
			cold.DB.Close()
			require.False(t, t.Failed(), "after kill %d", n)
			if n%25 == 24 {
				t.Logf("%d kills", n+1)
			}
			members[i] = w.member(t, 4*i, uint64(n+2))
		}
		for _, m := range members {
			m.kill(t)
		}
		changes := int64(0)
		for _, x := range warm.lists(t) {
			stats, err := x.Stats(ctx, segment.SQL(warm.DB.DB))
			require.NoError(t, err)
			changes += stats.Version
		}
		t.Logf("%d kills; %d questions with %d rows; manifests changed %d times", kills+2, warm.asked.Load(), warm.rows.Load(), changes)
		require.NotZero(t, changes, "or this test shows nothing")
		warm.settled(t)
	})
}

// member starts a process, and waits until it lives.
func (w *world) member(t testing.TB, first int, seed uint64) *member {
	t.Helper()
	m := &member{Address: w.Address(), First: first, Seed: seed, told: make(chan string, 1000)}
	spec, err := json.Marshal(m)
	require.NoError(t, err)
	m.cmd = exec.Command(os.Args[0], "-test.run=^TestMember$", "-test.v")
	m.cmd.Env = append(os.Environ(), memberVariable+"="+string(spec))
	m.cmd.Stderr = os.Stderr
	out, err := m.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, m.cmd.Start())
	alive := make(chan bool, 1)
	go func() {
		defer close(m.told)
		defer close(alive)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			switch text := lines.Text(); {
			case text == "alive":
				alive <- true
			case strings.Contains(text, "FAIL"):
				m.told <- text
			}
		}
	}()
	require.True(t, <-alive)
	return m
}

// kill kills it; it is to have had nothing to complain of.
func (m *member) kill(t testing.TB) {
	t.Helper()
	require.NoError(t, m.cmd.Process.Kill())
	for text := range m.told {
		t.Error(text)
	}
	require.Error(t, m.cmd.Wait(), "it was killed")
}

// TestMember is a process that is killed.
func TestMember(t *testing.T) {
	spec := os.Getenv(memberVariable)
	if spec == "" {
		t.Skip("this is the other process of TestKilledCrowd")
	}
	var m member
	require.NoError(t, json.Unmarshal([]byte(spec), &m))
	o := &crowd{DB: testdb.DB{Dialect: m.Dialect}, live: keys.NewLive(celltest.Rotated(t), nil), settle: killedSettle, tell: func(problem string) { fmt.Println("FAIL", problem) }}
	var err error
	o.DB.DB, err = sqlcell.Open(m.Driver, m.Here(t), newSchema(t, crowdTables()...), o.live, dialects[m.Dialect], busy(o.noted))
	require.NoError(t, err)
	asker := func(n int) *asker { return &asker{seeded(m.Seed, uint64(n)), m.Dialect} }
	for n := range 3 {
		go o.write(asker(n), m.First+n)
	}
	go o.search(asker(4))
	go o.maintain(ctx, asker(5).Rand)
	go o.rotate(ctx, asker(7).Rand, []*keys.Ring{celltest.Rotated(t), promotedBack(t)})
	if m.First == 0 {
		go o.profiled(ctx, asker(6).Rand)
	}
	fmt.Println("alive")
	select {}
}
