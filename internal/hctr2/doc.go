// Package hctr2 is a wide-block cipher: it turns n bytes into n bytes, for any
// n from 16 on, and every bit of the result depends on every bit of the input
// and of the tweak.
//
// Cellseal uses it where a ciphertext has no room to grow: imprints. There is
// no nonce and no tag, so two things follow that no code here can repair.
// Equal plaintexts under one key and one tweak give equal ciphertexts, and a
// changed ciphertext decrypts, without an error, to unrelated bytes. What a
// wide block does buy is that nothing finer than equality of whole values
// shows: common prefixes vanish, and there is no keystream to be reused.
//
// The construction is HCTR2 of Crowley, Huckleberry and Biggers,
// "Length-preserving encryption with HCTR2" (IACR ePrint 2021/1441), over AES:
//
//	M (16 bytes)         N (the rest, may be empty)
//	     |                        |
//	     + <------ hash(T, N) ----+
//	  MM |                        |
//	    AES       S = MM+UU+L     |
//	  UU |---------> XCTR(S) ---> +
//	     |                        |
//	     + <------ hash(T, V) ----+
//	     |                        |
//	U (16 bytes)         V (the rest)
//
// Every + is an exclusive or. The hash is POLYVAL of RFC 8452, its key and L
// are AES of the numbers 0 and 1, and XCTR is a counter mode whose counter is
// added without carry. Decryption is the same picture with AES inverted.
//
// Timing: POLYVAL here is arithmetic on 64-bit words and takes the same time
// for all data of one length, if the processor multiplies in constant time (all
// common ones do). AES is crypto/aes, which is constant time where Go uses the
// processor's AES instructions (amd64, arm64, s390x, ppc64x) and falls back to
// tables elsewhere, 386 among them.
//
// The security bound is birthday-like in the number of 16-byte blocks under one
// key; it stays comfortable up to some 2^48 blocks.
package hctr2
