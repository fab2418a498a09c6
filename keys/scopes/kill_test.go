package scopes_test

import (
	"bufio"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/scopes"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// victimVariable tells the test binary that it is a process to be killed, and where it works.
const victimVariable = "CELLSEAL_SCOPES_VICTIM"

type place struct{ Dialect, Driver, DSN, Database, Round string }

// TestKilled kills a process that creates, uses and shreds scopes, at any moment. CELLSEAL_TEST_STEPS=40 makes it 200
// kills on each database.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	kills := 5
	if factor, err := strconv.Atoi(os.Getenv("CELLSEAL_TEST_STEPS")); err == nil {
		kills *= factor
	}
	each(t, func(t *testing.T, db testdb.DB) {
		at := place{Dialect: db.Dialect, Driver: db.Driver, DSN: db.DSN}
		if db.Dialect == testdb.Postgres {
			db.Scan(t, "SELECT current_database()", nil, &at.Database)
		}
		ring := celltest.Rotated(t)
		r := rand.New(rand.NewPCG(3, 5))
		shared, shredded, alive := pool(t, db), 0, 0
		for round := range kills {
			at.Round = fmt.Sprint(round)
			said := at.run(t, time.Duration(r.IntN(150))*time.Millisecond)
			fresh := scopes.New(shared, dialects[db.Dialect], ring, &scopes.Options{Kinds: []string{"tenant"}})
			shredder := scopes.NewShredder(shared, dialects[db.Dialect], "dpo, ticket 4711", fresh)
			for scope, last := range said {
				label := keys.Scope("tenant", scope)
				switch what, sealed, _ := strings.Cut(last, " "); what {
				case "sealed": // and perhaps shredded since, or about to be
					cell, err := hex.DecodeString(sealed)
					require.NoError(t, err)
					if err := open(fresh, label, cell); !errors.As(err, new(*keys.DestroyedError)) {
						require.NoError(t, err)
						alive++
					}
				case "shredded":
					destroyed(t, fresh, label)
					shredded++
				}
				// Whatever state it was left in, it can be gone on with.
				err := fresh.Create(ctx, label)
				if !errors.As(err, new(*keys.DestroyedError)) {
					require.NoError(t, err)
					_, err = shredder.Shred(ctx, label)
					require.NoError(t, err)
				}
				destroyed(t, fresh, label)
			}
		}
		t.Logf("%d kills: %d scopes were shredded, %d were alive", kills, shredded, alive)
		require.NotZero(t, shredded+alive)
	})
}

// run starts a victim, kills it after it has worked for a while, and returns what it said last of each scope.
func (at place) run(t *testing.T, after time.Duration) map[string]string {
	t.Helper()
	spec, err := json.Marshal(at)
	require.NoError(t, err)
	cmd := exec.Command(os.Args[0], "-test.run=^TestVictim$", "-test.v")
	cmd.Env = append(os.Environ(), victimVariable+"="+string(spec))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	defer cmd.Wait()
	said := map[string]string{}
	started := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		require.NotContains(t, lines.Text(), "FAIL")
		scope, what, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "victim: "), ": ")
		if !ok || !strings.HasPrefix(lines.Text(), "victim: ") {
			continue
		}
		said[scope] = what
		if !started {
			started = true
			time.AfterFunc(after, func() { cmd.Process.Kill() })
		}
	}
	require.True(t, started)
	return said
}

// TestVictim is the process that is killed.
func TestVictim(t *testing.T) {
	var at place
	if json.Unmarshal([]byte(os.Getenv(victimVariable)), &at) != nil {
		t.Skip("is run by TestKilled")
	}
	if at.Database != "" {
		config, err := pgx.ParseConfig(os.Getenv(testdb.PostgresVariable))
		require.NoError(t, err)
		config.Database = at.Database
		at.DSN = stdlib.RegisterConnConfig(config)
	}
	db, err := sql.Open(at.Driver, at.DSN)
	require.NoError(t, err)
	ring := celltest.Rotated(t)
	s := scopes.New(db, dialects[at.Dialect], ring, &scopes.Options{Kinds: []string{"tenant"}, CreateOnUse: true})
	shredder := scopes.NewShredder(db, dialects[at.Dialect], "victim", s)
	for n := 0; ; n++ {
		name := at.Round + "-" + fmt.Sprint(n)
		scope := keys.Scope("tenant", name)
		if n%2 == 0 {
			require.NoError(t, s.Create(ctx, scope))
		}
		sealed, _ := seal(t, s, scope)
		fmt.Printf("victim: %s: sealed %x\n", name, sealed)
		if n%3 > 0 {
			_, err := shredder.Shred(ctx, scope)
			require.NoError(t, err)
			fmt.Printf("victim: %s: shredded\n", name)
		}
	}
}
