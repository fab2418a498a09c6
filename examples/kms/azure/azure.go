// Package azure guards a ring with an Azure Managed HSM, through Azure's client:
// Tink has none for Go.
//
// It takes an oct-HSM key (AES-256) of a Managed HSM. The RSA keys of an ordinary
// Key Vault are not enough: they bind no associated data, and whoever has
// the public key can encrypt a ring of his own and put it in the place of yours.
package azure

import (
	"context"
	"errors"
	"fmt"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kek"
)

// KEK returns the key of that name in the Managed HSM at url, such as
// "https://clinic.managedhsm.azure.net". The identity needs the local role Managed
// HSM Crypto User, or one with the data actions keys/encrypt and keys/decrypt.
//
// Ciphertexts are 0x01, the length of the key's version in a byte, the version, IV (12
// bytes), tag (16 bytes) and ciphertext, so a rotated key still reads.
func KEK(url, name string, credential azcore.TokenCredential, options *azkeys.ClientOptions) (keys.KEK, error) {
	var o azkeys.ClientOptions
	if options != nil {
		o = *options
	}
	o.Retry.MaxRetries = -1 // kek.Remote tries again
	client, err := azkeys.NewClient(url, credential, &o)
	if err != nil {
		return nil, fmt.Errorf("azure: %w", err)
	}
	return kek.Remote(&managed{client, name}, &kek.Options{Classify: classify}), nil
}

func classify(err error) kek.Verdict {
	var answer *azcore.ResponseError
	if errors.As(err, &answer) {
		return kek.Status(answer.StatusCode)
	}
	return kek.Classify(err)
}

type managed struct {
	client *azkeys.Client
	name   string
}

const format, ivSize, tagSize = 1, 12, 16

// EncryptWithContext implements tink.AEADWithContext. The HSM draws the IV.
func (m *managed) EncryptWithContext(ctx context.Context, plaintext, ad []byte) ([]byte, error) {
	r, err := m.client.Encrypt(ctx, m.name, "", azkeys.KeyOperationParameters{
		Algorithm: to.Ptr(azkeys.EncryptionAlgorithmA256GCM), Value: plaintext, AdditionalAuthenticatedData: ad,
	}, nil)
	if err != nil {
		return nil, err
	}
	if r.KID == nil || len(r.IV) != ivSize || len(r.AuthenticationTag) != tagSize || len(r.Result) != len(plaintext) {
		return nil, errors.New("azure: the answer is not one of A256GCM")
	}
	version := r.KID.Version()
	if len(version) == 0 || len(version) > 255 {
		return nil, errors.New("azure: the answer names no version of the key")
	}
	out := append([]byte{format, byte(len(version))}, version...)
	out = append(out, r.IV...)
	out = append(out, r.AuthenticationTag...)
	return append(out, r.Result...), nil
}

// DecryptWithContext implements tink.AEADWithContext.
func (m *managed) DecryptWithContext(ctx context.Context, ciphertext, ad []byte) ([]byte, error) {
	if len(ciphertext) < 2 || ciphertext[0] != format || ciphertext[1] == 0 || len(ciphertext) < 2+int(ciphertext[1])+ivSize+tagSize {
		return nil, errors.New("azure: this is no ciphertext of this package")
	}
	version, rest := ciphertext[2:2+ciphertext[1]], ciphertext[2+ciphertext[1]:]
	for _, c := range version { // it becomes part of a URL
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return nil, errors.New("azure: this is no ciphertext of this package")
		}
	}
	r, err := m.client.Decrypt(ctx, m.name, string(version), azkeys.KeyOperationParameters{
		Algorithm: to.Ptr(azkeys.EncryptionAlgorithmA256GCM), Value: rest[ivSize+tagSize:], AdditionalAuthenticatedData: ad,
		IV: rest[:ivSize], AuthenticationTag: rest[ivSize : ivSize+tagSize],
	}, nil)
	if err != nil {
		return nil, err
	}
	return r.Result, nil
}
