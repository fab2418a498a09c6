package paillier

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/big"
)

var (
	_ driver.Valuer = Ciphertext{}
	_ sql.Scanner   = (*Ciphertext)(nil)
)

// maxDigits is of n² of 3072 bits: 1850.
const maxDigits = 1850

// A Ciphertext is a number for a numeric column: of up to 1 234 digits under a key
// of 2048 bits, 1 850 under one of 3072. It knows no key, so it is checked where one
// is at hand. A sum of no rows is NULL: scan into an sql.Null[paillier.Ciphertext].
type Ciphertext struct{ v *big.Int }

// ParseCiphertext reads what String wrote: decimal digits. It is small in memory
// whatever the text.
func ParseCiphertext(text string) (*Ciphertext, error) {
	if len(text) == 0 || len(text) > maxDigits || text[0] == '0' {
		return nil, errors.New("cellseal/paillier: a ciphertext has 1 to 1850 decimal digits, the first no zero")
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return nil, errors.New("cellseal/paillier: a ciphertext has decimal digits only")
		}
	}
	v, _ := new(big.Int).SetString(text, 10)
	return &Ciphertext{v}, nil
}

// String returns decimal digits.
func (c Ciphertext) String() string { return c.number().String() }

// Value implements driver.Valuer, with decimal digits.
func (c Ciphertext) Value() (driver.Value, error) { return c.String(), nil }

// Scan implements sql.Scanner, of a numeric column as text. NULL is an error.
func (c *Ciphertext) Scan(src any) error {
	var text string
	switch src := src.(type) {
	case string:
		text = src
	case []byte:
		text = string(src)
	case nil:
		return errors.New("cellseal/paillier: NULL is no ciphertext: scan into an sql.Null[paillier.Ciphertext]")
	default:
		return fmt.Errorf("cellseal/paillier: a ciphertext is scanned from text, and not from %T", src)
	}
	parsed, err := ParseCiphertext(text)
	if err != nil {
		return err
	}
	*c = *parsed
	return nil
}

func (c *Ciphertext) number() *big.Int {
	if c == nil || c.v == nil {
		panic("cellseal/paillier: zero Ciphertext; use PublicKey.Encrypt, ParseCiphertext or Scan")
	}
	return c.v
}
