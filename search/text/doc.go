// Package text finds documents by their text, which stands in sealed lists beside the
// table (FORMAT.md §2 and §3 of package search).
//
//	label              asks                                   finds
//	search.Words       All, Any, Equal                        exactly the documents that hold words, or are one value
//	search.Substring   Contains, HasPrefix, HasSuffix, Like   candidates for a piece of text
//	search.Fuzzy       Near                                   candidates for words with one typing error
//
//	store := segment.NewStore(…)                               // its tables: store.DDL()
//	d, err := source.Index(ctx, keys.Table("patients"), search.Words("notes", search.Fold))
//	index := text.New(d, store, nil)
//	err = index.Add(ctx, tx, search.DocInt(id), notes)         // in the transaction that inserts the row
//	query, err := index.All("chronic cough")
//	ids, err := query.Find(ctx, conn)                          // SELECT … WHERE id IN (…), decrypt,
//	ok, err := query.Matches(notes)                            // and keep what matches
//
// What is too short to be looked for is a [search.ValueError], and never finds everything.
// Package search tells what such an index shows, and [search.Maintain] keeps it fast.
package text
