package celltest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

func declared(t *testing.T, model any) *schema.Schema {
	t.Helper()
	s, err := schema.New(model)
	require.NoError(t, err)
	return s
}

// Three states of one declaration: the second is harmless, the third is not.
type (
	first struct {
		_     struct{} `cell:"table=patients,bind=id"`
		ID    int64
		Email string `cell:"seal"`
	}
	second struct {
		_     struct{} `cell:"table=patients,bind=id"`
		ID    int64
		Email string `cell:"seal"`
		Notes string `cell:"seal"`
	}
	third struct {
		_     struct{} `cell:"table=patients,bind=row_key"`
		ID    int64
		Email string `cell:"seal"`
	}
)

const missing = "\x00"

func TestLock(t *testing.T) {
	one, two, three := declared(t, first{}), declared(t, second{}), declared(t, third{})
	const unread = "malformed JSON, unknown fields or trailing data: restore it from the repository"
	for name, c := range map[string]struct {
		mode, old   string
		now         *schema.Schema
		fatal       string // "" if the test passes
		left        string
		logs, wrote bool
	}{
		"the same":                       {old: string(one.Lock()), now: one, left: string(one.Lock())},
		"the same, recorded":             {mode: "record", old: string(one.Lock()), now: one, left: string(one.Lock())},
		"no file":                        {old: missing, now: one, fatal: "there is no cell.lock yet: run CELLSEAL_LOCK=record go test, and check the file in", left: missing},
		"no file, recorded":              {mode: "record", old: missing, now: one, left: string(one.Lock()), wrote: true},
		"no file, accepted":              {mode: "accept", old: missing, now: one, left: string(one.Lock()), wrote: true},
		"harmless":                       {old: string(one.Lock()), now: two, fatal: "patients.notes: new (a column)", left: string(one.Lock())},
		"harmless, recorded":             {mode: "record", old: string(one.Lock()), now: two, left: string(two.Lock()), wrote: true},
		"harmless, accepted":             {mode: "accept", old: string(one.Lock()), now: two, left: string(two.Lock()), wrote: true},
		"harmful":                        {old: string(one.Lock()), now: three, fatal: "patients.email: stored cells become unreadable (bind: id integer → row_key)", left: string(one.Lock())},
		"harmful, not recorded":          {mode: "record", old: string(one.Lock()), now: three, fatal: "nothing was recorded, because some of this needs more than being recorded", left: string(one.Lock())},
		"harmful and harmless, the same": {mode: "record", old: string(two.Lock()), now: three, fatal: "patients.email: stored cells become unreadable", left: string(two.Lock())},
		"harmful, accepted":              {mode: "accept", old: string(one.Lock()), now: three, left: string(three.Lock()), wrote: true},
		"garbage":                        {old: "<<<<<<< HEAD", now: one, fatal: unread, left: "<<<<<<< HEAD"},
		"garbage, recorded":              {mode: "record", old: "<<<<<<< HEAD", now: one, fatal: unread, left: "<<<<<<< HEAD"},
		"garbage, accepted":              {mode: "accept", old: "<<<<<<< HEAD", now: one, fatal: unread, left: "<<<<<<< HEAD"},
		"of a later version, accepted":   {mode: "accept", old: `{"cell.lock":2}`, now: one, fatal: "it has version 2", left: `{"cell.lock":2}`},
		"another mode":                   {mode: "yes", old: string(one.Lock()), now: one, fatal: "CELLSEAL_LOCK=yes: want record or accept", left: string(one.Lock())},
		"another mode without a file":    {mode: "1", old: missing, now: one, fatal: "CELLSEAL_LOCK=1: want record or accept", left: missing},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("CELLSEAL_LOCK", c.mode)
			t.Chdir(t.TempDir())
			if c.old != missing {
				require.NoError(t, os.WriteFile("cell.lock", []byte(c.old), 0o600))
			}
			f := under(func(t testing.TB) { celltest.Lock(t, c.now, "cell.lock") })
			require.Equal(t, c.fatal == "", len(f.fatal) == 0, f.said())
			require.Contains(t, strings.Join(f.fatal, ""), c.fatal)
			refused := c.mode == "record" && strings.HasPrefix(name, "harmful")
			require.Equal(t, refused, strings.Contains(f.said(), "nothing was recorded"))
			if c.wrote {
				require.Equal(t, []string{"wrote cell.lock: check it in"}, f.logs)
			} else {
				require.Empty(t, f.logs)
			}
			left, err := os.ReadFile("cell.lock")
			if c.left == missing {
				require.ErrorIs(t, err, os.ErrNotExist)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.left, string(left))
		})
	}
}

func TestALockThatCannotBeReadOrWritten(t *testing.T) {
	s := declared(t, first{})
	t.Setenv("CELLSEAL_LOCK", "accept")
	f := under(func(test testing.TB) { celltest.Lock(test, s, t.TempDir()) }) // a directory
	require.Len(t, f.fatal, 1)
	require.NotContains(t, f.fatal[0], "malformed")
	f = under(func(test testing.TB) { celltest.Lock(test, s, filepath.Join(t.TempDir(), "nowhere", "cell.lock")) })
	require.Len(t, f.fatal, 1)
	require.Empty(t, f.logs)
}
