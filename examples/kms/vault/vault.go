// Package vault guards a ring with the transit engine of HashiCorp Vault or
// OpenBao, through Tink's client.
package vault

import (
	"errors"
	"fmt"

	"github.com/hashicorp/vault/api"
	"github.com/tink-crypto/tink-go-hcvault/v2/integration/hcvault"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kek"
)

// KEK returns the transit key at path, such as "/transit/keys/cellseal": an
// aes256-gcm96 key that is not derived. The token's policy needs "update" on
// transit/encrypt/cellseal and transit/decrypt/cellseal; a process that only opens
// rings needs the latter alone. client stays the caller's, who renews its token; only
// its own retries are turned off, as [kek.Remote] has them.
//
// Vault tells the version of the key in its ciphertexts. After a rotation of the
// key encrypt the ring again, before min_decryption_version rises.
func KEK(client *api.Client, path string) (keys.KEK, error) {
	client.SetMaxRetries(0)
	a, err := hcvault.NewAEAD(path, client.Logical())
	if err != nil {
		return nil, fmt.Errorf("vault: key %s: %w", path, err)
	}
	// Tink's client takes no context: what nobody waits for any more goes on until
	// the client's own timeout, VAULT_CLIENT_TIMEOUT, 60 s if it is not set.
	return kek.Remote(kek.WithContext(a), &kek.Options{Classify: classify}), nil
}

func classify(err error) kek.Verdict {
	var answer *api.ResponseError
	if errors.As(err, &answer) {
		return kek.Status(answer.StatusCode) // 503 is a sealed Vault
	}
	return kek.Classify(err)
}
