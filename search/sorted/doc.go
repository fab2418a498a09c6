// Package sorted finds documents by the order of their values, which stand in sealed lists
// beside the table (FORMAT.md §2 and §4 of package search): <, BETWEEN, ORDER BY … LIMIT,
// MIN and MAX, LIKE 'x%', and with the transform Reverse '%x'.
//
//	store := segment.NewStore(…)                               // its tables: store.DDL()
//	d, err := source.Index(ctx, keys.Table("patients"), search.Sorted("born"))
//	index := sorted.New(d, store, &sorted.Options{Type: search.Time})
//	err = index.Add(ctx, tx, search.DocInt(id), born)          // in the transaction that inserts the row
//	span, err := index.Range(sorted.Range{From: from, To: to}) // BETWEEN
//	page, err := span.Page(ctx, conn, &sorted.PageOptions{Limit: 50})
//
// Text and bytes are in the order of their bytes, as with COLLATE "C". Keys of text, bytes
// and decimals are cut: what ties on a page is sorted with Compare after decryption.
//
// Package search tells what such an index shows, and [search.Maintain] keeps it fast.
package sorted
