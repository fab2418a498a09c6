// Package pkcs11kek keeps a ring's key-encryption key in a hardware security
// module, through PKCS#11. It needs cgo and is a module of its own.
//
//	hsm, err := pkcs11kek.Load("/usr/lib/softhsm/libsofthsm2.so")   // the library that came with the HSM
//	key := pkcs11kek.Key{Token: "clinic", Label: "cellseal-2026", PIN: readPIN}
//	err = hsm.Create(ctx, key)                                      // once, by an operator
//	k, err := hsm.Open(ctx, key)                                    // at every start
//	ring, err := keys.OpenRing(ctx, stored, kek.Remote(k, nil), ad)
//
// The key is an AES-256 key that was made in the token and never was, and never
// will be, outside of it. [Module.Open] looks at all of that and believes nothing: a key that
// could be read, that was imported, or that may wrap other keys is an
// [AttributeError], and a token that gives the key's value away or lets
// associated data be changed is refused.
//
// A call uses one session of a bounded pool. A session that is lost, with its
// login, is replaced; if the whole device went away, the library is initialised
// again. What stays unreachable is a [kek.UnavailableError]. A PIN that was
// refused is never tried again, because tokens lock themselves after a few times: a
// service manager that restarts the process must stop at a [PINError] too.
//
// # Ciphertexts
//
//	 0        1              9             21
//	┌────────┬──────────────┬─────────────┬───────────────────┬──────────┐
//	│ 0x01   │ key id (8)   │ IV (12)     │ ciphertext (n)    │ tag (16) │
//	└────────┴──────────────┴─────────────┴───────────────────┴──────────┘
//
// n bytes become n + 37. The key id is the first 8 bytes of SHA-256(CKA_ID);
// Create draws a CKA_ID of 16 random bytes. It is there so that a wrong key is a
// [WrongKeyError] and not a riddle. The mechanism is CKM_AES_GCM (PKCS#11 v2.40 §2.12, NIST SP
// 800-38D) with a 128-bit tag, its associated data the first 9 bytes followed by the caller's.
//
// IVs are 96 random bits from crypto/rand, or the HSM's own where it
// insists on that; SP 800-38D §8.3 allows 2³² of them under a key, and a ring takes two each time it
// is written. A plaintext may have as many bytes as [MaxPlaintext]; many HSMs take less.
//
// # Limits
//
// PKCS#11 knows no cancelling: when its context ends a call returns at once, and
// its session stays busy until the HSM answers. Plaintexts pass through
// memory of the C library, which is freed and not wiped, and a ciphertext that the token refuses costs as much
// C memory as it is long (miekg/pkcs11 v1.1.2 does not free it): let nobody
// send ciphertexts here in a loop.
package pkcs11kek
