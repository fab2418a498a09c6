// Package tinkcompat holds nothing but tests: it exchanges stored rings with
// Cellseal as a program that knows only Tink, and an old one at that, the Go
// library github.com/google/tink/go 1.7.0.
//
// It is a module of its own, and imports nothing of Cellseal's, because that Tink
// and the one Cellseal uses (github.com/tink-crypto/tink-go/v2) cannot live in
// one binary: both register the same protocol buffers, which panics. So the two
// meet over files. Run the exchange from this folder:
//
//	go test .
//
// The test writes its half into a temporary folder, runs Cellseal's half
// (TestExchange of package keys) in a child process, and checks what that wrote:
//
//	kek.json              Tink 1: the key-encryption key, a cleartext AES256_GCM_RAW keyset
//	tink-cells.json       Tink 1: an encrypted keyset of three HKDF_PRF keys, the second
//	tink-index.json               primary, the third disabled
//	tink-roots.json       Tink 1: PRF outputs of the enabled ones, "cells/<id>" to hex
//	cellseal-ring.json    Cellseal: a stored ring
//	cellseal-roots.json   Cellseal: the root nodes of its enabled keys
//
// An exchange of the first day is kept in keys/testdata/tink1, and checked by
// both sides. To make another in its place (there should be no reason to):
//
//	CELLSEAL_EXCHANGE_DIR=../../keys/testdata/tink1 go test -run TestLiveExchange .
package tinkcompat
