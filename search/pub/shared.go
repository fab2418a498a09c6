package pub

import (
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"log/slog"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/internal/tree"
)

// Shared is what a sender and a reader have in common. It is immutable and safe for concurrent use;
// making one costs a scalar multiplication, so keep it.
type Shared struct {
	_ [0]func()
	s *shared
}

type shared struct{ mac *tree.MAC }

// ForReader is the sender's end. It returns ErrKey if the public key is of low order or the sender's
// own.
func ForReader(sender *PrivateKey, reader *PublicKey) (*Shared, error) {
	return agree(sender.secret(), reader.point(), sender.secret().PublicKey(), reader.point())
}

// FromSender is the reader's end. It returns ErrKey if the public key is of low order or the reader's
// own.
func FromSender(reader *PrivateKey, sender *PublicKey) (*Shared, error) {
	return agree(reader.secret(), sender.point(), sender.point(), reader.secret().PublicKey())
}

func agree(own *ecdh.PrivateKey, other, sender, reader *ecdh.PublicKey) (*Shared, error) {
	if sender.Equal(reader) {
		return nil, fmt.Errorf("%w: sender and reader have the same", ErrKey)
	}
	secret, err := own.ECDH(other)
	if err != nil {
		return nil, fmt.Errorf("%w: the public key is of low order", ErrKey)
	}
	info := append([]byte("cellseal/v1/pub"), 0)
	info = append(append(info, sender.Bytes()...), reader.Bytes()...)
	k, err := hkdf.Key(sha256.New, secret, nil, string(info), tree.Size)
	if err != nil {
		return nil, fmt.Errorf("cellseal/pub: %w", err)
	}
	return &Shared{s: &shared{tree.NewMAC(tree.NewNode(0, (*[tree.Size]byte)(k)))}}, nil
}

func (p *Shared) state() *shared {
	if p == nil || p.s == nil {
		panic("cellseal/pub: zero Shared; use ForReader or FromSender")
	}
	return p.s
}

// Format implements fmt.Formatter and prints nothing secret.
func (Shared) Format(f fmt.State, _ rune) { redact.Format(f, "pub.Shared") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Shared) LogValue() slog.Value { return redact.LogValue("pub.Shared") }
