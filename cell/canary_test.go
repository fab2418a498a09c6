package cell

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
)

// Canaries are secrets that are easy to recognize. They go in everywhere and
// must come out in no error, no panic and no log.

var (
	canaryKey       = rootKey{firstKey.id, "KEY-CANARY-of-thirty-two-bytes.."}
	canaryPlaintext = "PLAINTEXT-CANARY-0123456789"
	canaryRow       = RowID(BindText("email", "ROW-CANARY@example.com"))
)

// secrets are all that must not show: what went in, and every key on the way.
func secrets(t testing.TB) map[string][]byte {
	node := refNode(t, canaryKey, homePath...)
	return map[string][]byte{
		"plaintext":    []byte(canaryPlaintext),
		"root key":     []byte(canaryKey.secret),
		"root node":    refRoot(t, canaryKey, "cells"),
		"table's node": refNode(t, canaryKey, homePath[:2]...),
		"compartment":  node,
		"row key":      refHMAC(node, 0x10, canaryRow),
		"HCTR2 key":    refHMAC(node, 0x12, canaryRow),
		"FF1 key":      refHMAC(node, 0x13, canaryRow),
		"row":          canaryRow[1:],
	}
}

// leak finds a secret in printed text, in any of the spellings that fmt,
// encoding/json and careless code have for bytes; else it returns "".
func leak(t testing.TB, printed string) string {
	for name, secret := range secrets(t) {
		part := secret[:6]
		numbers := func(format, separator string) string {
			var s []string
			for _, b := range part {
				s = append(s, fmt.Sprintf(format, b))
			}
			return strings.Join(s, separator)
		}
		for _, spelling := range []string{
			string(part), strings.Trim(fmt.Sprintf("%q", part), `"`), fmt.Sprintf("%x", part), fmt.Sprintf("%X", part),
			numbers("%d", " "), numbers("%d", ","), numbers("%o", " "), numbers("%b", " "), numbers("0x%x", ", "), numbers("0x%02x", ", "),
			numbers("%02x", " "), numbers("%U", " "), numbers("%c", " "), numbers("%q", " "),
			base64.StdEncoding.EncodeToString(part), base64.URLEncoding.EncodeToString(part),
		} {
			if strings.Contains(printed, spelling) {
				return name
			}
		}
	}
	return ""
}

func requireSilent(t testing.TB, printed string) {
	t.Helper()
	require.Empty(t, leak(t, printed), "in: %.500q", printed)
}

var verbs = []string{"%v", "%+v", "%#v", "%d", "%s", "%x", "%X", "% x", "%#x", "%q", "%+q", "%o", "%b", "%e", "%c", "%U", "%t", "%p", "%T", "%10v", "%w"}

// printings shows v in every way that programs print things.
func printings(v any) (all []string) {
	for _, verb := range verbs {
		all = append(all, fmt.Sprintf(verb, v))
	}
	all = append(all, fmt.Sprint(v), fmt.Sprintln(v))
	for _, err := range []error{fmt.Errorf("wrapped: %v", v), errors.Join(fmt.Errorf("%+v", v))} {
		all = append(all, err.Error())
	}
	for _, handler := range []func(*bytes.Buffer) slog.Handler{
		func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
		func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
	} {
		var b bytes.Buffer
		slog.New(handler(&b)).With("with", v).WithGroup("group").Info("message", "value", v, slog.Group("inner", "value", v))
		all = append(all, b.String())
	}
	if text, err := json.Marshal(v); err == nil {
		all = append(all, string(text))
	}
	return all
}

func canaryCompartment(t testing.TB) *keys.Derived {
	return derive(t, ringOf(t, canaryKey, secondKey), homePath...)
}

// The search finds what it should: a struct that keeps its bytes at hand leaks
// under every verb that prints bytes at all.
func TestLeaksWouldBeFound(t *testing.T) {
	for name, secret := range secrets(t) {
		type careless struct{ secret []byte }
		for _, verb := range []string{"%v", "%+v", "%#v", "%d", "%s", "%x", "%X", "% x", "%q", "%o", "%b"} {
			require.Equal(t, name, leak(t, fmt.Sprintf(verb, &careless{secret})), verb)
			require.Equal(t, name, leak(t, fmt.Sprintf(verb, secret)), verb)
		}
		text, err := json.Marshal(secret)
		require.NoError(t, err)
		require.Equal(t, name, leak(t, string(text)))
	}
	require.Empty(t, leak(t, "nothing of note"))
}

func TestRowsPrintRedacted(t *testing.T) {
	d := canaryCompartment(t)
	for name, row := range map[string]*Row{"fresh": NewRow(d, canaryRow), "used": NewRow(d, canaryRow), "unbound": NewUnbound(d)} {
		t.Run(name, func(t *testing.T) {
			if name != "fresh" {
				use(t, row)
			}
			type exported struct{ Row *Row }
			type unexported struct{ row *Row }
			type byValue struct{ Row Row }
			type unexportedValue struct{ row Row }
			type embedded struct{ *Row }
			for _, v := range []any{
				row, *row, &row, []*Row{row}, [1]Row{*row}, map[string]*Row{"row": row},
				exported{row}, &exported{row}, unexported{row}, &unexported{row}, embedded{row}, &embedded{row},
				byValue{*row}, &byValue{*row}, unexportedValue{*row}, &unexportedValue{*row},
				struct{ Inner any }{exported{row}}, struct{ inner any }{unexported{row}},
			} {
				for _, printed := range printings(v) {
					requireSilent(t, printed)
				}
			}
			for _, verb := range verbs {
				if verb == "%T" || verb == "%p" || verb == "%w" {
					continue // fmt prints these itself: a type, an address, an address and a complaint
				}
				want := "cell.Row(redacted)"
				require.Equal(t, want, strings.TrimSpace(fmt.Sprintf(verb, row)), verb)
				require.Equal(t, want, strings.TrimSpace(fmt.Sprintf(verb, *row)), verb)
			}
			require.Equal(t, "cell.Row(redacted)", row.LogValue().String())
		})
	}
}

// use makes the row derive all its keys.
func use(t testing.TB, r *Row) {
	for _, id := range []uint32{canaryKey.id, secondKey.id} {
		_, err := r.Imprint(homeColumn, []byte(canaryPlaintext), &ImprintOptions{KeyID: id})
		require.NoError(t, err)
		_, err = r.Open(homeColumn, refCell{
			node:  refNode(t, rootKey{id, map[uint32]string{canaryKey.id: canaryKey.secret, secondKey.id: secondKey.secret}[id]}, homePath...),
			keyID: id, row: r.state().row(), column: homeColumn, nonce: make([]byte, 12), salt: make([]byte, 16),
		}.seal())
		require.NoError(t, err)
	}
}

// Whatever goes wrong with a secret value, the error says so without it.
func TestErrorsKeepSecrets(t *testing.T) {
	d := canaryCompartment(t)
	binary, err := NewAlphabet("binary", "01")
	require.NoError(t, err)
	secret := []byte(canaryPlaintext)
	var all []error
	for _, k := range kinds {
		row := k.row(d, canaryRow)
		sealed := k.seal(row, homeColumn, secret)
		for _, spoil := range []func([]byte){
			func(b []byte) { b[0] ^= 1 },
			func(b []byte) { b[2] ^= 1 },
			func(b []byte) { b[7] ^= 1 },
			func(b []byte) { b[len(b)-1] ^= 1 },
			func(b []byte) { b[len(b)-40] ^= 1 },
		} {
			bad := bytes.Clone(sealed)
			spoil(bad)
			_, err := row.Open(homeColumn, bad)
			all = append(all, err)
			_, err = row.OpenProtected(homeColumn, secret, bad)
			all = append(all, err)
			_, err = Inspect(bad[:10])
			all = append(all, err)
		}
		_, err := row.Open(homeColumn, secret)
		all = append(all, err)
		for _, o := range []*ImprintOptions{
			{KeyID: 7}, {Alphabet: Digits}, {Alphabet: Alnum}, {Alphabet: binary, KeepOthers: true}, {Alphabet: Digits, KeyID: 7},
		} {
			_, err = row.Imprint(homeColumn, secret, o)
			all = append(all, err)
			_, err = row.Reveal(homeColumn, secret, o)
			all = append(all, err)
		}
		_, err = row.Imprint(homeColumn, secret[:15], nil)
		all = append(all, err)
		_, err = row.Imprint(homeColumn, append(secret, 0xFF), &ImprintOptions{Alphabet: Alnum, KeepOthers: true})
		all = append(all, err)
	}
	_, err = ParseText(canaryPlaintext + "=")
	all = append(all, err)
	for _, err := range all {
		require.Error(t, err)
		for _, printed := range printings(err) {
			requireSilent(t, printed)
		}
	}
	require.Len(t, all, 4*(15+1+10+2)+1)
}

// Panics end in logs too.
func TestPanicsKeepSecrets(t *testing.T) {
	d := canaryCompartment(t)
	for _, row := range []*Row{{}, NewRow(d, canaryRow), NewUnbound(d)} {
		for name, f := range methods {
			message := panicOf(func() { f(row, "", []byte(canaryPlaintext)) })
			if name != "OpenProtected" {
				require.NotEmpty(t, message, name)
			}
			requireSilent(t, message)
		}
		message := panicOf(func() { row.SealPadded(homeColumn, []byte(canaryPlaintext), 1) })
		require.NotEmpty(t, message)
		requireSilent(t, message)
	}
	message := panicOf(func() { RowID(BindText("a", canaryPlaintext), BindText("a", canaryPlaintext)) })
	require.NotEmpty(t, message)
	requireSilent(t, message)
}

// What is stored shows nothing of the value it was made from.
func TestCellsKeepSecrets(t *testing.T) {
	d := canaryCompartment(t)
	for _, k := range kinds {
		row := k.row(d, canaryRow)
		ciphertext, token := row.Protect(homeColumn, []byte(canaryPlaintext))
		imprinted, err := row.Imprint(homeColumn, []byte(canaryPlaintext), nil)
		require.NoError(t, err)
		for _, b := range [][]byte{k.seal(row, homeColumn, []byte(canaryPlaintext)), ciphertext, token, imprinted} {
			requireSilent(t, string(b))
			requireSilent(t, Text(b))
		}
	}
}
