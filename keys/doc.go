// Package keys holds the root keys and walks down from them.
//
// Most programs need four calls:
//
//	ring, err := keys.NewRing()                                     // once, by an operator
//	stored, err := ring.Encrypt(ctx, kek, []byte("clinic-db"))      // JSON to keep beside the application
//	ring, err = keys.OpenRing(ctx, stored, kek, []byte("clinic-db"))
//	medical, err := ring.Cells(ctx, keys.Table("patients"), keys.Compartment("medical"))
//
// A [Ring] is two Tink keysets, one for cells and one for search. It encrypts
// nothing itself. A path of labels leads from it to a [Derived], the only thing
// that packages cell and search accept, so every use of a key names its context:
//
//	Ring ─┬─ cells ─ [Scope] ─ Table ─ Compartment ─→ package cell
//	      └─ index ─ [Scope] ─ Table ─ Index       ─→ package search
//
// A Derived is a capability: whoever holds it can work below it and nowhere
// else. [Grant] packs chosen subtrees for a process that needs no more.
//
// Code that lives long takes a [Source] instead of a Ring: a Ring is one, a
// [Live] ring that can be replaced under load is one, a grant is one.
//
// Root keys need not be in the application's process at all: keys/keyservice hands out
// subtrees to processes of its choice, and to a [RowSource] keys of single rows ([RowKeys]),
// so that whoever breaks into such a process has the rows it asks for and not the table.
//
// Rotation is Add, wait until every reader has the new key, Promote, re-seal,
// Disable, Remove; see [Keyset]. What protects a ring at rest is a
// [KEK]: any Tink KMS client inside keys/kek, keys/pkcs11kek for an HSM, or
// keys/localkek and keys/passphrase where there is neither. The README has a
// table of them, and examples/kms the code.
//
// Tenants or patients whose keys can be destroyed have secrets of their own, in a table: see keys/scopes.
//
// The bytes of all this are in FORMAT.md beside this file. From the
// first release on, rings of version 1 are read by every later version.
package keys
