package keys_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/gcmkek"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

var verbs = []string{"%v", "%+v", "%#v", "%s", "%d", "%x", "%X", "% x", "% X", "%#x", "%q", "%o", "%b", "%c", "%t", "%U", "%e", "%10.3v"}

// traces returns how the first bytes of secret would look in print: as they are,
// in hex, in base64, and as a list in the way of each verb.
func traces(secret []byte) []string {
	head := secret[:6]
	list := []string{
		string(head), hex.EncodeToString(head),
		base64.StdEncoding.EncodeToString(head), base64.URLEncoding.EncodeToString(head),
		strings.ReplaceAll(strings.Trim(fmt.Sprint(head), "[]"), " ", ","),
	}
	for _, verb := range verbs {
		for _, v := range []any{head, [6]byte(head)} {
			text := fmt.Sprintf(verb, v)
			if verb == "%#v" {
				_, text, _ = strings.Cut(text, "{")
			}
			list = append(list, strings.Trim(text, `[]{}"`))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// prints returns all the ways v can end up in a log.
func prints(v any) map[string]string {
	all := map[string]string{}
	for _, verb := range append([]string{"%T", "%p"}, verbs...) {
		all[verb] = fmt.Sprintf(verb, v)
	}
	all["Sprint"], all["Sprintln"] = fmt.Sprint(v), fmt.Sprintln(v)
	all["Errorf"] = fmt.Errorf("failed: %v", v).Error()
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"slog text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"slog JSON": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var b bytes.Buffer
		l := slog.New(handler(&b))
		l.With("with", v).WithGroup("group").Info("message", "value", v, "list", []any{v}, slog.Group("more", "value", v))
		all[name] = b.String()
	}
	return all
}

// holders returns v as programs carry such things about.
func holders[T any](v *T) []any {
	type inside struct {
		V T
		p *T
	}
	return []any{
		v, *v, &v,
		struct{ V T }{*v}, struct{ V *T }{v}, struct{ V any }{v}, struct{ V any }{*v},
		struct{ v T }{*v}, struct{ v *T }{v}, struct{ v any }{v}, struct{ v any }{*v},
		&struct{ v T }{*v}, &struct{ v *T }{v}, &struct{ V *T }{v},
		inside{*v, v}, &inside{*v, v}, struct{ in inside }{inside{*v, v}}, []inside{{*v, v}},
		[]T{*v}, []*T{v}, [1]T{*v}, [1]*T{v}, []any{v, *v},
		map[string]T{"k": *v}, map[string]*T{"k": v}, map[string]any{"k": *v}, map[*T]int{v: 1},
		struct{ v []T }{[]T{*v}}, struct{ v map[string]T }{map[string]T{"k": *v}}, struct{ v []*T }{[]*T{v}},
	}
}

func requireSilent(t *testing.T, traces []string, holders []any) {
	t.Helper()
	for _, h := range holders {
		for how, text := range prints(h) {
			for _, trace := range traces {
				if strings.Contains(text, trace) {
					require.Fail(t, "a secret in print", "%s of %T: %s", how, h, text)
				}
			}
		}
	}
}

// Known keys, put into every type that holds any, and printed in every way.
func TestNothingSecretIsPrinted(t *testing.T) {
	v := readVectors(t)
	ring := v.ring(t)
	kekBytes := bytes.Repeat([]byte{0xc7, 0x12, 0x9a}, 11)[:32]
	kek, err := gcmkek.New(kekBytes)
	require.NoError(t, err)
	jane := keys.Scope("patient", "jane.doe@example.com")
	derived, err := ring.Cells(t.Context(), jane, patients, medical)
	require.NoError(t, err)
	granted, err := keys.Grant(t.Context(), ring, keys.CellTree(jane), keys.IndexTree())
	require.NoError(t, err)
	live := keys.NewLive(ring, nil)

	secrets := [][]byte{kekBytes}
	for _, keyset := range []string{v.Cells, v.Index} { // the root keys themselves
		for _, part := range strings.Split(keyset, `"value":"`)[1:] {
			value, err := base64.StdEncoding.DecodeString(part[:strings.Index(part, `"`)])
			require.NoError(t, err)
			require.Len(t, value, 38)
			secrets = append(secrets, value[6:])
		}
	}
	for _, d := range []*keys.Derived{derived, derive(t, ring.Cells), derive(t, ring.Index), derive(t, ring.Cells, jane)} {
		for _, n := range tree.Nodes(d.Tree()) {
			secrets = append(secrets, tree.Secret(n)[:])
		}
	}
	require.Len(t, secrets, 1+4+4*2)
	secrets = append(secrets, []byte("jane.doe@example.com")) // no key, but a scope's id
	var all []string
	for _, s := range secrets {
		all = append(all, traces(s)...)
	}

	row := derived.Row([]byte("row"))
	for secret := range slices.Chunk(tree.RowSecrets(row.Tree()), tree.Size) {
		all = append(all, traces(secret)...)
	}

	node := tree.Nodes(derived.Tree())[0]
	mac := tree.NewMAC(node)
	mac.Sum(tree.PurposeRow, []byte("row"))
	iface := keys.KEK(kek)
	for name, h := range map[string][]any{
		"keys.Ring": holders(ring), "keys.Keyset": holders(ring.CellKeys()), "keys.Derived": holders(derived),
		"keys.Live": holders(live), "keys.Granted": holders(granted), "keys.RowKeys": holders(row), "cellseal.KEK": holders(&kek),
	} {
		requireSilent(t, all, h)
		// By itself, such a value says what it is.
		for how, text := range prints(h[0]) {
			if how != "%T" && how != "%p" {
				require.Contains(t, text, name+"(redacted)", how)
			}
		}
		require.Equal(t, name+"(redacted)", fmt.Sprintf("%d", h[1]), "by value")
		require.Equal(t, "{"+name+"(redacted)}", fmt.Sprintf("%x", h[3]), "in another struct")
	}
	requireSilent(t, all, holders(&iface))
	set := derived.Tree() // always behind a pointer: it cannot be copied
	for _, h := range [][]any{holders(&set), holders(&node), holders(mac)} {
		requireSilent(t, all, h)
	}
}

// The test above is worth something only if it sees a key that does leak.
func TestALeakWouldBeSeen(t *testing.T) {
	secret := []byte{0xc7, 0x22, 0x9a, 0x01, 0x5b, 0xff, 0x40, 0x41}
	type leak struct{ b []byte }
	type array struct{ b [8]byte }
	for _, v := range []any{leak{secret}, &leak{secret}, array{[8]byte(secret)}, map[string][]byte{"k": secret}, []leak{{secret}}} {
		for how, printed := range prints(v) {
			_, exported := v.(map[string][]byte)
			if how == "%T" || how == "%p" || how == "slog JSON" && !exported {
				continue // print no contents
			}
			found := false
			for _, trace := range traces(secret) {
				found = found || strings.Contains(printed, trace)
			}
			require.True(t, found, "%s of %T: %s", how, v, printed)
		}
	}
}

// A secret that can be compared can be a map's key, and be compared in variable
// time by mistake. `==` on these does not compile.
func TestSecretsCannotBeCompared(t *testing.T) {
	for _, typ := range []reflect.Type{
		reflect.TypeFor[keys.Ring](), reflect.TypeFor[keys.Keyset](), reflect.TypeFor[keys.Derived](),
		reflect.TypeFor[keys.Live](), reflect.TypeFor[keys.Granted](), reflect.TypeFor[gcmkek.KEK](),
	} {
		require.False(t, typ.Comparable(), typ)
	}
}

func TestNilPrintsToo(t *testing.T) {
	require.Equal(t, "<nil> <nil>", fmt.Sprintf("%v %d", (*keys.Ring)(nil), (*keys.Derived)(nil)))
	require.Equal(t, "keys.Live(redacted)", fmt.Sprint(new(keys.Live)))
}

func derive(t testing.TB, w walk, path ...keys.Label) *keys.Derived {
	t.Helper()
	d, err := w(t.Context(), path...)
	require.NoError(t, err)
	return d
}
