package localkek

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever stands in a key file, Open gives a KEK that works or an error.
func FuzzParse(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		kek, err := parse(bytes.NewReader(data))
		if err != nil {
			require.Nil(t, kek)
			return
		}
		c, err := kek.EncryptWithContext(t.Context(), []byte("root key"), []byte("ad"))
		require.NoError(t, err)
		require.Len(t, c, 12+8+16, "no prefix")
		got, err := kek.DecryptWithContext(t.Context(), c, []byte("ad"))
		require.NoError(t, err)
		require.Equal(t, "root key", string(got))
	})
}
