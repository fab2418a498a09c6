package peks

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"

	"github.com/cloudflare/circl/ecc/bls12381"
)

const (
	suite = "CELLSEAL-PEKS-V01-CS01-with-BLS12381G2_XMD:SHA-256_SSWU_RO_"
	proof = "cellseal/peks/v1"
)

// errKeyword is for the value that is missing, which would make all rows without a
// value findable by one trapdoor.
var errKeyword = errors.New("cellseal/peks: the keyword is empty: leave the tag NULL")

// hashed is H(keyword). The keyword's length shows in the time it takes, and
// nothing else of it.
func hashed(keyword string) (*bls12381.G2, error) {
	if keyword == "" {
		return nil, errKeyword
	}
	h := new(bls12381.G2)
	h.Hash([]byte(keyword), []byte(suite))
	return h, nil
}

// sum is the second half of a tag. Both inputs are of a fixed length.
func sum(point []byte, paired *bls12381.Gt) []byte {
	h := sha256.New()
	h.Write([]byte(proof))
	h.Write(point)
	b, err := paired.MarshalBinary()
	if err != nil {
		panic("cellseal/peks: " + err.Error()) // it has no way to fail
	}
	h.Write(b)
	return h.Sum(nil)
}

// randomScalar is uniform over 1 … r-1.
func randomScalar() *bls12381.Scalar {
	for {
		k := new(bls12381.Scalar)
		if err := k.Random(rand.Reader); err != nil {
			panic("cellseal/peks: " + err.Error()) // crypto/rand ends the program rather than fail
		}
		if k.IsZero() == 0 {
			return k
		}
	}
}

// parseG1 takes the compressed form only. The identity is refused: as a key or in a
// tag it would make every keyword match.
func parseG1(b []byte) (*bls12381.G1, error) {
	p := new(bls12381.G1)
	if len(b) != bls12381.G1SizeCompressed || p.SetBytes(b) != nil || p.IsIdentity() {
		return nil, errors.New("no point of G1")
	}
	return p, nil
}

func parseG2(b []byte) (*bls12381.G2, error) {
	p := new(bls12381.G2)
	if len(b) != bls12381.G2SizeCompressed || p.SetBytes(b) != nil || p.IsIdentity() {
		return nil, errors.New("no point of G2")
	}
	return p, nil
}
