package ff1

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"math/big"
)

const rounds = 10

// feistel is one message on its way through the rounds of SP 800-38G,
// Algorithms 7 and 8. The standard swaps the halves after every round and turns
// them back into numerals; here they stay where they are, as numbers, and round
// i changes half i mod 2.
type feistel struct {
	block cipher.Block
	base  *big.Int // the radix

	size [2]int     // u and v: the numerals in each half
	mod  [2]big.Int // radix^u and radix^v
	half [2]big.Int // A and B

	prefix [aes.BlockSize]byte // CBC-MAC over what is the same in every round
	tail   []byte              // the rest of P || Q: end of the tweak, zeros, round, number
	number []byte              // the last b bytes of tail
	stream []byte              // S, in whole blocks
	used   int                 // d: the bytes of S that count

	y, quotient, masking big.Int // scratch space of mask
}

// split takes numerals apart and absorbs all that does not change from round to
// round: P, and the tweak but for what shares a block with the round number.
func (s *secret) split(tweak []byte, numerals []uint16) *feistel {
	n, t := len(numerals), len(tweak)
	f := &feistel{block: s.block, base: s.base, size: [2]int{n / 2, n - n/2}}
	f.setNumber(&f.half[0], numerals[:f.size[0]])
	f.setNumber(&f.half[1], numerals[f.size[0]:])

	f.mod[0].Exp(f.base, big.NewInt(int64(f.size[0])), nil)
	f.mod[1].Set(&f.mod[0])
	if f.size[1] > f.size[0] {
		f.mod[1].Mul(&f.mod[1], f.base)
	}

	// The bytes of the largest number of v numerals, radix^v - 1. The standard
	// says ceil(ceil(v·log2(radix))/8), which is the same and invites floats.
	b := (f.y.Sub(&f.mod[1], big.NewInt(1)).BitLen() + 7) / 8
	f.used = 4*((b+3)/4) + 4

	// One allocation holds P || Q and then S. P begins with three fixed bytes
	// and the radix in three more; the last fixed one goes with the radix to
	// make a word.
	pqLen, tailLen := aes.BlockSize+roundUp(t+1+b), roundUp(1+b)
	memory := make([]byte, pqLen+roundUp(f.used))
	pq := memory[:pqLen]
	f.stream = memory[pqLen:]
	pq[0], pq[1] = 1, 2
	binary.BigEndian.PutUint32(pq[2:], 1<<24|uint32(s.radix))
	pq[6], pq[7] = rounds, byte(f.size[0])
	binary.BigEndian.PutUint32(pq[8:], uint32(n))
	binary.BigEndian.PutUint32(pq[12:], uint32(t))
	copy(pq[16:], tweak)

	f.tail = pq[pqLen-tailLen:]
	f.number = f.tail[tailLen-b:]
	copy(f.prefix[:], f.cbcMAC(pq[:pqLen-tailLen]))
	return f
}

// join turns the halves back into numerals and uses them up.
func (f *feistel) join() []uint16 {
	numerals := make([]uint16, f.size[0]+f.size[1])
	f.putNumerals(numerals[:f.size[0]], &f.half[0])
	f.putNumerals(numerals[f.size[0]:], &f.half[1])
	return numerals
}

// encryptRound adds the round's mask to one half, modulo radix^m.
func (f *feistel) encryptRound(i int) {
	x, m := &f.half[i%2], &f.mod[i%2]
	x.Add(x, f.mask(i))
	if x.Cmp(m) >= 0 {
		x.Sub(x, m)
	}
}

// decryptRound takes it off again; the other half is as it was.
func (f *feistel) decryptRound(i int) {
	x, m := &f.half[i%2], &f.mod[i%2]
	x.Sub(x, f.mask(i))
	if x.Sign() < 0 {
		x.Add(x, m)
	}
}

// mask derives y of the standard from the half that round i leaves alone, and
// returns it modulo radix^m.
func (f *feistel) mask(i int) *big.Int {
	f.tail[len(f.tail)-len(f.number)-1] = byte(i)
	f.half[1-i%2].FillBytes(f.number)

	copy(f.stream, f.prefix[:])
	r := f.cbcMAC(f.tail)
	for j := 1; j*aes.BlockSize < f.used; j++ {
		block := f.stream[j*aes.BlockSize:][:aes.BlockSize]
		copy(block, r)
		block[aes.BlockSize-1] ^= byte(j) // S has at most 33 blocks
		f.block.Encrypt(block, block)
	}

	f.y.SetBytes(f.stream[:f.used])
	f.quotient.QuoRem(&f.y, &f.mod[i%2], &f.masking)
	return &f.masking
}

// cbcMAC continues the CBC-MAC whose state is the first block of f.stream over
// whole blocks of data, and returns that block.
func (f *feistel) cbcMAC(data []byte) []byte {
	state := f.stream[:aes.BlockSize]
	for ; len(data) > 0; data = data[aes.BlockSize:] {
		subtle.XORBytes(state, state, data)
		f.block.Encrypt(state, state)
	}
	return state
}

func roundUp(n int) int {
	return (n + aes.BlockSize - 1) / aes.BlockSize * aes.BlockSize
}
