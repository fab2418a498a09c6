package localkek_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys/localkek"
)

func TestADirectoryIsNoKeyFile(t *testing.T) {
	_, err := localkek.Open(t.TempDir())
	require.ErrorContains(t, err, "is no regular file")
}
