package localkek_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/localkek"
)

func created(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "dev.kek")
	require.NoError(t, localkek.Create(path))
	return path
}

func opened(t *testing.T, path string) keys.KEK {
	t.Helper()
	kek, err := localkek.Open(path)
	require.NoError(t, err)
	return kek
}

func TestARingUnderAKeyFile(t *testing.T) {
	path := created(t)
	ring, err := keys.NewRing()
	require.NoError(t, err)
	stored, err := ring.Encrypt(t.Context(), opened(t, path), []byte("clinic-db"))
	require.NoError(t, err)
	again, err := keys.OpenRing(t.Context(), stored, opened(t, path), []byte("clinic-db"))
	require.NoError(t, err)
	require.Equal(t, ring.CellKeys().Primary(), again.CellKeys().Primary())

	_, err = keys.OpenRing(t.Context(), stored, opened(t, created(t)), []byte("clinic-db"))
	require.Error(t, err, "every created key is another")
}

func TestCreateLeavesTheOwnerAlone(t *testing.T) {
	path := created(t)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.True(t, info.Mode().IsRegular())
	if runtime.GOOS != "windows" {
		require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	}
}

func TestCreateNeverOverwrites(t *testing.T) {
	path := created(t)
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	err = localkek.Create(path)
	require.ErrorIs(t, err, fs.ErrExist)
	require.ErrorContains(t, err, "cellseal/localkek: ")
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after)

	empty := filepath.Join(t.TempDir(), "empty")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	require.ErrorIs(t, localkek.Create(empty), fs.ErrExist, "not even an empty one")
	require.ErrorIs(t, localkek.Create(filepath.Join(t.TempDir(), "missing", "dev.kek")), fs.ErrNotExist)
}

func TestMissingFileSaysWhatToDo(t *testing.T) {
	kek, err := localkek.Open(filepath.Join(t.TempDir(), "dev.kek"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "make one with localkek.Create")
	require.Nil(t, kek)
}

func TestAFileThatOthersCanReachIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED on Windows: modes say nothing there")
	}
	path := created(t)
	for mode, refused := range map[fs.FileMode]bool{
		0o600: false, 0o400: false, 0o700: false,
		0o640: true, 0o604: true, 0o620: true, 0o602: true, 0o610: true, 0o601: true,
		0o644: true, 0o660: true, 0o666: true, 0o777: true, 0o440: true, 0o404: true,
	} {
		require.NoError(t, os.Chmod(path, mode))
		kek, err := localkek.Open(path)
		if !refused {
			require.NoError(t, err, "%o", mode)
			continue
		}
		require.Nil(t, kek)
		var wrong *localkek.PermissionsError
		require.ErrorAs(t, err, &wrong, "%o", mode)
		require.Equal(t, path, wrong.Path)
		require.Equal(t, mode, wrong.Mode.Perm())
		require.ErrorContains(t, err, "run chmod 600 on it")
	}
	require.NoError(t, os.Chmod(path, 0o640))
	_, err := localkek.Open(path)
	require.EqualError(t, err, "cellseal/localkek: "+path+" has mode 0640, others can reach it: run chmod 600 on it, and make a new key if somebody may have read it")
}

func TestOversizedFilesAreRefused(t *testing.T) {
	path := created(t)
	key, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, append(key, bytes.Repeat([]byte(" "), 60<<10)...), 0o600))
	opened(t, path)
	require.NoError(t, os.WriteFile(path, append(bytes.Repeat([]byte(" "), 64<<10), key...), 0o600))
	_, err = localkek.Open(path)
	require.ErrorContains(t, err, "not a key file")
}
