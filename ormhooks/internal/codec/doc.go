// Package codec is what stands between a Go value and what a column stores: its
// declared type and size, its mode, and the keys of its row. Everything that reads
// or writes protected columns goes through it.
//
//	plaintext, null, err := codec.Encode(column, v)          // by the declared type
//	row, err := codec.NewKeys(ctx, source).Row(table, scope, compartment, id)
//	stored, err := codec.Seal(column, row, plaintext)        // by the mode: one value, or two
//	v, err := scratch.Decode(column, row, stored)            // and back
//
// There is one such place because there are two ways in, ormhooks.Seal over structs and
// the door over statements, and a row that one of them wrote must open in the other. The same
// holds for a row's identity ([Bind], [RowKeyID]): an id that is an int64 here and a string of
// digits there is to be one row.
//
// A [Keys] lives for one call, so that a result of a thousand rows asks the source once for
// each place in the key tree. [Reloading] repeats the call if the source
// has since learnt of the key that was missing.
package codec
