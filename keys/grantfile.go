package keys

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/cellseal/cellseal/internal/strictjson"
	"github.com/cellseal/cellseal/internal/tree"
)

// grantFile is a grant at rest: one ciphertext of the KEK over grantPlain.
type grantFile struct {
	Version    int    `json:"cellseal-grant"`
	Ciphertext []byte `json:"ciphertext"`
}

// grantPlain is what that ciphertext holds, as JSON.
type grantPlain struct {
	Subtrees []tree.Subtree `json:"subtrees"`
}

// Encrypt returns the grant as JSON for another process, which opens it with
// [OpenGrant] under the same KEK and ad.
func (g *Granted) Encrypt(ctx context.Context, kek KEK, ad []byte) ([]byte, error) {
	mustKEK(kek)
	var p grantPlain
	for _, s := range g.state().sets {
		p.Subtrees = append(p.Subtrees, tree.Write(s))
	}
	plaintext, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("cellseal/keys: grant: %w", err)
	}
	defer clear(plaintext)
	if len(plaintext) > MaxRingSize {
		return nil, fmt.Errorf("cellseal/keys: grant of %d subtrees: more than OpenGrant reads back (%d bytes): grant a place above them, or split the grant", len(p.Subtrees), MaxRingSize)
	}
	ciphertext, err := kek.EncryptWithContext(ctx, plaintext, associatedData("grant", ad))
	if err != nil {
		return nil, fmt.Errorf("cellseal/keys: encrypt under the KEK: %w", err)
	}
	return json.Marshal(grantFile{1, ciphertext})
}

// OpenGrant reads what [Granted.Encrypt] wrote.
func OpenGrant(ctx context.Context, data []byte, kek KEK, ad []byte) (*Granted, error) {
	mustKEK(kek)
	var f grantFile
	if err := strictjson.Decode(data, 2*MaxRingSize, &f); err != nil {
		return nil, fmt.Errorf("cellseal/keys: this is not a stored grant: %w", err)
	}
	if f.Version != 1 {
		return nil, fmt.Errorf("cellseal/keys: stored grant of version %d: this version of the library reads 1", f.Version)
	}
	plaintext, err := kek.DecryptWithContext(ctx, f.Ciphertext, associatedData("grant", ad))
	if err != nil {
		return nil, fmt.Errorf("cellseal/keys: grant: %w", unread(err))
	}
	defer clear(plaintext)
	return parseGrant(plaintext)
}

func parseGrant(plaintext []byte) (*Granted, error) {
	var p grantPlain
	if err := strictjson.Decode(plaintext, MaxRingSize, &p); err != nil {
		return nil, fmt.Errorf("cellseal/keys: grant: %w", err)
	}
	if len(p.Subtrees) == 0 {
		return nil, fmt.Errorf("cellseal/keys: grant of no subtrees")
	}
	g := &grantState{}
	for _, t := range p.Subtrees {
		s, err := t.Read()
		t.Wipe()
		if err != nil {
			return nil, fmt.Errorf("cellseal/keys: grant: %w", err)
		}
		g.sets = append(g.sets, s)
	}
	return &Granted{s: g}, nil
}
