package themis

import (
	"crypto/fips140"
	"flag"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMain keeps the other tests out of a run under GODEBUG=fips140=only,
// where there is one thing to see: that everything is refused.
func TestMain(m *testing.M) {
	if fips140.Enforced() {
		flag.Parse()
		if err := flag.Set("test.run", "^TestFIPSOnly$"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

func TestFIPSOnly(t *testing.T) {
	if !fips140.Enforced() {
		exe, err := os.Executable()
		require.NoError(t, err)
		cmd := exec.Command(exe, "-test.run=^TestFIPSOnly$", "-test.v")
		cmd.Env = append(os.Environ(), "GODEBUG=fips140=only")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Contains(t, string(out), "--- PASS: TestFIPSOnly")
		return
	}
	for _, f := range functions {
		// Short and long secrets: HMAC panics here for the short ones.
		for _, secret := range []string{"", "short", "a secret longer than fourteen bytes"} {
			require.Equal(t, errFIPS, f.call([]byte(secret), make([]byte, 100), []byte("context")), f.name)
		}
	}
}

// functions are the eight exported ones, for tests about all of them.
var functions = []struct {
	name  string
	reads bool
	call  func(secret, data, context []byte) error
}{
	{"Seal", false, func(k, d, c []byte) error { _, err := Seal(k, d, c); return err }},
	{"Open", true, func(k, d, c []byte) error { _, err := Open(k, d, c); return err }},
	{"SealWithPassphrase", false, func(k, d, c []byte) error { _, err := SealWithPassphrase(k, d, c); return err }},
	{"OpenWithPassphrase", true, func(k, d, c []byte) error { _, err := OpenWithPassphrase(k, d, c); return err }},
	{"Protect", false, func(k, d, c []byte) error { _, _, err := Protect(k, d, c); return err }},
	{"OpenProtected", true, func(k, d, c []byte) error { _, err := OpenProtected(k, d, d, c); return err }},
	{"Imprint", false, func(k, d, c []byte) error { _, err := Imprint(k, d, c); return err }},
	{"Reveal", true, func(k, d, c []byte) error { _, err := Reveal(k, d, c); return err }},
}
