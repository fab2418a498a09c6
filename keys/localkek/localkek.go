// Package localkek is a key-encryption key in a file, for development, tests
// and machines that guard their disk some other way.
//
//	err := localkek.Create("dev.kek")       // once
//	kek, err := localkek.Open("dev.kek")    // at every start
//	ring, err := keys.OpenRing(ctx, stored, kek, ad)
//
// The file is an ordinary cleartext Tink keyset in JSON with one RAW AES-256-GCM
// key, so Tink's tools read it. Whoever reads the file reads the ring: on a
// server use a KMS or an HSM instead.
package localkek

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/aesgcm"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/cellseal/cellseal/internal/gcmkek"
	"github.com/cellseal/cellseal/keys"
)

const maxSize = 64 << 10

// PermissionsError says that others than its owner may read or write a key file.
type PermissionsError struct {
	Path string
	Mode fs.FileMode
}

func (e *PermissionsError) Error() string {
	return fmt.Sprintf("cellseal/localkek: %s has mode %04o, others can reach it: run chmod 600 on it, and make a new key if somebody may have read it", e.Path, e.Mode.Perm())
}

// Create writes a new random key to path with mode 0600. It never overwrites: an
// existing file is an error that wraps [fs.ErrExist].
func Create(path string) (err error) {
	h, err := keyset.NewHandle(aead.AES256GCMNoPrefixKeyTemplate())
	if err != nil {
		return fmt.Errorf("cellseal/localkek: new key: %w", err)
	}
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
		return fmt.Errorf("cellseal/localkek: write key: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("cellseal/localkek: %w", err)
	}
	// A key that is half on the disk would be worse than none: sync, and take the
	// file away again if anything fails.
	_, err = f.Write(b.Bytes())
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return fmt.Errorf("cellseal/localkek: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}

// Open reads a key that Create wrote. A file that its group or others can reach
// is a [PermissionsError]; on Windows, where modes say nothing, it is not looked at.
func Open(path string) (keys.KEK, error) {
	info, err := os.Stat(path) // before it is opened: opening a named pipe would wait
	if err != nil {
		return nil, fmt.Errorf("cellseal/localkek: %w; make one with localkek.Create", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("cellseal/localkek: %s is no regular file", path)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, &PermissionsError{Path: path, Mode: info.Mode()}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cellseal/localkek: %w", err)
	}
	defer f.Close()
	kek, err := parse(io.LimitReader(f, maxSize))
	if err != nil {
		return nil, fmt.Errorf("cellseal/localkek: %s: %w", path, err)
	}
	return kek, nil
}

func parse(r io.Reader) (keys.KEK, error) {
	const want = "not a key file: want a cleartext Tink JSON keyset with one RAW AES-256-GCM key, as localkek.Create makes it"
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(r))
	if err != nil || h.Len() != 1 {
		return nil, errors.New(want) // Tink's error might quote the file
	}
	e, err := h.Primary()
	if err != nil {
		return nil, errors.New(want)
	}
	key, ok := e.Key().(*aesgcm.Key)
	if !ok {
		return nil, errors.New(want)
	}
	p := key.Parameters().(*aesgcm.Parameters)
	if p.KeySizeInBytes() != 32 || p.IVSizeInBytes() != 12 || p.TagSizeInBytes() != 16 || p.Variant() != aesgcm.VariantNoPrefix {
		return nil, errors.New(want)
	}
	kek, err := gcmkek.New(key.KeyBytes().Data(insecuresecretdataaccess.Token{}))
	if err != nil {
		return nil, errors.New(want)
	}
	return kek, nil
}
