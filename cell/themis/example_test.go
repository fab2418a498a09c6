package themis_test

import (
	"encoding/base64"
	"fmt"

	"github.com/cellseal/cellseal/cell/themis"
)

// A cell from the documentation of Themis.
func ExampleOpen() {
	key := []byte("au6aimoa8Pee8wahxi4Aique6eaxai2a")
	cell, err := base64.StdEncoding.DecodeString(
		"AAEBQAwAAAAQAAAAEQAAAM5da3KkReYC7++OPbrI13UycoVi3s01Ji64WQ/KIe+3oF8cgLle19WC+tnaCg==")
	if err != nil {
		panic(err)
	}
	message, err := themis.Open(key, cell, []byte("additional context"))
	fmt.Printf("%s %v\n", message, err)
	// Output: encrypted message <nil>
}

// The token goes to a column of its own, and the ciphertext stays as long as
// the message was.
func ExampleProtect() {
	key, context := []byte("au6aimoa8Pee8wahxi4Aique6eaxai2a"), []byte("users:1:email")
	ciphertext, token, err := themis.Protect(key, []byte("alice@example.org"), context)
	if err != nil {
		panic(err)
	}
	fmt.Println(len(ciphertext), len(token))

	_, err = themis.OpenProtected(key, ciphertext, token, []byte("users:2:email"))
	fmt.Println(err == themis.ErrDecrypt)
	// Output:
	// 17 44
	// true
}
