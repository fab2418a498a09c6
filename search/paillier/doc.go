// Package paillier adds up numbers inside PostgreSQL that neither the database nor
// their producers can read. It is opt-in and a module of its own.
//
//	private := paillier.GenerateKey(3072)                      // once, where sums are read
//	public, err := paillier.ParsePublicKey(handedOut)          // at each producer, who cannot decrypt
//	for _, statement := range public.DDL("salaries_sum") { … } // once, in PostgreSQL
//
//	INSERT INTO salaries (id, salary_enc) VALUES ($1, $2)      // $2: public.Encrypt(cents), a numeric
//	SELECT salaries_sum(salary_enc), COUNT(salary_enc) FROM salaries WHERE team = $1
//
//	var c sql.Null[paillier.Ciphertext]                        // NULL: there were no rows
//	err = row.Scan(&c, &rows)
//	sum, err := private.Sum(&c.V, rows)                        // a *big.Int
//
// It is for producers who hold no decryption key: meters, clinics, senders of
// reports. Where writer and reader are one application, a running sum is what you
// want: 8 bytes a value and the speed of SQL's own SUM.
//
// The scheme is Paillier's (EUROCRYPT 1999) with g = n+1 and decryption modulo the
// primes' squares. Ciphertexts of equal values are unlinkable (decisional
// composite residuosity). What it does not do:
//
//   - Nothing authenticates a ciphertext, and nothing binds it to its row. Whoever can write the
//     table can replace, swap, repeat, add to and multiply what is summed, and whoever
//     has the public key can make new ones. A plaintext that cannot be the sum of the
//     counted rows is a [RangeError]; any other is believed. Keep the AEAD cell beside
//     it where there is one: that is the truth.
//   - The server sees which rows are summed, and of a sum of one row the result is that row.
//     Whoever decrypts sums for others must refuse sums of few rows, and differences of
//     two sums that differ by few.
//   - It is broken by a quantum computer, as RSA is.
//   - Sums only: no comparison, no MIN, no product of two ciphertexts.
//
// # Sizes and figures
//
// One core of a small virtual machine, PostgreSQL 15, and what `go test -bench .` says
// on yours:
//
//	                        2048 bits      3072 bits
//	security (SP 800-57)    112 bits       128 bits
//	ciphertext              512 bytes      768 bytes
//	column of numeric       626 bytes      934 bytes a row
//	encrypt                 15 ms          44 ms
//	decrypt                 4 ms           45 ms
//	sum in PostgreSQL       1 300–2 400    850–1 050 rows/s (it may run in parallel)
//
// A table of a million rows is minutes: aggregate by day, or sum decrypted cells.
//
// Lattice schemes stay out. BGV, packed, comes to 32 bytes a value, but a ciphertext is
// 131 kB and PostgreSQL cannot add two: what SQL could sum, every client would
// have to fetch. They win where thousands of values are written at once and summed
// by position, by a process beside the database.
//
// # Time, and what it betrays
//
// There is no Paillier in Tink, Go's standard library or x/crypto; those elsewhere are
// over math/big, whose time depends on its operands, or parts of protocols for signing.
// This one is over filippo.io/bigmod, the constant-time arithmetic of Go's own
// crypto/rsa. All that a private key and a plaintext do is done there, but the making and
// checking of primes, and the sum itself once it is a *big.Int. The random power rⁿ of
// an encryption is math/big's: its exponent is public and each r is used once.
package paillier
