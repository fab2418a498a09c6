package keyservice_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/keyservice"
	"github.com/cellseal/cellseal/search"
)

// What one side seals the other opens: the client's keys are the ring's.
func TestSubtreesAreTheRings(t *testing.T) {
	transports(t, clientFile(allOfPatients), func(t *testing.T, s *service, dial func(keyservice.ClientOptions) *keyservice.Client) {
		c, id := dial(keyservice.ClientOptions{}), cell.RowID(cell.BindInt("id", 7))
		there, err := c.Cells(t.Context(), patients, medical)
		require.NoError(t, err)
		here, err := s.live.Cells(t.Context(), patients, medical)
		require.NoError(t, err)
		sealed := cell.NewRow(there, id).Seal("patients.email", []byte("siobhan"))
		opened, err := cell.NewRow(here, id).Open("patients.email", sealed)
		require.NoError(t, err)
		require.Equal(t, "siobhan", string(opened))
		require.Equal(t, here.PrimaryID(), there.PrimaryID())

		x, err := c.Index(t.Context(), patients, email)
		require.NoError(t, err)
		y, err := s.live.Index(t.Context(), patients, email)
		require.NoError(t, err)
		term := func(d *keys.Derived) []byte {
			term, err := search.NewIndex(d, search.Options{Unique: true}).Term("siobhan")
			require.NoError(t, err)
			return term
		}
		require.Equal(t, term(y), term(x))

		table, err := c.Cells(t.Context(), patients) // what a rule covers may be granted on
		require.NoError(t, err)
		require.Equal(t, cell.NewRow(here, id).PrimaryID(), cell.NewRow(table.Derive(medical), id).PrimaryID())

		var denied *keys.DeniedError
		_, err = c.Cells(t.Context(), keys.Scope("tenant", "jane@example.com"), keys.Table("orders"))
		require.ErrorAs(t, err, &denied)
		require.Equal(t, keys.DeniedError{Path: "s:tenant t:orders", Capability: "cells"}, *denied)
		_, err = c.Cells(t.Context())
		require.ErrorAs(t, err, &denied, "the whole ring")
		asked := s.asked.Load()
		_, err = c.Cells(t.Context(), "patients")
		require.ErrorContains(t, err, "label without its letter")
		_, err = c.Cells(t.Context(), patients, medical)
		require.NoError(t, err)
		require.Equal(t, asked, s.asked.Load(), "nonsense is not asked for, and what is held is not asked for again")
	})
}

// At row grain a client has rows and never what they come from.
func TestRowGrain(t *testing.T) {
	transports(t, clientFile(rowsOfMedical), func(t *testing.T, s *service, dial func(keyservice.ClientOptions) *keyservice.Client) {
		c := dial(keyservice.ClientOptions{})
		path := []keys.Label{patients, medical}
		_, err := c.Cells(t.Context(), path...)
		var only *keys.RowsOnlyError
		require.ErrorAs(t, err, &only)
		require.Equal(t, "t:patients c:medical", only.Path)
		require.ErrorAs(t, second(c.Cells(t.Context(), patients)), new(*keys.DeniedError), "above it there is nothing")
		require.ErrorAs(t, second(c.Index(t.Context(), patients, email)), new(*keys.DeniedError))

		var ids [][]byte
		for i := range 1000 {
			ids = append(ids, cell.RowID(cell.BindInt("id", int64(i+1))))
		}
		asked := s.asked.Load()
		found, err := c.Rows(t.Context(), path, append(ids, ids[:10]...))
		require.NoError(t, err)
		require.Equal(t, asked+1, s.asked.Load(), "one round trip, and each row once")
		require.Len(t, found, 1010)
		require.Same(t, found[3], found[1003])

		here, err := s.live.Cells(t.Context(), path...)
		require.NoError(t, err)
		for i, k := range found {
			mine, rings := cell.NewRowOf(k), cell.NewRow(here, ids[i%1000])
			opened, err := mine.Open("patients.email", rings.Seal("patients.email", []byte("a")))
			require.NoError(t, err)
			require.Equal(t, "a", string(opened))
			_, err = mine.Open("patients.email", cell.NewRow(here, ids[(i+1)%1000]).Seal("patients.email", []byte("a")))
			require.ErrorIs(t, err, cell.ErrDecrypt, "another row")
		}
		_, err = c.Rows(t.Context(), path, ids)
		require.NoError(t, err)
		require.Equal(t, asked+1, s.asked.Load(), "they are held")

		_, err = c.Rows(t.Context(), []keys.Label{patients, keys.Compartment("default")}, ids[:1])
		require.ErrorAs(t, err, new(*keys.DeniedError))
		for name, bad := range map[string]func() error{
			"no compartment": func() error { return second(c.Rows(t.Context(), path[:1], ids)) },
			"no label":       func() error { return second(c.Rows(t.Context(), []keys.Label{"x"}, ids)) },
			"an empty row":   func() error { return second(c.Rows(t.Context(), path, [][]byte{{}})) },
			"a long row":     func() error { return second(c.Rows(t.Context(), path, [][]byte{make([]byte, 4097)})) },
		} {
			require.ErrorContains(t, bad(), "cellseal/keyservice: ", name)
		}
		require.Equal(t, asked+2, s.asked.Load(), "and are not asked for")
	})
}

func second[T any](_ T, err error) error { return err }

// Batches larger than a request are cut; rows whose identities are long, too.
func TestLargeBatchesAreCut(t *testing.T) {
	s := newService(t, clientFile(rowsOfMedical))
	c := s.unix(keyservice.ClientOptions{MaxRows: 100})
	var ids [][]byte
	for i := range 2500 {
		ids = append(ids, fmt.Appendf(nil, "%0*d", 1+i%2*1000, i))
	}
	found, err := c.Rows(t.Context(), []keys.Label{patients, medical}, ids)
	require.NoError(t, err)
	here, err := s.live.Cells(t.Context(), patients, medical)
	require.NoError(t, err)
	for i := range ids {
		_, err := cell.NewRowOf(found[i]).Open("x", cell.NewRow(here, ids[i]).Seal("x", nil))
		require.NoError(t, err)
	}
	require.Equal(t, int64(3), s.asked.Load())
	_, rows := c.Held()
	require.Equal(t, 100, rows, "no more is kept than was said")
}

// A thousand goroutines that need one place ask once.
func TestSingleFlight(t *testing.T) {
	s := newService(t, clientFile(allOfPatients+","+rowsOfMedical))
	c := s.unix(keyservice.ClientOptions{})
	var wg sync.WaitGroup
	for range 1000 {
		wg.Go(func() {
			_, err := c.Cells(context.Background(), patients, medical)
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.LessOrEqual(t, s.asked.Load(), int64(3), "those who come after an answer find it in memory")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.Index(ctx, patients, email)
	require.ErrorIs(t, err, context.Canceled)
	require.Eventually(t, func() bool { held, _ := c.Held(); return held == 2 }, 5*time.Second, time.Millisecond, "what others may wait for goes on")
}

func TestTimesAndUses(t *testing.T) {
	s := newService(t, clientFile(allOfPatients+`,{"path": ["t:orders"], "can": ["seal", "open"], "grain": "row"}`))
	c := s.unix(keyservice.ClientOptions{SubtreeUses: 3, RowUses: 2, MaxSubtrees: 2})
	orders, ids := []keys.Label{keys.Table("orders"), keys.Compartment("default")}, [][]byte{[]byte("1")}
	for range 3 {
		for range 3 {
			require.NoError(t, second(c.Cells(t.Context(), patients, medical)))
		}
	}
	require.Equal(t, int64(3), s.asked.Load())
	for range 3 {
		for range 2 {
			require.NoError(t, second(c.Rows(t.Context(), orders, ids)))
		}
	}
	require.Equal(t, int64(6), s.asked.Load())
	for i := range 5 {
		require.NoError(t, second(c.Cells(t.Context(), patients, keys.Compartment(fmt.Sprint("c", i)))))
	}
	subtrees, _ := c.Held()
	require.Equal(t, 2, subtrees)

	c = s.unix(keyservice.ClientOptions{SubtreeTTL: 20 * time.Millisecond, RowTTL: 20 * time.Millisecond, Poll: 10 * time.Millisecond})
	require.NoError(t, second(c.Cells(t.Context(), patients, medical)))
	require.NoError(t, second(c.Rows(t.Context(), orders, ids)))
	require.Eventually(t, func() bool { a, b := c.Held(); return a == 0 && b == 0 }, 5*time.Second, time.Millisecond)
}

// The service may grant a shorter time than the client would like.
func TestThePolicyBoundsTheTime(t *testing.T) {
	text := `{"cellseal-policy":1,"clients":[{"name":"a","identities":["dns:billing.test"],"rate":{"rows_per_second":9,"burst":9},"keep_seconds":1,"rules":[` + allOfPatients + `]}]}`
	s := newService(t, text)
	c := s.tls("billing.test", keyservice.ClientOptions{SubtreeTTL: time.Hour, Poll: time.Hour})
	require.NoError(t, second(c.Cells(t.Context(), patients, medical)))
	require.Eventually(t, func() bool { a, _ := c.Held(); return a == 0 }, 5*time.Second, 10*time.Millisecond)
}

func TestRates(t *testing.T) {
	s := newService(t, policyOf(client("billing", `"dns:billing.test"`, 10, 20, rowsOfMedical)+","+client("other", `"dns:other.test"`, 10, 20, rowsOfMedical)))
	c, path := s.tls("billing.test", keyservice.ClientOptions{}), []keys.Label{patients, medical}
	ids := func(from, n int) (ids [][]byte) {
		for i := range n {
			ids = append(ids, fmt.Appendf(nil, "%d", from+i))
		}
		return ids
	}
	var limited *keyservice.RateError
	require.ErrorAs(t, second(c.Rows(t.Context(), path, ids(0, 21))), &limited)
	require.Equal(t, keyservice.RateError{Most: 20}, *limited, "never so many at once")
	require.NoError(t, second(c.Rows(t.Context(), path, ids(0, 20))))
	require.ErrorAs(t, second(c.Rows(t.Context(), path, ids(20, 10))), &limited)
	require.Greater(t, limited.RetryAfter, 100*time.Millisecond)
	require.LessOrEqual(t, limited.RetryAfter, 1001*time.Millisecond)
	require.ErrorContains(t, limited, "ask again in")
	require.NoError(t, second(c.Rows(t.Context(), path, ids(0, 20))), "what is in memory costs nothing")
	require.NoError(t, second(s.tls("other.test", keyservice.ClientOptions{}).Rows(t.Context(), path, ids(0, 20))), "others are not bothered")

	// An edit of the policy is no gift of a full bucket.
	s.handler.SetPolicy(parse(t, policyOf(client("billing", `"dns:billing.test"`, 10, 21, rowsOfMedical))))
	require.ErrorAs(t, second(c.Rows(t.Context(), path, ids(100, 20))), &limited)
	require.NotZero(t, limited.RetryAfter)
	time.Sleep(limited.RetryAfter)
	require.NoError(t, second(c.Rows(t.Context(), path, ids(100, 20))))
}

// Keys that were rotated are met sooner or later: by the poll, or by a cell.
func TestRotation(t *testing.T) {
	transports(t, clientFile(allOfPatients), func(t *testing.T, s *service, dial func(keyservice.ClientOptions) *keyservice.Client) {
		c := dial(keyservice.ClientOptions{Poll: time.Hour})
		was, err := c.Cells(t.Context(), patients, medical)
		require.NoError(t, err)
		cells, id, err := s.live.Ring().CellKeys().Add()
		require.NoError(t, err)
		require.ErrorAs(t, c.Reload(t.Context(), id), new(*keys.UnknownKeyError))
		cells, err = cells.Promote(id)
		require.NoError(t, err)
		ring, err := s.live.Ring().WithCellKeys(cells)
		require.NoError(t, err)
		s.live.Swap(ring)
		require.Eventually(t, func() bool { return c.Reload(t.Context(), id) == nil }, 5*time.Second, 50*time.Millisecond, "after the pause")
		now, err := c.Cells(t.Context(), patients, medical)
		require.NoError(t, err)
		require.NotEqual(t, was.PrimaryID(), now.PrimaryID())
		require.Equal(t, id, now.PrimaryID())
		require.NoError(t, c.Reload(t.Context(), id))

		polls := dial(keyservice.ClientOptions{Poll: 10 * time.Millisecond})
		require.NoError(t, second(polls.Cells(t.Context(), patients, medical)))
		cells, err = cells.Promote(was.PrimaryID())
		require.NoError(t, err)
		ring, err = ring.WithCellKeys(cells)
		require.NoError(t, err)
		s.live.Swap(ring)
		require.Eventually(t, func() bool {
			d, err := polls.Cells(t.Context(), patients, medical)
			return err == nil && d.PrimaryID() == was.PrimaryID()
		}, 5*time.Second, time.Millisecond)
	})
}

func TestMisuse(t *testing.T) {
	require.PanicsWithValue(t, "cellseal/keyservice: zero Client; use NewClient", func() { new(keyservice.Client).Cells(t.Context()) })
	require.PanicsWithValue(t, "cellseal/keyservice: nil keys.Source", func() { keyservice.NewHandler(nil, nil, nil) })
	ring, err := keys.NewRing()
	require.NoError(t, err)
	require.PanicsWithValue(t, "cellseal/keyservice: zero Policy; use ParsePolicy", func() { keyservice.NewHandler(ring, nil, nil) })
	for _, address := range []string{"", "keys.internal:7443", "http://keys.internal", "https://", "https://x/path", "unix:", "unix://host/path", "ftp://x", "%"} {
		_, err := keyservice.NewClient(address, nil)
		require.ErrorContains(t, err, "cellseal/keyservice: address", address)
	}
	_, err = keyservice.NewClient("https://keys.internal", nil)
	require.ErrorContains(t, err, "ClientTLS", "nobody in particular is no one to ask for keys")
	s := newService(t, clientFile(allOfPatients))
	c := s.unix(keyservice.ClientOptions{})
	require.NoError(t, c.Close())
	_, err = c.Cells(t.Context(), patients)
	var gone *keyservice.UnavailableError
	require.ErrorAs(t, err, &gone)
	require.True(t, errors.Unwrap(gone) != nil)
	require.NoError(t, c.Close(), "twice")
}
