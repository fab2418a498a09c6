package segment_test

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/segment"
)

// childVariable tells the test binary that it is the process to be killed, and all it needs.
const childVariable = "CELLSEAL_SEGMENT_CHILD"

type child struct {
	testdb.Address
	Cells, Index []byte // keysets
	Seed         uint64
}

const journaled = 30 // documents

// life has a short lease and grace: a killed maintainer is followed soon.
func life() *segment.Options {
	return &segment.Options{FlushRows: 15, FlushAge: 30 * time.Millisecond, Fanout: 3, Lease: 60 * time.Millisecond, Grace: 400 * time.Millisecond}
}

// journalKeys are the keys of a document that was written n times; none if the n-th removed it.
func journalKeys(d, n int) []int {
	if n == 0 || n%7 == 6 {
		return nil
	}
	keys := []int{d % 5, 100 + n%20, 200 + d*3 + n%3}
	for i := range n % 30 {
		keys = append(keys, 1000+d*40+i)
	}
	return keys
}

func TestKilledAnywhere(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		ring := newRing(t)
		o := life()
		x := newIndex(t, newStore(t, db, o), ring, shape)
		db.Run(t, "CREATE TABLE journal (id "+db.Types.Int+" PRIMARY KEY, n "+db.Types.Int+")")
		for d := range journaled {
			db.Run(t, "INSERT INTO journal VALUES (?, 0)", d)
		}
		c := child{Address: db.Address(), Cells: handle(t, ring.CellKeys()), Index: handle(t, ring.IndexKeys())}
		kills := 15
		if n := steps(50); n > 50 {
			kills = n // CELLSEAL_TEST_STEPS=4: 200
		}
		r := rand.New(rand.NewPCG(5, 5))
		total, life := 0, 200*time.Millisecond
		for n := 0; n < kills || total <= kills && n < 3*kills; n++ {
			if n >= kills { // on a machine with much else to do it has hardly written anything
				life = 2 * time.Second
			}
			c.Seed = uint64(n)
			c.liveFor(t, time.Duration(r.Int64N(int64(life))))
			asJournaled(t, db, x)
			db.Scan(t, "SELECT SUM(n) FROM journal", nil, &total)
		}
		require.Greater(t, total, kills, "or this test shows nothing")
		settle(t, db, x, o)
		asJournaled(t, db, x)
	})
}

func handle(t *testing.T, ks *keys.Keyset) []byte {
	var b bytes.Buffer
	require.NoError(t, insecurecleartextkeyset.Write(ks.Handle(), keyset.NewJSONWriter(&b)))
	return b.Bytes()
}

// liveFor starts the process, and kills it that long after its first words.
func (c child) liveFor(t *testing.T, d time.Duration) {
	t.Helper()
	spec, err := json.Marshal(c)
	require.NoError(t, err)
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v")
	cmd.Env = append(os.Environ(), childVariable+"="+string(spec))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "alive" {
	}
	time.Sleep(d)
	require.NoError(t, cmd.Process.Kill())
	for lines.Scan() {
		require.NotContains(t, lines.Text(), "FAIL")
	}
	require.Error(t, cmd.Wait(), "it was killed")
}

// TestChild is the process that is killed: two writers and a maintainer.
func TestChild(t *testing.T) {
	spec := os.Getenv(childVariable)
	if spec == "" {
		t.Skip("this is the other process of TestKilledAnywhere")
	}
	var c child
	require.NoError(t, json.Unmarshal([]byte(spec), &c))
	pool, err := sql.Open(c.Driver, c.Here(t))
	require.NoError(t, err)
	db := testdb.DB{DB: pool, Dialect: c.Dialect}
	read := func(b []byte) *keyset.Handle {
		h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(b)))
		require.NoError(t, err)
		return h
	}
	ring, err := keys.NewRingFromHandles(read(c.Cells), read(c.Index))
	require.NoError(t, err)
	x := newIndex(t, segment.NewStore(dialects[c.Dialect], life()), ring, shape)
	go func() {
		_ = segment.Maintain(context.Background(), segment.SQL(pool), &segment.MaintainOptions{Every: time.Millisecond}, x)
	}()
	fmt.Println("alive")
	for w := range 2 {
		r := rand.New(rand.NewPCG(c.Seed, uint64(w)))
		go func() {
			for {
				if err := journal(db, x, r.IntN(journaled/2)*2+w); err != nil {
					fmt.Println("FAIL", err)
				}
			}
		}()
	}
	select {}
}

// journal writes a document once more, and in the same transaction how often that was.
func journal(db testdb.DB, x *segment.Index, d int) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.Exec(db.SQL("UPDATE journal SET n = n + 1 WHERE id = ?"), d); err != nil {
		return err
	}
	var n int
	if err := tx.QueryRow(db.SQL("SELECT n FROM journal WHERE id = ?"), d).Scan(&n); err != nil {
		return err
	}
	var list [][]byte
	for _, k := range journalKeys(d, n) {
		list = append(list, key(k))
	}
	op := segment.Replaced
	switch {
	case list == nil:
		op = segment.Removed
	case n == 1 || n%7 == 0:
		op = segment.Added // it was not there
	}
	if err := x.Write(ctx, segment.SQLTx(tx), op, doc(d), list); err != nil {
		return err
	}
	return tx.Commit()
}

// asJournaled compares all that the index holds with the journal. A server may still be about to commit what the
// killed process sent last: the two are of one moment if the journal is the same before and after.
func asJournaled(t *testing.T, db testdb.DB, x *segment.Index) {
	t.Helper()
	c := segment.SQL(db.DB)
	read := func() [][]any {
		rows, err := c.Query(ctx, "SELECT id, n FROM journal ORDER BY id")
		require.NoError(t, err)
		return rows
	}
	for before := read(); ; {
		entries, err := view(t, x, c).Scan(nil, nil, false, nil).Next(ctx, 1<<30)
		require.NoError(t, err)
		after := read()
		if !reflect.DeepEqual(before, after) {
			before = after
			continue
		}
		m, got := model{}, [][2]int{}
		for _, r := range after {
			if list := journalKeys(int(r[0].(int64)), int(r[1].(int64))); list != nil {
				m[int(r[0].(int64))] = list
			}
		}
		for _, e := range entries {
			got = append(got, [2]int{number(e.Key), number(e.Doc)})
		}
		require.Equal(t, m.between(0, math.MaxInt), got)
		break
	}
	faults, err := x.Verify(ctx, c)
	require.NoError(t, err)
	require.Empty(t, faults)
}
