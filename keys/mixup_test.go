package keys_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/localkek"
)

func TestOneRingsKeysetCannotTakeTheOthersPlace(t *testing.T) {
	r := newRing(t)
	_, err := r.WithCellKeys(r.IndexKeys())
	require.ErrorContains(t, err, "cannot take the place of the other")
	_, err = r.WithIndexKeys(r.CellKeys())
	require.ErrorContains(t, err, "cannot take the place of the other")
	grown, _, err := r.IndexKeys().Add() // a changed keyset remembers its ring too
	require.NoError(t, err)
	_, err = r.WithCellKeys(grown)
	require.ErrorContains(t, err, "cannot take the place of the other")
}

// failing is a KMS that answers with an error of its own.
type failing struct{ err error }

func (f failing) EncryptWithContext(context.Context, []byte, []byte) ([]byte, error) {
	return nil, f.err
}

func (f failing) DecryptWithContext(context.Context, []byte, []byte) ([]byte, error) {
	return nil, f.err
}

func TestTheKEKsOwnErrorIsKept(t *testing.T) {
	denied := errors.New("permission denied")
	r := newRing(t)
	stored, err := r.Encrypt(t.Context(), localKEK(t), nil)
	require.NoError(t, err)
	for _, cause := range []error{denied, context.Canceled} {
		_, err := r.Encrypt(t.Context(), failing{cause}, nil)
		require.ErrorIs(t, err, cause)
		_, err = keys.OpenRing(t.Context(), stored, failing{cause}, nil)
		require.ErrorIs(t, err, cause)
	}
}

func localKEK(t *testing.T) keys.KEK {
	path := t.TempDir() + "/kek"
	require.NoError(t, localkek.Create(path))
	kek, err := localkek.Open(path)
	require.NoError(t, err)
	return kek
}
