// Package ff1 is format-preserving encryption: it turns n digits into n digits
// of the same radix, so that an encrypted card number fits where a card number
// is expected.
//
// It is the mode FF1 of NIST Special Publication 800-38G (2016) over AES, with
// the larger smallest domain that the drafts of its Revision 1 demand:
// radix^length must be at least 1 000 000. Behind that number are attacks that
// recover messages of tiny domains from many encryptions under related tweaks
// (Bellare, Hoang and Tessaro, CCS 2016; Hoang, Tessaro and Trieu, CRYPTO 2018).
// Use FF1 only where the format is imposed on you, and prefer long values;
// everything else is better served by package hctr2.
//
// As with every deterministic cipher without a tag, equal values under one key
// and tweak show as equal, and any digits decrypt to some digits.
//
// Numerals are numbers from 0 to radix-1, the most significant first. Which
// characters they stand for is the caller's business.
//
// Timing: the arithmetic is math/big, which is not constant time, so the time
// of a call depends slightly on the digits. It is accepted because division by
// an arbitrary radix^length has no simple constant-time form, and because what
// shows is one sum over ten rounds, all but the ends of it on numbers that a
// keyed function has masked. Do not use this package where somebody who may
// choose values can time single encryptions from the same machine. The note on
// AES in package hctr2 holds here too.
package ff1
