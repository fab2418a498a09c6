package house

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	maxFile    = 400  // lines, tests too
	maxPackage = 1600 // "about 1 000", without tests: past this, find the seam
)

// analyser are the parts of the statement analyser, which the house lets be large: a grammar of
// three dialects has no seam.
var analyser = map[string]bool{"../../internal/sqltext": true, "../../ormhooks/internal/plan": true}

func TestFilesAndPackagesStaySmall(t *testing.T) {
	packages := map[string]int{}
	files := 0
	walk(t, func(path string, data []byte) {
		if !strings.HasSuffix(path, ".go") {
			return
		}
		files++
		lines := bytes.Count(data, []byte("\n"))
		require.LessOrEqual(t, lines, maxFile, "%s: split it by idea", path)
		if !strings.HasSuffix(path, "_test.go") && !analyser[filepath.Dir(path)] {
			packages[filepath.Dir(path)] += lines
		}
	})
	require.Greater(t, files, 50)
	for p, lines := range packages {
		require.LessOrEqual(t, lines, maxPackage, "package %s: find the seam", p)
	}
}

// Home folders and private addresses of whoever worked here have no place in the tree.
func TestNothingNamesAMachine(t *testing.T) {
	bad := [][]byte{[]byte("/ro" + "ot/"), []byte("/ho" + "me/"), []byte("/wo" + "rk/"), []byte("/Us" + "ers/")}
	walk(t, func(path string, data []byte) {
		for _, b := range bad {
			require.False(t, bytes.Contains(data, b), "%s names a path of a machine", path)
		}
	})
}

// What a build leaves behind is no source, and tells paths of the machine it was built on.
func TestNothingBinaryIsTracked(t *testing.T) {
	out, err := exec.Command("git", "-C", "../..", "ls-files", "-z").Output()
	if err != nil {
		t.Skip("no checkout: ", err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join("../..", name))
		if errors.Is(err, fs.ErrNotExist) { // removed, and not committed yet
			continue
		}
		require.NoError(t, err)
		require.False(t, bytes.ContainsRune(data, 0) && !strings.Contains(name, "/testdata/"), name)
	}
}

func walk(t *testing.T, visit func(path string, data []byte)) {
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == ".git" {
				return fs.SkipDir
			}
			return nil
		}
		data, err := os.ReadFile(path)
		if err == nil && !bytes.ContainsRune(data, 0) { // text, and not what a build left behind
			visit(path, data)
		}
		return err
	})
	require.NoError(t, err)
}
