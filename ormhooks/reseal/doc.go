// Package reseal moves what is stored to other keys, while the application goes on reading and
// writing. [Rows] seals the rows of a table again, [Verify] counts what is under which key, and
// [RotateUnique] moves a unique index, whose terms are all under one index key. [Profile] tells a
// smoothed index how frequent its values are.
//
// All take a pool that goes through the door (sqlcell), in a program of its own or in the
// application; all can be called again after any error. "Wait" below means: until every process has
// loaded the ring, or has the new version, and what it began before has ended.
//
// # A new cell key
//
//	ks, id, err := ring.CellKeys().Add()          // store the ring; wait: everybody can open what is under it
//	ks, err = ks.Promote(id)                      // store the ring; wait: everybody seals under it
//	reseal.Rows(ctx, db, "people", nil)           // each table
//	report, err := reseal.Verify(ctx, db, "people") // report.Under(old) must be 0, in each table
//	ks, err = ks.Disable(old)                     // Remove it when nothing was missed, backups included
//
// # A new index key
//
// First Add it, and wait. Then move the unique indexes, then Promote it, wait, and call Rows for the
// others: it writes every term that is under another key than the primary. Then Disable the old one.
// Verify cannot see what key a term is under; a second call of Rows that writes nothing
// says that all are under the present one.
//
// # An index for a table with rows
//
// Add its column (sqlcell.Check has the statement), then start the version of the application that
// declares it. Wait, and call Rows. Until it is done, rows from before are not found by the index; so
// let the application look for nothing by it before. Verify counts the rows without a term. An index that keeps lists
// (words, substring, range, …) wants RowsOptions.Reindex, and refuses every search until that is done. A
// unique index gets its constraint after Rows, which is what refuses duplicates. Sums are right before, too:
// while some rows have no number, all are gathered.
//
// # Join groups
//
// Tokens of a join group are under one index key in all its columns. Pin them before the ring has a
// second index key:
//
//	reseal.PinUnique(ctx, db, "accounts", "email__jn", nil)    // all columns of the group, in all tables
//
// From then on nothing happens to them when index keys are added and promoted. To move a group to
// another key, declare a second one beside it, whose name is its label in the key tree:
//
//	search:"join=email,fold,leaks=equality;join=email_v2,fold,leaks=equality,name=jn2"
//	… add its columns (sqlcell.Check has the statements)
//	reseal.PinUnique(ctx, db, "accounts", "email__jn2", &reseal.Options{PresentKey: key})
//	… start the new version of the application everywhere, and wait
//	reseal.Rows(ctx, db, "accounts", nil)                       // every table of the group
//	… take the first group out of the tags: until then the database joins by it; drop its columns
//
// # A plaintext column that is to be encrypted
//
//	ALTER TABLE … the column to the type that sqlcell.DDL says, its values to their text as bytes,
//	and add the library's own columns                          // while nobody writes, or as a second column
//	start the application with sqlcell.Options.Permissive      // it seals what it writes, and reads both
//	reseal.Rows(ctx, db, "people", nil)                        // wait first; db is Permissive too
//	reseal.Verify(ctx, db, "people")                           // NoCell must be 0
//	start the application without Permissive
//
// Without Permissive, Rows stops at the first plaintext, and names its row. Plaintext that could be a
// cell by its first bytes is not taken for plaintext. Indexes do not find plaintext before its term is
// written.
//
// # Smoothed indexes
//
//	reseal.Profile(ctx, db, "people", "city__sm", &reseal.ProfileOptions{Counts: …}) // before the first row is written
//	reseal.Profile(ctx, db, "people", "city__sm", nil)      // later: counted in the table, when a search.Monitor asks for it
//	reseal.Rows(ctx, db, "people", nil)                     // gives the rows from before tokens of it
//	reseal.DropProfiles(ctx, db, "people", "city__sm", nil) // queries ask for no older ones any more
//
// A profile is under one index key, and does not move with the ring's: after a new key was promoted, and all
// have loaded it, make a new profile, call Rows and DropProfiles, and only then disable the old key. In a table
// with a scope each tenant has a profile of its own, and the first one of a new tenant is made of
// Counts; an index that says scope=none has one for all. Profiles are rows of the table
// cellseal_profiles: sealed, with the tenant's id in clear. Every process reads at least every
// sqlcell.Options.Lease which there are.
//
// What Rows does: it reads rows in batches under the door, and passes those by that are as they would be
// written now, or whose scope was destroyed (keys/scopes). Each of the others it locks, reads again, and writes through the door in one
// transaction, so what others write meanwhile stays. That fires triggers and moves MySQL's ON UPDATE
// columns. A transaction of the application's that waits for a lock of its row may fail in the
// server's usual ways, and so may Rows: call it again.
//
// # Unique indexes
//
//	reseal.PinUnique(ctx, db, "accounts", "email__eq", nil)          // once, before the ring has a second index key
//	… add an index key to the ring, and wait until every process has loaded it
//	reseal.RotateUnique(ctx, db, "accounts", "email__eq", key, nil)  // again after any error: it goes on where it was
//	… once every unique index is moved: promote the key, wait, call Rows for the other indexes, disable the old one
//
// What happens to the table, where email__eq and email__eq2 take turns from rotation to rotation:
//
//	        email__eq              email__eq2
//	live    looked up, UNIQUE      -                          the pin of PinUnique
//	        looked up, UNIQUE      building: written          every process, once a lease has passed
//	        looked up, UNIQUE      filled for older rows      row by row, compared with the old term
//	        looked up, UNIQUE      UNIQUE                     and every row is gone through once more
//	        retired: written       live: looked up, UNIQUE    the switch; then a lease again
//	        written                looked up, UNIQUE          the old constraint goes before its pin; then a lease again
//	        dropped, cleared, kept looked up, UNIQUE          see Options.Old
//
// The states are rows of the table cellseal_index. Processes read them at least every
// sqlcell.Options.Lease, and refuse statements on the index if they cannot. So two neighbouring
// states exist side by side, and never more: in each pair, whoever writes fills the column
// that the other looks in, and one column with a constraint is filled by both. The new column
// gets its constraint late, and the old one loses it early, because beside a process that does not
// write a column, what is left in it would keep out values that are free.
//
// RotateUnique relies on:
//
//   - no statement and no transaction that takes longer than Options.Settle. One of REPEATABLE READ
//     would look for new terms in rows as they were before; one that began before the new column
//     was announced may write without it. Those of the second kind are found, if they end before
//     the new constraint is there, and the rotation ends in an [UnsettledError] if there is no end of them;
//   - every writer going through a door, or through ormhooks.Seal never: the models that seal
//     themselves know of no second column, and their tables are refused;
//   - a user who may ALTER the table, and who sees all its rows: row-level security hides some.
//
// The application notices: one more term per write for the time of the rotation; locks for the
// moment of ALTER TABLE, which waits for the transactions that have used the table, and in MySQL and
// SQLite while the constraint is made; one UPDATE of each row, which fires triggers, moves MySQL's ON
// UPDATE columns, and may fail a transaction of REPEATABLE READ or SERIALIZABLE that writes the same
// row. Upserts on the column are sent again where PostgreSQL trips over the second constraint.
package reseal
