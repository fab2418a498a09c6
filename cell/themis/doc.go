// Package themis reads and writes Themis Secure Cells, byte for byte.
//
// It exists for two jobs: moving data out of Themis, and talking to a service
// that still speaks it. New data belongs in package cell; the limits below are
// reasons enough.
//
// Secure Cell has four modes. Open with the one the data was sealed with:
//
//	Seal, with a key     Seal, Open                              44 bytes longer than the message
//	Seal, passphrase     SealWithPassphrase, OpenWithPassphrase  70 bytes longer
//	Token Protect        Protect, OpenProtected                  as long, and a token of 44 bytes
//	Context Imprint      Imprint, Reveal                         as long, but not authenticated
//
// The first three are AES-GCM and authenticate message and context. The context
// is associated data: it is not stored, and is needed again to open. Without
// one, a cell may be moved to any other place that uses the same key. A token
// followed by its ciphertext is a sealed cell, and [Open] opens it.
//
// # What is accepted
//
// Every cell a Themis 0.15 writer can make is opened, including those of builds
// configured for AES-128, AES-192 or another PBKDF2 count, up to 4,194,304.
// Everything else is refused: Themis itself also opens cells with bytes
// inserted, appended or left over in its length fields, so that one message has
// many encodings. Here it has one per nonce. Context imprints have no header
// that could tell builds apart; they are taken to be AES-256, the default.
//
// 64-bit Themis 0.9.6 and older derived other keys. Their cells are refused, and
// their imprints reveal noise: have a newer Themis built WITH_SCELL_COMPAT write
// the cells again first.
//
// Data that cannot be opened yields [ErrDecrypt] whatever the reason, and no
// plaintext. Any other error is the caller's: an empty key, say.
//
// # Limits that come with the format
//
// These are properties of Themis cells. No reader can remove them.
//
//   - Keys that are equal after HMAC's key preparation (RFC 2104) are the same
//     key. Zero bytes at the end of a key or passphrase of up to 64 bytes do not
//     count, and one longer than 64 bytes equals its own SHA-256.
//   - A context imprint is a stream cipher under an IV made from key, length and
//     context alone. Two messages of equal length under one key and context
//     share their keystream: the XOR of the imprints is the XOR of the messages,
//     and whoever knows one message reads the other. Equal messages show.
//     Nothing is authenticated: a flipped bit of the imprint flips that bit of
//     the message, and a wrong key or context yields noise and no error. Give
//     each message its own context, never to be used again, not even for its
//     update.
//   - Cells do not commit to their key. Whoever chooses two keys, or two
//     passphrases, can make one cell that opens under both. Where a service says
//     whether a stranger's cell opened, each answer can test many passphrases at
//     once.
//   - Sealed cells and tokens draw a random 96-bit nonce under a key made from
//     key, length and context. Keep below 2^32 cells for each such triple.
//   - The message length is in the clear.
//   - Whoever made a passphrase cell chose what opening it costs: the count is
//     authenticated only by doing the work, about a second at the limit. Do not
//     open strangers' passphrase cells unmetered. There is no lower limit,
//     because a count cannot be lowered afterwards: it changes the key.
//
// The package is outside FIPS 140-3, which wants GCM nonces drawn inside the
// validated module and HMAC keys of 14 bytes and more: with GODEBUG=fips140=only
// every function returns an error. Keys and messages are not wiped from memory.
//
// All functions may be called concurrently, and none changes its arguments.
package themis
