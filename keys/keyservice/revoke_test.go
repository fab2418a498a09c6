package keyservice_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/keyservice"
)

const bothGrains = `{"path": ["t:patients", "c:medical"], "can": ["seal", "open"], "grain": "row"},
	{"path": ["t:patients", "c:default"], "can": ["seal", "open"], "grain": "subtree"}`

// A client that the file no longer names is refused within 5 s, though it keeps asking for what
// it has in memory: rows and subtrees are gone. The default times are what is tested.
func TestRevokedWithinFiveSeconds(t *testing.T) {
	transports(t, clientFile(bothGrains), func(t *testing.T, s *service, dial func(keyservice.ClientOptions) *keyservice.Client) {
		file := filepath.Join(t.TempDir(), "policy.json")
		require.NoError(t, os.WriteFile(file, []byte(clientFile(bothGrains)), 0o600))
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		go s.handler.FollowPolicy(ctx, file)
		c := dial(keyservice.ClientOptions{RowTTL: time.Hour, SubtreeTTL: time.Hour})
		rows := func() error {
			return second(c.Rows(ctx, []keys.Label{patients, medical}, [][]byte{[]byte("1"), []byte("2")}))
		}
		subtree := func() error { return second(c.Cells(ctx, patients, keys.Compartment("default"))) }
		require.NoError(t, rows())
		require.NoError(t, subtree())
		a, b := c.Held()
		require.Equal(t, []int{1, 2}, []int{a, b})

		// A slip of the pen changes nothing.
		require.NoError(t, os.WriteFile(file, []byte(strings.Replace(clientFile(bothGrains), `"rules"`, `"rulez"`, 1)), 0o600))
		require.Eventually(t, func() bool {
			return strings.Contains(s.log.String(), "policy refused; the one in use stays")
		}, 10*time.Second, 10*time.Millisecond)
		require.NoError(t, rows())
		require.NoError(t, second(c.Rows(ctx, []keys.Label{patients, medical}, [][]byte{[]byte("3")})), "nor for what is asked for")

		require.NoError(t, os.WriteFile(file, []byte(policyOf(client("other", `"dns:other.test"`, 1, 1, allOfPatients))), 0o600))
		revoked := time.Now()
		var refused time.Duration
		for rows() == nil || subtree() == nil {
			require.Less(t, time.Since(revoked), 20*time.Second)
			time.Sleep(10 * time.Millisecond)
		}
		refused = time.Since(revoked)
		t.Logf("refused after %v", refused.Round(10*time.Millisecond))
		require.Less(t, refused, 5*time.Second)
		require.ErrorAs(t, rows(), new(*keys.DeniedError))
		require.ErrorAs(t, subtree(), new(*keys.DeniedError))
		a, b = c.Held()
		require.Equal(t, []int{0, 0}, []int{a, b}, "nothing is left in memory")
	})
}

// Less than all may be taken away too.
func TestAnEditTakesEffect(t *testing.T) {
	s := newService(t, clientFile(bothGrains))
	c := s.unix(keyservice.ClientOptions{Poll: 10 * time.Millisecond})
	path := []keys.Label{patients, medical}
	require.NoError(t, second(c.Rows(t.Context(), path, [][]byte{[]byte("1")})))
	s.handler.SetPolicy(parse(t, clientFile(strings.Replace(bothGrains, "c:medical", "c:other", 1))))
	require.Eventually(t, func() bool {
		return errors.As(second(c.Rows(t.Context(), path, [][]byte{[]byte("1")})), new(*keys.DeniedError))
	}, 5*time.Second, time.Millisecond)
	require.NoError(t, second(c.Cells(t.Context(), patients, keys.Compartment("default"))))
}

// While the service is away, what is in memory goes on, all else fails at once, and when
// it is back nobody has to do anything.
func TestServiceAway(t *testing.T) {
	transports(t, clientFile(bothGrains), func(t *testing.T, s *service, dial func(keyservice.ClientOptions) *keyservice.Client) {
		c := dial(keyservice.ClientOptions{})
		held, err := c.Cells(t.Context(), patients, keys.Compartment("default"))
		require.NoError(t, err)
		require.NoError(t, second(c.Rows(t.Context(), []keys.Label{patients, medical}, [][]byte{[]byte("1")})))
		s.stop()
		start := time.Now()
		for range 1000 {
			again, err := c.Cells(t.Context(), patients, keys.Compartment("default"))
			require.NoError(t, err)
			require.Same(t, held, again)
			require.NoError(t, second(c.Rows(t.Context(), []keys.Label{patients, medical}, [][]byte{[]byte("1")})))
			var gone *keyservice.UnavailableError
			require.ErrorAs(t, second(c.Rows(t.Context(), []keys.Label{patients, medical}, [][]byte{[]byte("2")})), &gone)
			require.ErrorAs(t, second(c.Cells(t.Context(), patients, keys.Compartment("other"))), &gone)
		}
		require.Less(t, time.Since(start), 10*time.Second, "two thousand failures")
		s.start()
		require.Eventually(t, func() bool {
			return second(c.Rows(t.Context(), []keys.Label{patients, medical}, [][]byte{[]byte("2")})) == nil
		}, 10*time.Second, 10*time.Millisecond)
	})
}

// A service that swallows what it is sent costs one timeout, and not one for each caller.
func TestServiceThatNeverAnswers(t *testing.T) {
	s := newService(t, clientFile(bothGrains))
	s.stop()
	block := make(chan struct{})
	s.handler = keyservice.NewHandler(stuck{s.live, block}, parse(t, clientFile(bothGrains)), nil)
	s.start()
	t.Cleanup(func() { close(block) })
	c := s.unix(keyservice.ClientOptions{Timeout: 300 * time.Millisecond})
	start := time.Now()
	require.ErrorAs(t, second(c.Cells(t.Context(), patients, keys.Compartment("default"))), new(*keyservice.UnavailableError))
	for range 100 {
		require.Error(t, second(c.Cells(t.Context(), patients, keys.Compartment("default"))))
	}
	require.Less(t, time.Since(start), 5*time.Second)
}

type stuck struct {
	keys.Source
	block chan struct{}
}

func (s stuck) Cells(ctx context.Context, path ...keys.Label) (*keys.Derived, error) {
	<-s.block
	return s.Source.Cells(ctx, path...)
}

// A Source in front of the ring sees who asks for which rows.
func TestSourceInFront(t *testing.T) {
	s := newService(t, clientFile(bothGrains))
	s.stop()
	seen := &counting{Source: s.live}
	s.handler = keyservice.NewHandler(seen, parse(t, clientFile(bothGrains)), nil)
	s.start()
	c := s.unix(keyservice.ClientOptions{})
	require.NoError(t, second(c.Rows(t.Context(), []keys.Label{patients, medical}, [][]byte{[]byte("1"), []byte("2")})))
	require.Equal(t, "billing", seen.client)
	require.Equal(t, 2, seen.rows)
	require.Empty(t, keyservice.ClientName(t.Context()))
}

type counting struct {
	keys.Source
	client string
	rows   int
}

// That a scope was destroyed, or never was, crosses the wire at both grains: as an error of its own, and
// never as "rows only".
func TestScopesThatAreNone(t *testing.T) {
	policy := clientFile(`{"path": ["s:patient/*", "t:notes"], "can": ["seal", "open"], "grain": "row"},
		{"path": ["s:tenant/*"], "can": ["seal", "open", "index"], "grain": "subtree"}, {"path": [], "can": ["seal", "open"], "grain": "row"}`)
	s := newService(t, policy)
	s.stop()
	s.handler = keyservice.NewHandler(mortal{s.live}, parse(t, policy), nil)
	s.start()
	c := s.unix(keyservice.ClientOptions{})
	for _, kind := range []string{"patient", "tenant"} {
		path := func(id string) []keys.Label {
			return []keys.Label{keys.Scope(kind, id), keys.Table("notes"), keys.Compartment("default")}
		}
		var gone *keys.DestroyedError
		require.ErrorAs(t, second(c.Cells(t.Context(), path("dead")...)), &gone)
		require.Equal(t, keys.Scope(kind, "dead"), gone.Scope)
		require.ErrorAs(t, second(c.Rows(t.Context(), path("dead"), [][]byte{{1}})), &gone)
		require.ErrorAs(t, second(c.Cells(t.Context(), path("unborn")...)), new(*keys.UnknownScopeError))
		require.ErrorAs(t, second(c.Rows(t.Context(), path("unborn"), [][]byte{{1}})), new(*keys.UnknownScopeError))
		require.NoError(t, second(c.Rows(t.Context(), path("7"), [][]byte{{1}})))
	}
	require.ErrorAs(t, second(c.Cells(t.Context())), new(*keys.RowsOnlyError), "the ring itself")
}

// mortal is a Source whose scopes may be gone, as keys/scopes has them.
type mortal struct{ keys.Source }

func (s mortal) Cells(ctx context.Context, path ...keys.Label) (*keys.Derived, error) {
	if len(path) > 0 && strings.HasSuffix(string(path[0]), "/dead") {
		return nil, &keys.DestroyedError{Scope: path[0]}
	}
	if len(path) > 0 && strings.HasSuffix(string(path[0]), "/unborn") {
		return nil, &keys.UnknownScopeError{Scope: path[0]}
	}
	return s.Source.Cells(ctx, path...)
}

func (s *counting) Rows(ctx context.Context, path []keys.Label, rows [][]byte) ([]*keys.RowKeys, error) {
	s.client, s.rows = keyservice.ClientName(ctx), s.rows+len(rows)
	d, err := s.Cells(ctx, path...)
	if err != nil {
		return nil, err
	}
	var found []*keys.RowKeys
	for _, row := range rows {
		found = append(found, d.Row(row))
	}
	return found, nil
}

// A cell sealed from keys that crossed the wire is a cell of the compartment.
func TestImprintsAtRowGrain(t *testing.T) {
	s := newService(t, clientFile(bothGrains))
	id := cell.RowID(cell.BindInt("id", 1))
	found, err := s.unix(keyservice.ClientOptions{}).Rows(t.Context(), []keys.Label{patients, medical}, [][]byte{id})
	require.NoError(t, err)
	here, err := s.live.Cells(t.Context(), patients, medical)
	require.NoError(t, err)
	for _, o := range []*cell.ImprintOptions{nil, {Alphabet: cell.Digits}} {
		mine, err := cell.NewRowOf(found[0]).Imprint("patients.phone", []byte("12345678901234567890"), o)
		require.NoError(t, err)
		rings, err := cell.NewRow(here, id).Imprint("patients.phone", []byte("12345678901234567890"), o)
		require.NoError(t, err)
		require.Equal(t, rings, mine)
	}
}
