// Package scopes gives tenants, patients or customers secrets of their own, which can be destroyed: then nothing
// that was sealed for one of them can be opened any more, and nothing finds it, by anybody.
//
//	db.Exec(scopes.DDL(scopes.PostgreSQL))                        // once: the table cellseal_scopes
//	source := scopes.New(keysDB, scopes.PostgreSQL, ring, &scopes.Options{Kinds: []string{"tenant"}})
//	err := source.Create(ctx, keys.Scope("tenant", "north"))      // when the tenant signs up
//
// From then on the source takes the ring's place, with everything that takes a keys.Source: the driver
// wrapper with its tags scope=tenant(tenant_id), ormhooks.Seal and Open, package reseal. And when the tenant leaves:
//
//	shredder := scopes.NewShredder(keysDB, scopes.PostgreSQL, "dpo@clinic.example, ticket 4711", source)
//	tombstone, err := shredder.Shred(ctx, keys.Scope("tenant", "north"))
//
// Rows of a shredded scope can still be listed by their plain columns, and deleted. Opening one of their
// cells, writing one, or searching in the scope is a [keys.DestroyedError]. The application may ask for NULL
// in place of such cells: sqlcell.Options.DestroyedAsNull, ormhooks.OpenOrNull.
//
// # How it works
//
// A scope has 32 random bytes for each root key of the ring. Its keys are derived from both, and so
// either alone is of no use. The bytes are in the table, wrapped under that root key: a dump of the
// database does not open them, and whoever has the ring but not the row has nothing to open. Shred takes them out of
// the row, in one statement. The row stays, with who did it and when, so that the scope is not created again.
//
// # Rotation
//
// A cell names the root key it is under, and that also tells which secret: a root key that is added to the ring comes
// with a new secret in every scope, without anybody asking. So there is nothing to wrap again before an old root key
// is removed, and what a backup holds of wrapped secrets is of no use once it is. To give one scope new
// secrets, because a grant of its keys has leaked, say:
//
//	add a key to each ring, wait, promote it           // all scopes write under it; nobody else needs to be sealed again
//	reseal.Rows(ctx, db, "patients", nil)              // each table, or as many rows as are the scope's
//	shredder.Retire(ctx, scope, oldKey)                // what is left under the old one in this scope is lost
//
// # When others notice
//
// This process forgets a shredded scope before Shred returns. Others use what they have read for at most
// Options.TTL, 30 s by default; Forget makes it less, if something tells them. What was under way goes on: a
// statement that began before may still write a cell, which nobody can open then. Keys that were given away as a
// grant are a copy, and are not destroyed; grants of a scope should live as short as may be.
//
// # What Shred does not reach
//
//   - A backup of the table together with the ring. Restored, it brings the scope back: keep the tombstones
//     elsewhere and call [Shredder.Reapply] before the restored database is used; and remove root keys from the ring from time to
//     time (add, promote, reseal, disable, remove), for a wrapped secret lasts no longer than its root key.
//   - What the database keeps of the row as it was: dead tuples until VACUUM, logs, binary logs, replicas that lag
//     behind, freed blocks of the disk. They are as a backup is. SQLite is asked to overwrite.
//   - Plaintext that was kept anywhere: backups from before a column was protected, logs, exports, caches.
//   - Plain columns, the lengths of cells, which rows there are; in lists (words, ranges and the like) how many pages and pending
//     entries there are: they stay as garbage that nobody can read.
//   - Terms of indexes that say scope=none: they are of no scope. Delete the rows, or set the columns to NULL, before.
//   - The id of the scope, which stays in the tombstone: let it be one that says nothing once the rows are gone.
//
// Only the process that runs [New] needs the ring's roots: other processes get a grant, or ask a service that has
// this source. A process with the raw ring in place of the source would write under other keys, which are
// not destroyed and which nobody else can read.
package scopes
