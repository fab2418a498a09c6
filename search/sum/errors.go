package sum

import (
	"errors"
	"fmt"
)

// ErrSum says that what the database added up is no sum of what was written: it was altered, rows are
// numbered twice, or the group is another one.
var ErrSum = errors.New("cellseal/sum: that is no sum of what was written; sum up decrypted cells")

// ErrExhausted says that a group has taken all 2^32 − 1 numbers of the primary key: promote a new one.
var ErrExhausted = errors.New("cellseal/sum: the group has no numbers left under the primary index key: promote a new one")

// ErrNoTransaction says that another writer took numbers between the two statements of Next.
var ErrNoTransaction = errors.New("cellseal/sum: Next works in a transaction, and this is none")

// A RunsError says that the rows asked for fall into so many runs that it is cheaper to read, decrypt
// and add up their cells.
type RunsError struct{ Rows int64 }

func (e *RunsError) Error() string {
	return fmt.Sprintf("cellseal/sum: the %d rows are in too many pieces: sum up decrypted cells", e.Rows)
}

// An OverflowError says that a sum of so many rows of up to Bound might not fit an int64.
type OverflowError struct{ Rows, Bound int64 }

func (e *OverflowError) Error() string {
	return fmt.Sprintf("cellseal/sum: a sum of %d values of up to %d might not fit 64 bits: sum up in parts, or lower Options.Bound if values are smaller", e.Rows, e.Bound)
}

// A BoundError says that a value is beyond Options.Bound. It does not say which value.
type BoundError struct{ Bound int64 }

func (e *BoundError) Error() string {
	return fmt.Sprintf("cellseal/sum: the value is beyond ±%d: raise Options.Bound", e.Bound)
}
