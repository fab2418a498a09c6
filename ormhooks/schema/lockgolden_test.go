package schema_test

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write testdata/rich.lock anew: users have files like it in their repositories")

func TestTheLockOfARichSchema(t *testing.T) {
	const path = "testdata/rich.lock"
	lock := must(t, RichPatient{}, RichVisit{}).Lock()
	if *update {
		require.NoError(t, os.WriteFile(path, lock, 0o644))
	}
	golden, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(golden), string(lock))
	require.NoError(t, must(t, richTables()...).CheckLock(golden))
}
