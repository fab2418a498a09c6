package pub

import (
	"encoding/binary"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

// keyMessage is Tink's HkdfPrfKey up to the 32 bytes of the key: field 2, the parameters, whose field 1
// is SHA-256; field 3, the key.
const keyMessage = "\x12\x02\x08\x03\x1a\x20"

// Ring returns the key ring that sender and reader share, the same at both ends: under it the sender seals cells for the
// reader and writes to any kind of index, segments included. Both can do with it whatever a ring can: open, search and write
// what the pair has written. It has one key in each keyset, of a fixed id; to rotate, exchange new keys.
func (p *Shared) Ring() (*keys.Ring, error) {
	s := p.state()
	id := s.mac.Sum(tree.PurposeShared, []byte("id"))
	read := func(ring string) (*keyset.Handle, error) {
		key := s.mac.Sum(tree.PurposeShared, []byte(ring))
		value := append([]byte(keyMessage), key[:]...)
		keyID := binary.BigEndian.Uint32(id[:4]) | 1<<31 // 0 is no id
		return insecurecleartextkeyset.Read(&keyset.MemReaderWriter{Keyset: &tinkpb.Keyset{PrimaryKeyId: keyID, Key: []*tinkpb.Keyset_Key{{
			KeyData:          &tinkpb.KeyData{TypeUrl: "type.googleapis.com/google.crypto.tink.HkdfPrfKey", Value: value, KeyMaterialType: tinkpb.KeyData_SYMMETRIC},
			Status:           tinkpb.KeyStatusType_ENABLED,
			KeyId:            keyID,
			OutputPrefixType: tinkpb.OutputPrefixType_RAW,
		}}}})
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
