package cell

import (
	"encoding/binary"
	"fmt"

	"github.com/cellseal/cellseal/internal/ff1"
	"github.com/cellseal/cellseal/internal/hctr2"
	"github.com/cellseal/cellseal/internal/tree"
)

// ImprintOptions says how a value is imprinted; nil and the zero value mean all
// bytes, under the primary key. An imprint carries nothing beside the value, so
// the options must be kept: the alphabet in the schema, the key id in a column.
type ImprintOptions struct {
	// Alphabet keeps the value's format: FF1 (NIST SP 800-38G) over the alphabet's
	// characters, of which the value needs so many that there are at least 10^6
	// such values, and at most 512. Without an alphabet it is HCTR2, for 16 bytes and more.
	Alphabet *Alphabet
	// KeepOthers leaves characters outside the alphabet where they stand, in
	// clear, as the dashes of a card number; without it they are an error.
	KeepOthers bool
	// KeyID is the root key; 0 stands for the primary.
	KeyID uint32
}

// Imprint encrypts plaintext to a value of the same length: the same bytes, or
// with an alphabet the same number of characters. It is deterministic: in one
// row and column equal values give equal imprints; in an unbound row they do so
// across the whole column. It has no integrity: a changed imprint
// reveals as some other value. What cannot be imprinted is an [*ImprintError].
func (r *Row) Imprint(column string, plaintext []byte, o *ImprintOptions) ([]byte, error) {
	return r.imprint(column, plaintext, o, false)
}

// Reveal decrypts what Imprint made under the same options.
func (r *Row) Reveal(column string, imprinted []byte, o *ImprintOptions) ([]byte, error) {
	return r.imprint(column, imprinted, o, true)
}

// PrimaryID returns the id of the root key that writes, to be stored beside an imprint.
func (r *Row) PrimaryID() uint32 { return r.state().comp.keys[0].id }

func (r *Row) imprint(column string, in []byte, o *ImprintOptions, reveal bool) ([]byte, error) {
	s := r.state()
	if column == "" {
		panic("cellseal/cell: empty column label")
	}
	if o == nil {
		o = &ImprintOptions{}
	}
	keyID := o.KeyID
	if keyID == 0 {
		keyID = r.PrimaryID()
	}
	i, err := s.comp.find(keyID)
	if err != nil {
		return nil, err
	}
	tweak := append(binary.BigEndian.AppendUint32(nil, keyID), column...)
	var out []byte
	if o.Alphabet == nil {
		out, err = imprintBytes(s.secret(i, tree.PurposeImprint), tweak, in, reveal)
	} else {
		tweak = append(append(tweak, 0), o.Alphabet.name...)
		out, err = imprintText(s.secret(i, tree.PurposeFPE), tweak, in, o, reveal)
	}
	if err != nil {
		return nil, &ImprintError{Column: column, Reason: err.Error()}
	}
	return out, nil
}

func imprintBytes(key [tree.Size]byte, tweak, in []byte, reveal bool) ([]byte, error) {
	if len(in) < hctr2.MinSize {
		return nil, fmt.Errorf("it has %d bytes, and without an alphabet at least %d are needed; seal it, or declare an alphabet", len(in), hctr2.MinSize)
	}
	c, err := hctr2.New(key[:])
	if err != nil {
		return nil, err
	}
	if reveal {
		return c.Decrypt(nil, in, tweak), nil
	}
	return c.Encrypt(nil, in, tweak), nil
}

func imprintText(key [tree.Size]byte, tweak, in []byte, o *ImprintOptions, reveal bool) ([]byte, error) {
	template, numerals, err := o.Alphabet.numerals(in, o.KeepOthers)
	if err != nil {
		return nil, err
	}
	c, err := ff1.New(key[:], len(o.Alphabet.chars))
	if err != nil {
		return nil, err
	}
	if len(numerals) < c.MinLen() || len(numerals) > ff1.MaxLen {
		return nil, fmt.Errorf("it has %d characters of the alphabet %s: want %d to %d", len(numerals), o.Alphabet.name, c.MinLen(), ff1.MaxLen)
	}
	if reveal {
		numerals, err = c.Decrypt(tweak, numerals)
	} else {
		numerals, err = c.Encrypt(tweak, numerals)
	}
	if err != nil {
		return nil, err
	}
	return o.Alphabet.text(template, numerals), nil
}
