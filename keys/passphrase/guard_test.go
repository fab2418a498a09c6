package passphrase_test

import (
	"context"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/gcmkek"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/passphrase"
)

var (
	ctx     = context.Background()
	user    = keys.Scope("user", "7")
	another = keys.Scope("user", "8")
	inUser  = []keys.Label{user, keys.Table("notes"), keys.Compartment("default")}
	quick   = passphrase.NewGuard(&passphrase.GuardOptions{Passes: 1, MemoryKiB: 64, Lanes: 1})
)

func newRing(t testing.TB) *keys.Ring {
	t.Helper()
	r, err := keys.NewRing()
	require.NoError(t, err)
	return r
}

func kek(t testing.TB, fill byte) keys.KEK {
	t.Helper()
	k, err := gcmkek.New([]byte(strings.Repeat(string(rune(fill)), 32)))
	require.NoError(t, err)
	return k
}

// sealed seals with a secret, and opens it with another as a function.
func sealed(t testing.TB, source keys.Source, s *passphrase.Secret) (opens func(*passphrase.Secret) error) {
	t.Helper()
	row := func(s *passphrase.Secret) (*cell.Row, error) {
		c := ctx
		if s != nil {
			c = passphrase.WithSecret(ctx, s)
		}
		d, err := source.Cells(c, inUser...)
		if err != nil {
			return nil, err
		}
		return cell.NewRow(d, cell.RowID(cell.BindInt("id", 1))), nil
	}
	r, err := row(s)
	require.NoError(t, err)
	stored := r.Seal("notes.text", []byte("diary"))
	return func(s *passphrase.Secret) error {
		r, err := row(s)
		if err == nil {
			_, err = r.Open("notes.text", stored)
		}
		return err
	}
}

func TestALifeOfASecret(t *testing.T) {
	source := passphrase.NewSource(newRing(t), "user")
	offline, err := hpke.MLKEM768X25519().GenerateKey()
	require.NoError(t, err)
	classic, err := hpke.DHKEM(ecdh.X25519()).GenerateKey()
	require.NoError(t, err)
	secret, stored, err := quick.New(ctx, user, []byte("first"),
		passphrase.Recovery{Name: "service", KEK: kek(t, 'a')}, passphrase.Recovery{Name: "offline", PublicKey: offline.PublicKey()}, passphrase.Recovery{Name: "classic", PublicKey: classic.PublicKey()})
	require.NoError(t, err)
	opens := sealed(t, source, secret)
	var locked *keys.LockedError
	require.ErrorAs(t, opens(nil), &locked, "the service alone cannot")
	require.Equal(t, user, locked.Scope)

	again, renewed, err := quick.Unlock(ctx, user, stored, []byte("first"))
	require.NoError(t, err)
	require.Nil(t, renewed)
	require.NoError(t, opens(again))
	for _, wrong := range []string{"second", "First", "first "} {
		_, _, err := quick.Unlock(ctx, user, stored, []byte(wrong))
		require.Equal(t, passphrase.ErrPassphrase, err)
	}
	_, _, err = quick.Unlock(ctx, another, stored, []byte("first"))
	require.Equal(t, passphrase.ErrPassphrase, err, "it is bound to its scope")

	changed, err := quick.Lock(ctx, again, stored, []byte("second"))
	require.NoError(t, err)
	again, _, err = quick.Unlock(ctx, user, changed, []byte("second"))
	require.NoError(t, err)
	require.NoError(t, opens(again), "nothing was encrypted anew")
	_, _, err = quick.Unlock(ctx, user, changed, []byte("first"))
	require.Equal(t, passphrase.ErrPassphrase, err)

	for name, recover := range map[string]func(scope keys.Label) (*passphrase.Secret, error){
		"service": func(scope keys.Label) (*passphrase.Secret, error) {
			return passphrase.Recover(ctx, scope, changed, "service", kek(t, 'a'))
		},
		"offline": func(scope keys.Label) (*passphrase.Secret, error) {
			return passphrase.RecoverHPKE(scope, changed, "offline", offline)
		},
		"classic": func(scope keys.Label) (*passphrase.Secret, error) {
			return passphrase.RecoverHPKE(scope, changed, "classic", classic)
		},
	} {
		s, err := recover(user)
		require.NoError(t, err, name)
		require.NoError(t, opens(s), name)
		_, err = recover(another)
		require.Equal(t, passphrase.ErrRecovery, err, name)
		reset, err := quick.Lock(ctx, s, changed, []byte("third"))
		require.NoError(t, err)
		s, _, err = quick.Unlock(ctx, user, reset, []byte("third"))
		require.NoError(t, err)
		require.NoError(t, opens(s))
	}
	_, err = passphrase.Recover(ctx, user, changed, "service", kek(t, 'b'))
	require.Equal(t, passphrase.ErrRecovery, err)
	_, err = passphrase.RecoverHPKE(user, changed, "service", classic)
	require.Equal(t, passphrase.ErrRecovery, err)
	_, err = passphrase.RecoverHPKE(user, changed, "classic", offline)
	require.Equal(t, passphrase.ErrRecovery, err)
	_, err = passphrase.Recover(ctx, user, changed, "none", kek(t, 'a'))
	require.ErrorContains(t, err, "no recovery of that name")

	_, mine, err := quick.New(ctx, user, []byte("first"))
	require.NoError(t, err)
	other, _, err := quick.Unlock(ctx, user, mine, []byte("first"))
	require.NoError(t, err)
	require.ErrorIs(t, opens(other), cell.ErrDecrypt, "another secret under the same password")
	require.Less(t, len(mine), 400)
}

func TestParametersGrowAtLogIn(t *testing.T) {
	_, stored, err := quick.New(ctx, user, []byte("pass"))
	require.NoError(t, err)
	slower := passphrase.NewGuard(&passphrase.GuardOptions{Passes: 2, MemoryKiB: 128, Lanes: 1})
	s, renewed, err := slower.Unlock(ctx, user, stored, []byte("pass"))
	require.NoError(t, err)
	require.Contains(t, string(renewed), `"t":2,"m":128`)
	opens := sealed(t, passphrase.NewSource(newRing(t), "user"), s)
	s, again, err := slower.Unlock(ctx, user, renewed, []byte("pass"))
	require.NoError(t, err)
	require.Nil(t, again)
	require.NoError(t, opens(s))
	_, again, err = quick.Unlock(ctx, user, renewed, []byte("pass"))
	require.NoError(t, err)
	require.Nil(t, again, "never less than it was")
}

func TestBadInputOfAGuard(t *testing.T) {
	secret, stored, err := quick.New(ctx, user, []byte("pass"))
	require.NoError(t, err)
	opens := sealed(t, passphrase.NewSource(newRing(t), "user"), secret)
	unlock := func(s string) error {
		_, _, err := quick.Unlock(ctx, user, []byte(s), []byte("pass"))
		return err
	}
	for _, bad := range []string{"", "{}", "null", string(stored) + "x", strings.Replace(string(stored), "cellseal-secret\":1", "cellseal-secret\":2", 1),
		strings.Replace(string(stored), `"wrapped":"`, `"wrapped":"AAAA`, 1), strings.Replace(string(stored), `"wrapped"`, `"other"`, 1), strings.Repeat(" ", 70_000)} {
		require.ErrorContains(t, unlock(bad), "as a Guard stores it")
	}
	for _, cost := range []string{`"t":17,"m":64`, `"t":0,"m":64`, `"t":1,"m":4`, `"t":1,"m":1048577`, `"t":1,"m":524288`} {
		require.Error(t, unlock(strings.Replace(string(stored), `"t":1,"m":64`, cost, 1)), cost)
	}
	for i, c := range stored {
		if bad := []byte(string(stored)); c != 'A' {
			bad[i] = 'A'
			if s, _, err := quick.Unlock(ctx, user, bad, []byte("pass")); err == nil {
				require.NoError(t, opens(s), "byte %d: another secret", i) // JSON and base64 can be written in several ways
			}
		}
	}
	_, _, err = quick.New(ctx, user, nil)
	require.ErrorContains(t, err, "empty password")
	_, _, err = quick.New(ctx, keys.Table("a"), []byte("x"))
	require.ErrorContains(t, err, "no scope")
	for _, r := range []passphrase.Recovery{{}, {Name: "x"}, {KEK: kek(t, 'a')}} {
		_, _, err = quick.New(ctx, user, []byte("x"), r)
		require.ErrorContains(t, err, "Recovery")
	}
	over, cancel := context.WithCancel(ctx)
	cancel()
	one := passphrase.NewGuard(&passphrase.GuardOptions{Parallel: 1, MemoryKiB: 64 << 10})
	var group sync.WaitGroup
	for range 4 { // of which one waits, and may give up
		group.Go(func() {
			if _, _, err := one.New(over, user, []byte("x")); err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for name, f := range map[string]func(){
		"out of bounds":   func() { passphrase.NewGuard(&passphrase.GuardOptions{Passes: 17}) },
		"zero Guard":      func() { new(passphrase.Guard).Unlock(ctx, user, stored, []byte("x")) },
		"zero Secret":     func() { passphrase.WithSecret(ctx, nil) },
		"nil keys.Source": func() { passphrase.NewSource(nil, "user") },
		"kinds":           func() { passphrase.NewSource(newRing(t)) },
	} {
		func() {
			defer func() { require.Contains(t, fmt.Sprint(recover()), name) }()
			f()
		}()
	}
}

func TestALockedSource(t *testing.T) {
	ring := newRing(t)
	source := passphrase.NewSource(ring, "user")
	for _, path := range [][]keys.Label{{keys.Table("notes")}, {keys.Scope("users", "7")}, {keys.Scope("tenant", "a"), keys.Table("notes")}} {
		want, err := ring.Cells(ctx, path...)
		require.NoError(t, err)
		got, err := source.Cells(ctx, path...)
		require.NoError(t, err)
		require.Same(t, want, got)
	}
	_, err := source.Cells(ctx)
	require.ErrorContains(t, err, "root")
	secret, _, err := quick.New(ctx, user, []byte("x"))
	require.NoError(t, err)
	in := passphrase.WithSecret(ctx, secret)
	first, err := source.Cells(in, inUser...)
	require.NoError(t, err)
	again, err := source.Cells(in, inUser...)
	require.NoError(t, err)
	require.Same(t, first, again)
	_, err = source.Index(in, user, keys.Table("notes"), keys.Index("text", "exact", ""))
	require.NoError(t, err)
	_, err = source.Index(in, inUser...)
	require.ErrorContains(t, err, "cannot stand here")
	_, err = source.Cells(in, another)
	require.ErrorAs(t, err, new(*keys.LockedError))
	require.NotContains(t, err.Error(), "8")
	require.NoError(t, source.LoadScopes(ctx, user))
	require.ErrorAs(t, source.Reload(ctx, 7), new(*keys.UnknownKeyError))
	for _, verb := range []string{"%v", "%+v", "%#v", "%d", "%x"} {
		require.Equal(t, "passphrase.Secret(redacted)", fmt.Sprintf(verb, secret))
		require.Equal(t, "passphrase.Source(redacted)", fmt.Sprintf(verb, source))
	}
}

func TestTheVectorsOfUsersSecrets(t *testing.T) {
	data, err := os.ReadFile("testdata/secrets.json")
	require.NoError(t, err)
	var v struct {
		Valid []struct {
			Label    keys.Label `json:"label"`
			Password string     `json:"password"`
			Stored   string     `json:"stored"`
			Secret   string     `json:"secret_hex"`
			Node     string     `json:"scope_node_hex"`
			Locked   string     `json:"locked_node_hex"`
		} `json:"valid"`
	}
	require.NoError(t, json.Unmarshal(data, &v))
	require.Len(t, v.Valid, 3)
	for _, c := range v.Valid {
		for _, other := range v.Valid {
			s, _, err := quick.Unlock(ctx, c.Label, []byte(c.Stored), []byte(other.Password))
			if other.Password != c.Password {
				require.Equal(t, passphrase.ErrPassphrase, err)
				continue
			}
			require.NoError(t, err)
			require.NotNil(t, s)
		}
		node, err := hex.DecodeString(c.Node)
		require.NoError(t, err)
		secret, err := hex.DecodeString(c.Secret)
		require.NoError(t, err)
		set, err := tree.NewSet(tree.Cells, []string{string(c.Label)}, []tree.Node{tree.NewNode(1, (*[tree.Size]byte)(node))}, 1)
		require.NoError(t, err)
		locked, err := tree.Locked(set, (*[tree.Size]byte)(secret))
		require.NoError(t, err)
		require.Equal(t, c.Locked, hex.EncodeToString(tree.Secret(tree.Nodes(locked)[0])[:]))
		_, err = tree.Locked(mustDerive(t, locked), (*[tree.Size]byte)(secret))
		require.ErrorContains(t, err, "only a scope")
	}
}

func mustDerive(t testing.TB, s *tree.Set) *tree.Set {
	t.Helper()
	d, err := tree.Derive(s, "t:notes")
	require.NoError(t, err)
	return d
}
