package keys_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/localkek"
)

func ExampleOpenRing() {
	dir, err := os.MkdirTemp("", "example")
	check(err)
	defer os.RemoveAll(dir)
	ctx, place := context.Background(), []byte("clinic-db")

	// Once, by an operator; in production kek is a KMS client or an HSM.
	check(localkek.Create(filepath.Join(dir, "dev.kek")))
	kek, err := localkek.Open(filepath.Join(dir, "dev.kek"))
	check(err)
	ring, err := keys.NewRing()
	check(err)
	stored, err := ring.Encrypt(ctx, kek, place)
	check(err)

	// At every start of the application.
	ring, err = keys.OpenRing(ctx, stored, kek, place)
	check(err)
	fmt.Println(ring)
	_, err = keys.OpenRing(ctx, stored, kek, []byte("another-db"))
	fmt.Println(err != nil)
	// Output:
	// keys.Ring(redacted)
	// true
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
