// Package wycheproof holds nothing but tests: it runs the vectors of Project
// Wycheproof (C2SP) against Cellseal's own primitives.
//
// It is a module of its own because the vectors' module asks for a newer Go
// than Cellseal does, and a library should not raise the requirement of
// everybody who imports it for the sake of its tests. Run it from this folder:
//
//	go test ./...
//
// Each test states how many cases it ran and how each ended. After an upgrade
// of the vectors those numbers change and the tests fail; look at what is new
// before you write the new numbers down.
package wycheproof
