package pkcs11kek_test

import (
	"context"
	"log"
	"os"
	"strings"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kek"
	"github.com/cellseal/cellseal/keys/pkcs11kek"
)

// A ring whose key-encryption key never leaves an HSM. The PIN comes from a file
// that the service manager provides (systemd's LoadCredential=), and not from the
// environment, which child processes inherit.
func Example() {
	ctx := context.Background()
	hsm, err := pkcs11kek.Load("/usr/lib/softhsm/libsofthsm2.so")
	check(err)
	defer hsm.Close()
	key := pkcs11kek.Key{Token: "clinic", Label: "cellseal-2026", PIN: func() (string, error) {
		pin, err := os.ReadFile(os.Getenv("CREDENTIALS_DIRECTORY") + "/hsm-pin")
		return strings.TrimRight(string(pin), "\r\n"), err
	}}

	// Once, by an operator.
	check(hsm.Create(ctx, key))
	k, err := hsm.Open(ctx, key)
	check(err)
	ring, err := keys.NewRing()
	check(err)
	stored, err := ring.Encrypt(ctx, k, []byte("clinic-db"))
	check(err)

	// At every start of the application.
	ring, err = keys.OpenRing(ctx, stored, kek.Remote(k, nil), []byte("clinic-db"))
	check(err)
	log.Print(ring) // keys.Ring(redacted)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
