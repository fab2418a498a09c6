// Package segment is the engine below every search of more than equality: a sorted list of entries, each
// "this document is under this key", of which the database sees sealed pages of one size and nothing
// else. Package search makes keys of words, grams and values and is what most programs want; this package knows bytes.
//
// What is stored is FORMAT.md §2, to the byte, and that section also says what it shows to whom. This is how data moves:
//
//	Write ── one INSERT, in the application's own transaction
//	  │
//	  ▼
//	pending       a sealed row for each written document, in order
//	  │ Flush     of 1 000 rows, or after 10 s, by whoever holds the lease
//	  ▼
//	level 0       ▯ ▯ ▯ ▯ ▯ ▯      a segment: entries, sorted, in sealed pages of 1 984 bytes that stand
//	  │ Merge     └────┬────┘      under random labels; fences, the first entry of each page; and voids,
//	  ▼                ▼           the documents of which whatever is older is void
//	level 1       ▯ ▯  ▯           six neighbours in age become one, under a fresh key;
//	  │                            what a void covers stays behind
//	  ▼
//	level 2 …     ▯                and so on: n documents are in at most 5 segments for each of 1 + log₆(n / 1 000) levels
//
//	manifest      names the segments, oldest first; one compare-and-set changes it
//
//	View ──  manifest and pending rows, of one moment
//	  ├─ Lookup   binary search in the fences, one query for the pages, minus voids, plus pending
//	  └─ Scan     the same for a range: a merge of all segments in order, either way
//
// A [Store] is a dialect, the names of the tables and what is kept in memory. An [Index] is one index of it, under
// a [keys.Derived]. The first Write begins it; where there are documents already, [Index.Begin] and [Index.Complete] say so.
// [Maintain] is to run somewhere, in as many processes as there are: without it everything stays
// right, and gets slow. [Index.Stats] says how an index is, [Index.Verify] whether all of it is there.
//
// # What is promised
//
// A search on a transaction's [Conn] finds what that transaction wrote, and no search finds what was rolled back. What was
// committed before a View was taken is found, by anyone, at any moment of maintenance and after a process was
// killed at any point of it: nothing is lost, found twice, or found after it was replaced. One rule is the caller's: Write comes
// after the statement that locks the document's row, so that of two writers the later one is the newer here too.
//
// Who can write the tables can delete what is in them, or put back what was: a [CorruptError] or a [SetBackError] and not an
// empty result; FORMAT.md names what goes unnoticed. A pending row of no writer stops searches and flushes until
// [Index.Quarantine] has set it aside. What lost something is searched again when it has been filled: [FillingError]. Nothing here compares an answer with the document: package search does, after decryption.
//
// # What it costs
//
// A write is an INSERT more, and its entry is written again once a level. A look-up takes two queries: one reads 16
// bytes of each pending row, the other the pages that hold the answer, at least one for each segment. Growing tenfold
// adds 1.3 levels, seven segments at the most, whose pages come with the same query: a rare key costs about that much
// more, and one with many documents hardly more. Memory is
// the fences, 24 bytes in 65 entries, and the voids. BenchmarkLookup, BenchmarkSorted and BenchmarkWrite measure all of it.
//
// A root key seals at most 2^32 documents' writes, as package cell does cells: add one before that, and [Index.Rekey].
package segment
