// Package aws guards a ring with AWS KMS, through Tink's client.
package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/tink-crypto/tink-go-awskms/v3/integration/awskms"
	"github.com/tink-crypto/tink-go/v2/aead"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kek"
)

// KEK returns the symmetric KMS key of that ARN. config is what
// config.LoadDefaultConfig returns, in the key's region. The process needs the
// permissions kms:Encrypt and kms:Decrypt, and one that only starts kms:Decrypt alone.
//
// The associated data goes into the encryption context, in hex, and so into
// CloudTrail's log: name the database and the environment in it, and nothing secret.
//
// KMS takes plaintexts of 1 to 4096 bytes: rings of some 35 keys, grants of some 20
// subtrees. See [Envelope] for more.
func KEK(ctx context.Context, config aws.Config, arn string) (keys.KEK, error) {
	client := kms.NewFromConfig(config, func(o *kms.Options) { o.Retryer = aws.NopRetryer{} }) // kek.Remote tries again
	k, err := awskms.NewAEADWithContext(ctx, arn, awskms.WithKMS(client))
	if err != nil {
		return nil, err
	}
	return kek.Remote(k, nil), nil
}

// Envelope is KEK without its bound on sizes: KMS encrypts a fresh AES-256-GCM key,
// and that the plaintext with its associated data, of which CloudTrail then knows nothing.
// Ciphertexts are other ones: choose before the first ring is written, or open and encrypt it again.
func Envelope(ctx context.Context, config aws.Config, arn string) (keys.KEK, error) {
	k, err := KEK(ctx, config, arn)
	if err != nil {
		return nil, err
	}
	return aead.NewKMSEnvelopeAEADWithContext(aead.AES256GCMKeyTemplate(), k)
}
