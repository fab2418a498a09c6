package pub_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/pub"
)

// A clinic writes tokens that only the registry can ask for; a second clinic's of the same number are others.
func Example() {
	registry, clinic, other := must(pub.NewPrivateKey()), must(pub.NewPrivateKey()), must(pub.NewPrivateKey())
	mrn := pub.Label("mrn", search.Alnum)

	written := must(must(must(pub.ForReader(clinic, registry.Public())).Index(mrn, pub.Options{})).Token("MRN-0042"))
	for _, sender := range []*pub.PrivateKey{clinic, other} {
		asked := must(must(must(pub.FromSender(registry, sender.Public())).Index(mrn, pub.Options{})).Match("MRN 0042"))
		fmt.Println(bytes.Equal(written, asked))
	}
	fmt.Println(clinic)
	// Output:
	// true
	// false
	// pub.PrivateKey(redacted)
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
