package peks

import (
	"errors"

	"github.com/cloudflare/circl/ecc/bls12381"
)

// Tag returns TagSize bytes to store with a row. They differ at every call. An
// empty keyword is an error: a missing value is NULL and has no tag.
func (k *PublicKey) Tag(keyword string) ([]byte, error) {
	return k.tag(keyword, randomScalar())
}

// tag is Tag with the randomness given. It must never be used twice: tags of the
// same r show by their first half that they are.
func (k *PublicKey) tag(keyword string, r *bls12381.Scalar) ([]byte, error) {
	public := k.point()
	h, err := hashed(keyword)
	if err != nil {
		return nil, err
	}
	var a, shared bls12381.G1
	a.ScalarMult(r, bls12381.G1Generator())
	shared.ScalarMult(r, public) // e(pk, H)^r = e(r·pk, H), and a product in G1 is cheaper than a power in GT
	point := a.BytesCompressed()
	return append(point, sum(point, bls12381.Pair(&shared, h))...), nil
}

// CheckTag says whether b could be a tag, at a quarter of the price of a test: for
// whoever takes tags from others.
func CheckTag(b []byte) error {
	_, err := parseTag(b)
	return err
}

func parseTag(b []byte) (*bls12381.G1, error) {
	if len(b) == TagSize {
		if a, err := parseG1(b[:bls12381.G1SizeCompressed]); err == nil {
			return a, nil
		}
	}
	return nil, errors.New("cellseal/peks: this is no tag")
}
