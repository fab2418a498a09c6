// Package pub makes search tokens between two parties of whom one only writes.
//
//	shared, err := pub.ForReader(clinic, registry)              // at the writer: its private key, the reader's public one
//	x, err := shared.Index(pub.Label("mrn", search.Alnum), pub.Options{})
//	token, err := x.Token("MRN-0042")                           // sent along with the row
//
//	shared, err := pub.FromSender(registry, clinic)             // at the reader, once for each sender
//	x, err := shared.Index(pub.Label("mrn", search.Alnum), pub.Options{})
//	token, err := x.Match("mrn 0042")                           // SELECT … WHERE sender = … AND mrn__tok = …
//
// Both ends agree on a key by static X25519 (RFC 7748) and HKDF (RFC 5869) over both public keys, and
// tokens are those of an ordinary Blind index under that key: a B-tree finds them. A sender can make
// tokens for its own pair with the reader, and for no other sender's: it cannot search what others
// wrote, nor guess at it.
//
//	             Public-key tokens
//	at rest      which rows of one sender hold equal values, and how often each value occurs
//	on a query   which rows hold the value that is asked for, of every sender asked about
//	over time    accumulates: every query names its rows
//	for          writers who must not be able to search what others write
//
// Equality across senders does not show, and a query costs a token for each of them.
//
// Why not public-key encryption with keyword search: whoever knows the public key alone can make
// trapdoor-like ciphertexts of every word there is and try them against a query (off-line keyword
// guessing, Byun et al., SDM 2006), and each row costs a pairing. The price of this package is that
// keys are exchanged beforehand and authentically: a public key that somebody slipped in makes tokens
// for that somebody. Whoever holds one of the two private keys knows everything the pair wrote and
// asked; there is no forward secrecy, for tokens must stay findable. Keys are rotated by a new pair of
// keys, and a new column or table for what is written under it. FORMAT.md §8 in package search gives
// the bytes.
//
// [Shared.Ring] is a key ring that only those two hold, for every other kind of index, and cells too.
package pub
