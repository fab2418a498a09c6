package core

import "fmt"

// A CorruptError says that something stored is missing or is not what was written.
type CorruptError struct {
	Table   string // cellseal_segments, cellseal_parts, cellseal_pages or cellseal_pending, with the Store's prefix
	Index   string // such as "patients notes/words", without scope
	Problem string
	Rows    []int64 // ids of the rows of cellseal_pending that are meant, some of them if they are many
}

func (e *CorruptError) Error() string {
	if len(e.Rows) > 0 {
		return fmt.Sprintf("cellseal/segment: index %s: %s: row %s: %s: nothing is found or flushed until Quarantine has set it aside", e.Index, e.Table, join(e.Rows, ", "), e.Problem)
	}
	return fmt.Sprintf("cellseal/segment: index %s: %s: %s: call Verify, then drop the index and fill it again", e.Index, e.Table, e.Problem)
}

// A FillingError says that an index does not have all documents yet.
type FillingError struct{ Index string }

func (e *FillingError) Error() string {
	return fmt.Sprintf("cellseal/segment: index %s lacks rows, and would not find them: they were written before it was there, or it was dropped or deleted, or rows of it were quarantined: "+
		"run reseal.Rows with RowsOptions{Reindex: true}; who fills it without package reseal calls Complete when every document is written", e.Index)
}

// A LengthError says that a document's identity or a key has not the index's length.
type LengthError struct {
	Index     string
	What      string // "doc" or "key"
	Got, Want int    // bytes
}

func (e *LengthError) Error() string {
	return fmt.Sprintf("cellseal/segment: index %s: %s of %d bytes: this index has %d", e.Index, e.What, e.Got, e.Want)
}

// A ShapeError says that the stored index was written with another shape.
type ShapeError struct {
	Index                string
	StoredKey, StoredDoc int // bytes
	Key, Doc             int // that it was asked for with
}

func (e *ShapeError) Error() string {
	return fmt.Sprintf("cellseal/segment: index %s is stored with keys of %d and docs of %d bytes, and is asked for with %d and %d: drop it and fill it again",
		e.Index, e.StoredKey, e.StoredDoc, e.Key, e.Doc)
}

// A MovedError says that segments were replaced faster than they could be read.
type MovedError struct{ Index string }

func (e *MovedError) Error() string {
	return fmt.Sprintf("cellseal/segment: index %s: segments were replaced faster than they could be read: ask again", e.Index)
}
