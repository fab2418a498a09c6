// Package kek makes a key-encryption key that is somewhere else, in a KMS, a
// Vault or a key service, fit to start many processes from.
//
//	k, err := awskms.NewAEADWithContext(ctx, arn)                        // any Tink KMS client
//	ring, err := keys.OpenRing(ctx, stored, kek.Remote(k, nil), ad)
//
// [Remote] tries again what a server was too busy or too far away for, with
// growing, random waits and a bound on their number; what it gives up on is an
// [UnavailableError], and what the server refused is passed on as it is, at once. Decryptions of
// the same bytes at the same time are one request, so that a thousand goroutines
// that need one ring do not throttle themselves.
//
// [WithContext] is for clients that take no context, such as Tink's for Vault.
//
// A KEK sees a ring twice per start and keeps nothing: what has been opened is
// held by the keys.Ring, and there is no cache of keys here.
package kek
