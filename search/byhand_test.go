package search_test

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/value"
)

// The published terms with nothing but the standard library: from the Tink keyset
// through HKDF and the path of HMACs to the leftmost bits.
func TestPublishedTermsByHand(t *testing.T) {
	roots := rootsByHand(t)
	p := readPublished(t)
	for _, c := range p.Terms {
		node := roots[c.KeyID]
		for _, label := range c.Path {
			node = hmacSHA256(node, "\x00"+string(label))
		}
		term := hmacSHA256(node, "\x20"+string(c.Input))
		if c.Unique {
			require.Equal(t, 256, c.Bits)
		}
		for i := range term {
			switch spare := (i+1)*8 - c.Bits; {
			case spare >= 8:
				term[i] = 0
			case spare > 0:
				term[i] = term[i] >> spare << spare
			}
		}
		require.Equal(t, term[:(c.Bits+7)/8], []byte(c.Term), "%s %v", c.Path, c.Values)
	}
	require.Equal(t, 222, len(p.Terms))
}

// Published cells open, as what they were.
func TestPublishedValuesDecode(t *testing.T) {
	p := readPublished(t)
	for _, c := range p.Values {
		typ, ok := value.ParseType(c.Type)
		require.True(t, ok)
		v, err := value.Decode(typ, c.Cell)
		require.NoError(t, err)
		require.Equal(t, []byte(c.Cell), value.Encode(typ, v), "%s %s", c.Type, c.Value)
		want := c.Cell
		if c.Term != nil {
			want = *c.Term
		}
		require.Equal(t, []byte(want), value.EncodeTerm(typ, v), "%s %s", c.Type, c.Value)
	}
	require.Equal(t, 48, len(p.Values))
}

func readPublished(t *testing.T) (p published) {
	data, err := os.ReadFile(publishedFile)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &p))
	return p
}

func rootsByHand(t *testing.T) map[uint32][]byte {
	var keyset struct {
		Key []struct {
			KeyID   uint32 `json:"keyId"`
			KeyData struct{ Value string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(readVectors(t).Index), &keyset))
	roots := map[uint32][]byte{}
	for _, k := range keyset.Key {
		proto, err := base64.StdEncoding.DecodeString(k.KeyData.Value)
		require.NoError(t, err)
		secret := proto[len(proto)-32:] // the last field of the message
		roots[k.KeyID], err = hkdf.Key(sha256.New, secret, nil, "cellseal/v1/index", 32)
		require.NoError(t, err)
	}
	require.Len(t, roots, 2)
	return roots
}

func hmacSHA256(key []byte, data string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(data))
	return h.Sum(nil)
}
