// Package tree is the key tree of keys/FORMAT.md §2: nodes of 32 secret bytes,
// one HMAC-SHA-256 for every label on the way down, and no way up.
//
// A [Set] is one place in the tree under every enabled root key at once, for a
// cell or a term names its key and all of them must stay readable. Set has no
// exported method that gives a secret away: keys hands it out behind
// keys.Derived, and only packages of this module can call the functions here.
package tree
