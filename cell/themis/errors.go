package themis

import (
	"crypto/fips140"
	"errors"
)

// ErrDecrypt is the only error about data: wrong key, wrong context, a damaged
// cell or a shape no Themis writer makes. Which of them is not told, on purpose.
var ErrDecrypt = errors.New("cellseal/themis: cannot decrypt: wrong key, wrong context or not a cell a Themis writer made")

// Mistakes of the caller.
var (
	errEmptyKey        = errors.New("cellseal/themis: the key is empty")
	errEmptyPassphrase = errors.New("cellseal/themis: the passphrase is empty")
	errEmptyMessage    = errors.New("cellseal/themis: the message is empty, and Themis has no cell for that")
	errEmptyContext    = errors.New("cellseal/themis: the context is empty: a context imprint needs one")
	errMessageTooLong  = errors.New("cellseal/themis: the message is too long: its length must fit in 32 bits")
	errFIPS            = errors.New("cellseal/themis: Themis cells are outside FIPS 140-3, which GODEBUG=fips140=only enforces")
)

// checkSecret goes first in every exported function.
func checkSecret(secret []byte, whenEmpty error) error {
	if fips140.Enforced() {
		return errFIPS
	}
	if len(secret) == 0 {
		return whenEmpty
	}
	return nil
}
