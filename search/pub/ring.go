package pub

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

// keyMessage is Tink's HkdfPrfKey up to the 32 bytes of the key: field 2, the parameters, whose field
// 1 is SHA-256; field 3, the key.
const keyMessage = "\x12\x02\x08\x03\x1a\x20"

// keysetJSON is Tink's keyset of one such key. An id has its highest bit set, for 0 is none.
const keysetJSON = `{"primaryKeyId": %[1]d, "key": [{"keyId": %[1]d, "status": "ENABLED", "outputPrefixType": "RAW", "keyData":
	{"typeUrl": "type.googleapis.com/google.crypto.tink.HkdfPrfKey", "keyMaterialType": "SYMMETRIC", "value": %q}}]}`

// Ring returns the key ring that sender and reader share, the same at both ends: under it the sender
// seals cells for the reader and writes to any kind of index, segments included. Both can do with it
// whatever a ring can: open, search and write what the pair has written. It has one key in each
// keyset, of a fixed id; to rotate, exchange new keys.
func (p *Shared) Ring() (*keys.Ring, error) {
	s := p.state()
	id := s.mac.Sum(tree.PurposeShared, []byte("id"))
	read := func(ring string) (*keyset.Handle, error) {
		key := s.mac.Sum(tree.PurposeShared, []byte(ring))
		value := base64.StdEncoding.EncodeToString(append([]byte(keyMessage), key[:]...))
		return insecurecleartextkeyset.Read(keyset.NewJSONReader(strings.NewReader(fmt.Sprintf(keysetJSON, binary.BigEndian.Uint32(id[:4])|1<<31, value))))
	}
	cells, err := read(tree.Cells)
	if err != nil {
		return nil, fmt.Errorf("cellseal/pub: %w", err)
	}
	index, err := read(tree.Index)
	if err != nil {
		return nil, fmt.Errorf("cellseal/pub: %w", err)
	}
	return keys.NewRingFromHandles(cells, index)
}
