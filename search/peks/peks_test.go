package peks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestATagIsFoundByItsTrapdoorAlone(t *testing.T) {
	words := []string{"measles", "Measles", "measles ", "measle", "j45.9", "\x00", "\xff not UTF-8"}
	one, other := GenerateKey(), GenerateKey()
	tags := map[string][]byte{}
	for _, w := range words {
		tag, err := one.Public().Tag(w)
		require.NoError(t, err)
		require.Len(t, tag, TagSize)
		tags[w] = tag
	}
	for _, w := range words {
		mine, err := one.Trapdoor(w)
		require.NoError(t, err)
		theirs, err := other.Trapdoor(w)
		require.NoError(t, err)
		for of, tag := range tags {
			found, err := mine.Test(tag)
			require.NoError(t, err)
			require.Equal(t, w == of, found, "%q in %q", w, of)
		}
		found, err := theirs.Test(tags[w])
		require.NoError(t, err)
		require.False(t, found, "of another key")
	}
}

func TestTagsOfOneKeywordDiffer(t *testing.T) {
	public := GenerateKey().Public()
	seen := map[string]bool{}
	for range 20 {
		tag, err := public.Tag("measles")
		require.NoError(t, err)
		require.False(t, seen[string(tag[:48])] || seen[string(tag[48:])])
		seen[string(tag[:48])], seen[string(tag[48:])] = true, true
	}
}

func TestEveryBitOfATagMatters(t *testing.T) {
	private := GenerateKey()
	tag, err := private.Public().Tag("measles")
	require.NoError(t, err)
	trapdoor, err := private.Trapdoor("measles")
	require.NoError(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		spoiled := bytes.Clone(tag)
		bit := random.IntN(8 * TagSize)
		spoiled[bit/8] ^= 1 << (bit % 8)
		found, _ := trapdoor.Test(spoiled) // an error, or not found
		require.False(t, found, "bit %d", bit)
	}
	found, err := trapdoor.Test(tag)
	require.NoError(t, err)
	require.True(t, found)
	_, err = trapdoor.Test(nil)
	require.Error(t, err)
}

func TestAnEmptyKeywordHasNoTag(t *testing.T) {
	private := GenerateKey()
	_, err := private.Public().Tag("")
	require.ErrorIs(t, err, errKeyword)
	_, err = private.Trapdoor("")
	require.ErrorIs(t, err, errKeyword)
}

func TestZeroValuesPanicWithThePackagesName(t *testing.T) {
	for name, f := range map[string]func(){
		"private":     func() { new(PrivateKey).Bytes() },
		"nil private": func() { (*PrivateKey)(nil).Public() },
		"trapdoor of": func() { _, _ = new(PrivateKey).Trapdoor("a") },
		"public":      func() { new(PublicKey).Bytes() },
		"nil public":  func() { _, _ = (*PublicKey)(nil).Tag("a") },
		"trapdoor":    func() { _, _ = new(Trapdoor).Test(nil) },
	} {
		func() {
			defer func() { require.Contains(t, fmt.Sprint(recover()), "cellseal/peks: zero", name) }()
			f()
		}()
	}
}

func TestSecretsPrintRedacted(t *testing.T) {
	private := GenerateKey()
	trapdoor, err := private.Trapdoor("measles")
	require.NoError(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x", "%q"} {
		for _, v := range []any{private, *private, []any{*private}, struct{ P *PrivateKey }{private}} {
			require.Contains(t, fmt.Sprintf(verb, v), "peks.PrivateKey(redacted)", verb)
		}
		require.Equal(t, "peks.Trapdoor(redacted)", fmt.Sprintf(verb, *trapdoor), verb)
	}
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Info("", "p", private, "t", trapdoor)
	require.Contains(t, b.String(), `"p":"peks.PrivateKey(redacted)","t":"peks.Trapdoor(redacted)"`)
	for _, v := range []any{private, trapdoor} {
		j, err := json.Marshal(v)
		require.NoError(t, err)
		require.Equal(t, "{}", string(j))
	}
}

func BenchmarkTag(b *testing.B) {
	public := GenerateKey().Public()
	for b.Loop() {
		_, _ = public.Tag("measles")
	}
}

func BenchmarkTrapdoor(b *testing.B) {
	private := GenerateKey()
	for b.Loop() {
		_, _ = private.Trapdoor("measles")
	}
}

func BenchmarkTest(b *testing.B) {
	private := GenerateKey()
	tag, _ := private.Public().Tag("measles")
	trapdoor, _ := private.Trapdoor("measles")
	for b.Loop() {
		_, _ = trapdoor.Test(tag)
	}
}
