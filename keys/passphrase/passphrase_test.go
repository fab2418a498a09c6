package passphrase

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"

	"github.com/cellseal/cellseal/internal/gcmkek"
	"github.com/cellseal/cellseal/keys"
)

var (
	phrase = []byte("correct horse battery staple")
	ad     = []byte("clinic-db")
	salt   = []byte("0123456789abcdef")
	cheap  = params{argon2.Version, 1, 8, 1, salt} // the least Open accepts
)

func newRing(t testing.TB) *keys.Ring {
	t.Helper()
	r, err := keys.NewRing()
	require.NoError(t, err)
	return r
}

func requireSame(t *testing.T, want, got *keys.Ring) {
	t.Helper()
	require.Equal(t, want.CellKeys().Primary(), got.CellKeys().Primary())
	require.Equal(t, want.IndexKeys().Primary(), got.IndexKeys().Primary())
}

// under stores a ring by hand, so that tests need not pay for the real parameters.
func under(t testing.TB, r *keys.Ring, p params, phrase, ad []byte) []byte {
	t.Helper()
	kek, err := gcmkek.New(argon2.IDKey(phrase, p.Salt, p.Passes, p.MemoryKiB, p.Lanes, 32))
	require.NoError(t, err)
	stored, err := r.Encrypt(t.Context(), kek, ad)
	require.NoError(t, err)
	text, err := json.Marshal(map[string]any{
		"cellseal-passphrase": 1,
		"argon2id":            map[string]any{"v": p.Version, "t": p.Passes, "m": p.MemoryKiB, "p": p.Lanes, "salt": p.Salt},
		"ring":                json.RawMessage(stored),
	})
	require.NoError(t, err)
	return text
}

func TestEncryptAndOpen(t *testing.T) {
	r := newRing(t)
	stored, err := Encrypt(r, phrase, ad)
	require.NoError(t, err)
	require.Regexp(t, `^\{"cellseal-passphrase":1,"argon2id":\{"v":19,"t":3,"m":65536,"p":4,"salt":"[A-Za-z0-9+/]{22}=="\},"ring":\{"cellseal":1,"cells":\{.*\}\}$`, string(stored))
	opened, err := Open(stored, phrase, ad)
	require.NoError(t, err)
	requireSame(t, r, opened)

	again, err := Encrypt(r, phrase, ad)
	require.NoError(t, err)
	salts := map[string]bool{string(make([]byte, saltSize)): true}
	for _, s := range [][]byte{stored, again} {
		f, err := parse(s)
		require.NoError(t, err)
		salts[string(f.Argon2.Salt)] = true
	}
	require.Len(t, salts, 3, "every writing has a salt of its own")
}

// The stored parameters are all there is to it: RFC 9106 and package keys read
// the ring without this package.
func TestTheStoredRingIsAnyRingUnderArgon2id(t *testing.T) {
	r := newRing(t)
	opened, err := Open(under(t, r, cheap, phrase, ad), phrase, ad)
	require.NoError(t, err)
	requireSame(t, r, opened)
}

// keptCells and keptIndex are the key ids in testdata/ring.json.
const keptCells, keptIndex = 825277159, 3466174671

// A file of the first day, which every later version reads.
func TestTheKeptFileOpens(t *testing.T) {
	stored, err := os.ReadFile("testdata/ring.json")
	require.NoError(t, err)
	r, err := Open(stored, phrase, ad)
	require.NoError(t, err)
	require.Equal(t, uint32(keptCells), r.CellKeys().Primary())
	require.Equal(t, uint32(keptIndex), r.IndexKeys().Primary())
}

func TestWrongGuessesAreOneError(t *testing.T) {
	stored := under(t, newRing(t), cheap, phrase, ad)
	text := string(stored)
	for name, c := range map[string]struct{ data, phrase, ad string }{
		"another passphrase":         {text, "correct horse battery stapler", "clinic-db"},
		"its case":                   {text, "Correct horse battery staple", "clinic-db"},
		"a newline behind it":        {text, "correct horse battery staple\n", "clinic-db"},
		"other associated data":      {text, string(phrase), "billing-db"},
		"no associated data":         {text, string(phrase), ""},
		"another salt":               {strings.Replace(text, base64.StdEncoding.EncodeToString(salt), base64.StdEncoding.EncodeToString([]byte("0123456789abcdeF")), 1), string(phrase), "clinic-db"},
		"other passes":               {strings.Replace(text, `"t":1`, `"t":2`, 1), string(phrase), "clinic-db"},
		"other memory":               {strings.Replace(text, `"m":8`, `"m":9`, 1), string(phrase), "clinic-db"},
		"other lanes":                {strings.NewReplacer(`"p":1`, `"p":2`, `"m":8`, `"m":16`).Replace(text), string(phrase), "clinic-db"},
		"keysets exchanged":          {strings.NewReplacer(`"cells"`, `"index"`, `"index"`, `"cells"`).Replace(text), string(phrase), "clinic-db"},
		"a ring of a newer version":  {strings.Replace(text, `"cellseal":1`, `"cellseal":2`, 1), string(phrase), "clinic-db"},
		"a ring without its cells":   {strings.Replace(text, `"cells"`, `"sells"`, 1), string(phrase), "clinic-db"},
		"something in place of ring": {text[:strings.Index(text, `"ring"`)] + `"ring":[]}`, string(phrase), "clinic-db"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Open([]byte(c.data), []byte(c.phrase), []byte(c.ad))
			require.Equal(t, ErrPassphrase, err)
			require.Nil(t, r)
		})
	}
}

func TestEmptyPassphrase(t *testing.T) {
	r := newRing(t)
	for _, empty := range [][]byte{nil, {}} {
		_, err := Encrypt(r, empty, ad)
		require.EqualError(t, err, "cellseal/passphrase: empty passphrase")
		_, err = Open(under(t, r, cheap, empty, ad), empty, ad)
		require.EqualError(t, err, "cellseal/passphrase: empty passphrase")
	}
}

// A planted file must not exhaust the machine: what is out of bounds is refused
// by parse, which derives nothing.
func TestParametersAreBounded(t *testing.T) {
	const bounds = "cellseal/passphrase: Argon2id parameters out of bounds: at most 16 passes, 1048576 KiB and 16 lanes, and a salt of 16 bytes"
	for name, c := range map[string]struct {
		v, t, m, p, salt string
		says             string
	}{
		"the least":               {"19", "1", "8", "1", "AAAAAAAAAAAAAAAAAAAAAA==", ""},
		"the most":                {"19", "16", "1048576", "16", "AAAAAAAAAAAAAAAAAAAAAA==", ""},
		"the usual":               {"19", "3", "65536", "4", "AAAAAAAAAAAAAAAAAAAAAA==", ""},
		"no passes":               {"19", "0", "65536", "4", "AAAAAAAAAAAAAAAAAAAAAA==", bounds},
		"17 passes":               {"19", "17", "65536", "4", "AAAAAAAAAAAAAAAAAAAAAA==", bounds},
		"most passes":             {"19", "4294967295", "65536", "4", "AAAAAAAAAAAAAAAAAAAAAA==", bounds},
		"no memory":               {"19", "3", "0", "4", "AAAAAAAAAAAAAAAAAAAAAA==", bounds},
		"too little memory":       {"19", "3", "31", "4", "AAAAAAAAAAAAAAAAAAAAAA==", bounds},
		"1 GiB and 1 KiB":         {"19", "3", "1048577", "4", "AAAAAAAAAAAAAAAAAAAAAA==", bounds},
		"4 TiB":                   {"19", "3", "4294967295", "4", "AAAAAAAAAAAAAAAAAAAAAA==", bounds},
		"no lanes":                {"19", "3", "65536", "0", "AAAAAAAAAAAAAAAAAAAAAA==", bounds},
		"17 lanes":                {"19", "3", "65536", "17", "AAAAAAAAAAAAAAAAAAAAAA==", bounds},
		"no salt":                 {"19", "3", "65536", "4", "", bounds},
		"a salt of 15 bytes":      {"19", "3", "65536", "4", "AAAAAAAAAAAAAAAAAAAA", bounds},
		"a salt of 18 bytes":      {"19", "3", "65536", "4", "AAAAAAAAAAAAAAAAAAAAAAAA", bounds},
		"Argon2 of 2013":          {"16", "3", "65536", "4", "AAAAAAAAAAAAAAAAAAAAAA==", "cellseal/passphrase: Argon2 version 16: this version of the library reads 19"},
		"no version":              {"0", "3", "65536", "4", "AAAAAAAAAAAAAAAAAAAAAA==", "cellseal/passphrase: Argon2 version 0: this version of the library reads 19"},
		"passes beyond 32 bits":   {"19", "4294967296", "65536", "4", "AAAAAAAAAAAAAAAAAAAAAA==", "cellseal/passphrase: this is not a ring under a passphrase, as Encrypt stores it"},
		"lanes beyond 8 bits":     {"19", "3", "65536", "257", "AAAAAAAAAAAAAAAAAAAAAA==", "cellseal/passphrase: this is not a ring under a passphrase, as Encrypt stores it"},
		"a negative memory":       {"19", "3", "-8", "4", "AAAAAAAAAAAAAAAAAAAAAA==", "cellseal/passphrase: this is not a ring under a passphrase, as Encrypt stores it"},
		"a fraction of a pass":    {"19", "1.5", "65536", "4", "AAAAAAAAAAAAAAAAAAAAAA==", "cellseal/passphrase: this is not a ring under a passphrase, as Encrypt stores it"},
		"a salt that is no bytes": {"19", "3", "65536", "4", "?", "cellseal/passphrase: this is not a ring under a passphrase, as Encrypt stores it"},
	} {
		t.Run(name, func(t *testing.T) {
			data := fmt.Sprintf(`{"cellseal-passphrase":1,"argon2id":{"v":%s,"t":%s,"m":%s,"p":%s,"salt":%q},"ring":{}}`, c.v, c.t, c.m, c.p, c.salt)
			_, err := parse([]byte(data))
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, c.says)
			r, err := Open([]byte(data), phrase, ad)
			require.EqualError(t, err, c.says, "Open parses before it derives")
			require.Nil(t, r)
		})
	}
}

func TestOtherFilesAreNoRings(t *testing.T) {
	r := newRing(t)
	text := string(under(t, r, cheap, phrase, ad))
	kek, err := cheap.kek(phrase)
	require.NoError(t, err)
	bare, err := r.Encrypt(context.Background(), kek, ad)
	require.NoError(t, err)
	for name, data := range map[string]string{
		"empty":                  "",
		"null":                   "null",
		"text":                   "hunter2",
		"a bare ring":            string(bare),
		"half of it":             text[:len(text)/2],
		"trailing data":          text + "x",
		"a second one":           text + text,
		"an unknown field":       `{"more":1,` + text[1:],
		"an unknown field below": strings.Replace(text, `"argon2id":{`, `"argon2id":{"more":1,`, 1),
		"an older version":       strings.Replace(text, `"cellseal-passphrase":1`, `"cellseal-passphrase":0`, 1),
		"a newer version":        strings.Replace(text, `"cellseal-passphrase":1`, `"cellseal-passphrase":2`, 1),
		"no version":             strings.Replace(text, `"cellseal-passphrase":1,`, ``, 1),
		"no ring":                text[:strings.Index(text, `,"ring"`)] + "}",
		"too large":              text + strings.Repeat(" ", 2*keys.MaxRingSize),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Open([]byte(data), phrase, ad)
			require.EqualError(t, err, "cellseal/passphrase: this is not a ring under a passphrase, as Encrypt stores it", "and nothing of its contents")
			require.Nil(t, got)
		})
	}
}
