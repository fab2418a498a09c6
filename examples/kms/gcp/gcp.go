// Package gcp guards a ring with Google Cloud KMS, through Tink's client.
package gcp

import (
	"context"
	"time"

	"github.com/tink-crypto/tink-go-gcpkms/v2/integration/gcpkms"
	"google.golang.org/api/option"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kek"
)

// KEK returns the symmetric key of that resource name, such as
// "projects/p/locations/l/keyRings/r/cryptoKeys/k". The process needs the
// permissions cloudkms.cryptoKeyVersions.useToEncrypt and useToDecrypt, and one that only
// opens rings the latter alone. KMS takes 64 KiB, with the associated data.
//
// The client tries again by itself while the service is UNAVAILABLE, for as long
// as an attempt may last; RESOURCE_EXHAUSTED, its word for throttling, it does not.
func KEK(ctx context.Context, name string, options ...option.ClientOption) (keys.KEK, error) {
	k, err := gcpkms.GetAEADWithContext(ctx, "gcp-kms://"+name, gcpkms.WithGoogleAPIClientOptions(options...))
	if err != nil {
		return nil, err
	}
	return kek.Remote(k, &kek.Options{Timeout: 3 * time.Second, Classify: classify}), nil
}

func classify(err error) kek.Verdict {
	switch status.Code(err) {
	case codes.ResourceExhausted:
		return kek.Throttled
	case codes.Unavailable, codes.DeadlineExceeded, codes.Internal, codes.Aborted:
		return kek.Unavailable
	}
	return kek.Refused
}
