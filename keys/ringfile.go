package keys

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/cellseal/cellseal/internal/strictjson"
	"github.com/cellseal/cellseal/internal/tree"
)

// KEK is a key-encryption key: what protects a ring or a grant at rest. Any Tink
// KMS client, an HSM adapter, keys/localkek or a local Tink AEAD (through
// tink.AEADWithContext) will do.
type KEK = tink.AEADWithContext

func mustKEK(kek KEK) {
	if kek == nil {
		panic("cellseal/keys: nil KEK")
	}
}

// MaxRingSize bounds what OpenRing reads, in bytes, and what a grant holds: an
// operator who nears it can see so here.
const MaxRingSize = 1 << 20

// ringFile is a ring at rest: two encrypted Tink keysets in Tink's own JSON.
type ringFile struct {
	Version int             `json:"cellseal"`
	Cells   json.RawMessage `json:"cells"`
	Index   json.RawMessage `json:"index"`
}

// associatedData ties a keyset to its place in the ring and to the caller's ad,
// so that the two cannot be exchanged (FORMAT.md §1).
func associatedData(ring string, ad []byte) []byte {
	return append([]byte("cellseal/v1/"+ring+"\x00"), ad...)
}

// Encrypt returns the ring as it is stored: JSON that holds two encrypted Tink
// keysets. ad, which may be empty, must be given to OpenRing again; name the
// database and environment in it, so that a ring cannot be put in another's place.
func (r *Ring) Encrypt(ctx context.Context, kek KEK, ad []byte) ([]byte, error) {
	s := r.state()
	mustKEK(kek)
	cells, err := encryptKeyset(ctx, s.cells, kek, associatedData(tree.Cells, ad))
	if err != nil {
		return nil, err
	}
	index, err := encryptKeyset(ctx, s.index, kek, associatedData(tree.Index, ad))
	if err != nil {
		return nil, err
	}
	stored, err := json.Marshal(ringFile{1, cells, index})
	if err != nil {
		return nil, fmt.Errorf("cellseal/keys: ring: %w", err)
	}
	if len(stored) > MaxRingSize {
		return nil, fmt.Errorf("cellseal/keys: ring of %d bytes: more than OpenRing reads back (%d): Remove keys", len(stored), MaxRingSize)
	}
	return stored, nil
}

// OpenRing reads what Encrypt wrote, under the same KEK and ad.
func OpenRing(ctx context.Context, data []byte, kek KEK, ad []byte) (*Ring, error) {
	mustKEK(kek)
	f, err := parseRingFile(data)
	if err != nil {
		return nil, err
	}
	cells, err := decryptKeyset(ctx, f.Cells, kek, associatedData(tree.Cells, ad))
	if err != nil {
		return nil, fmt.Errorf("cellseal/keys: cells keyset: %w", err)
	}
	index, err := decryptKeyset(ctx, f.Index, kek, associatedData(tree.Index, ad))
	if err != nil {
		return nil, fmt.Errorf("cellseal/keys: index keyset: %w", err)
	}
	return NewRingFromHandles(cells, index)
}

func parseRingFile(data []byte) (*ringFile, error) {
	var f ringFile
	if err := strictjson.Decode(data, MaxRingSize, &f); err != nil {
		return nil, fmt.Errorf("cellseal/keys: this is not a stored ring: %w", err)
	}
	if f.Version != 1 {
		return nil, fmt.Errorf("cellseal/keys: stored ring of version %d: this version of the library reads 1", f.Version)
	}
	if len(f.Cells) == 0 || len(f.Index) == 0 {
		return nil, fmt.Errorf("cellseal/keys: stored ring without its cells or index keyset")
	}
	return &f, nil
}

func encryptKeyset(ctx context.Context, k *Keyset, kek KEK, ad []byte) ([]byte, error) {
	var b bytes.Buffer
	w := &witness{kek: kek}
	if err := k.handle().WriteWithContext(ctx, keyset.NewJSONWriter(&b), w, ad); err != nil {
		return nil, fmt.Errorf("cellseal/keys: encrypt under the KEK: %w", cmp.Or(w.err, err))
	}
	return b.Bytes(), nil
}

func decryptKeyset(ctx context.Context, data []byte, kek KEK, ad []byte) (*keyset.Handle, error) {
	w := &witness{kek: kek}
	h, err := keyset.ReadWithContext(ctx, keyset.NewJSONReader(bytes.NewReader(data)), w, ad)
	if err != nil {
		return nil, unread(cmp.Or(w.err, err))
	}
	return h, nil
}

// unread says of a KEK's error whether it was an answer: what could not be asked
// for is no sign of a wrong KEK, and nobody should go and look for another.
func unread(err error) error {
	var away interface{ Unavailable() bool } // as a kek.UnavailableError has
	if errors.As(err, &away) && away.Unavailable() || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("not read, as its KEK could not be asked: %w", err)
	}
	return fmt.Errorf("not readable under this KEK and associated data: %w", err)
}

// witness keeps what a KEK's client answered, which Tink turns into text: a
// caller may want to know that the context was cancelled, or that a KMS denied.
type witness struct {
	kek KEK
	err error
}

func (w *witness) EncryptWithContext(ctx context.Context, plaintext, ad []byte) (out []byte, err error) {
	out, w.err = w.kek.EncryptWithContext(ctx, plaintext, ad)
	return out, w.err
}

func (w *witness) DecryptWithContext(ctx context.Context, ciphertext, ad []byte) (out []byte, err error) {
	out, w.err = w.kek.DecryptWithContext(ctx, ciphertext, ad)
	return out, w.err
}
