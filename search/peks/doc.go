// Package peks is public-key encryption with keyword search, of Boneh, Di
// Crescenzo, Ostrovsky and Persiano (BDOP, EUROCRYPT 2004). It is EXPERIMENTAL,
// a module of its own, and there to be compared with: use package search/pub.
//
//	private := peks.GenerateKey()
//	tag, err := private.Public().Tag("measles")      // by anybody who holds the public key; stored in a row
//	trapdoor, err := private.Trapdoor("measles")     // by the private key's holder
//	found, err := trapdoor.Test(tag)                 // by whoever holds the trapdoor, for each row
//
// Whoever has the public key tags a row with a keyword, and can neither search
// nor read what others tagged. Two tags of one keyword are unlinkable without a
// trapdoor (bilinear Diffie-Hellman, random oracles).
//
// Why search/pub is better wherever writer and reader can know each other's public
// key:
//
//   - A search is a linear scan with a pairing a row, 3.2 ms of one core here (4.5 ms
//     a tag, 2.5 ms a trapdoor). A library whose time depends on secrets took 1.1 beside
//     it, and the best take .5. No index can help, for tags are random. A term of
//     search/pub is a B-tree look-up.
//   - Who holds a trapdoor and the public key finds its keyword by trying a
//     dictionary off-line (Byun, Rhee, Park, Lee, SDM 2006): 10 000 words in 30 s on
//     two cores, in a test of this package; so seconds to minutes for every diagnosis
//     of ICD-10, every surname, every postcode. One table of a dictionary breaks every
//     trapdoor ever made under the key, at one pairing each. No scheme in which anybody
//     can tag is free of this: they tag a guess, and test it.
//   - There is no forward privacy: a trapdoor works on every tag ever made under the
//     key, before and after it, and cannot be called back.
//   - Tags are not authenticated: anybody can tag anything, and swap tags between rows.
//
// So a trapdoor is as secret as its keyword: hand it to nobody who must not learn
// the keyword, a database server least of all. What is left is a process that scans
// by itself, as a mail gateway does, and may know what it looks for.
//
// Keywords compare byte by byte: normalize them first. A key pair is for one
// column: tags of two columns under one key answer to the same trapdoor.
//
// # Sizes, and the bytes
//
// The curve is BLS12-381; G1, G2 in the compressed form of Zcash. G is the
// generator of G1, H is hash_to_curve of the suite
// BLS12381G2_XMD:SHA-256_SSWU_RO_ of RFC 9380 under
//
//	CELLSEAL-PEKS-V01-CS01-with-BLS12381G2_XMD:SHA-256_SSWU_RO_
//
// and e is the optimal ate pairing with the final exponent 3·(p¹²-1)/r.
//
//	private key   32   a, big-endian, 0 < a < r
//	public key    48   a·G
//	trapdoor      96   a·H(keyword)
//	tag           80   k·G (48) || SHA-256("cellseal/peks/v1" || k·G || e(k·a·G, H(keyword))) (32), of a fresh k
//
// The pairing's value is its 576 bytes, the highest coefficient first. BDOP is
// written for a symmetric pairing; here the group of shorter elements holds what
// every row stores. Wrong matches are as improbable as collisions of SHA-256
// (Abdalla et al., Searchable Encryption Revisited, CRYPTO 2005: consistency is
// computational). The point k·G enters the hash so that a tag has no other form.
package peks
