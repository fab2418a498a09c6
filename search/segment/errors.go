package segment

import (
	"github.com/cellseal/cellseal/search/segment/internal/core"
	"github.com/cellseal/cellseal/search/segment/internal/upkeep"
)

// A CorruptError says that something stored is missing or is not what was written: somebody else wrote to
// the tables, or the database lost something. It names the Table, the Index without its scope, and the
// Problem. Verify tells all of it; dropping the index and filling it again repairs it. Of pending rows it names the ids,
// its Rows: those [Index.Quarantine] sets aside.
type CorruptError = core.CorruptError

// A SetBackError says that the manifest is older than one that this process has Seen of the Index, or gone: it Got that
// version, 0 for none. Somebody set it back, or restored a backup: then restart the processes that have the database open.
// What a transaction sees that began before, what lags behind by less than Options.Lag, and a replica that says it is one
// (PostgreSQL in recovery, MySQL with read_only) are no such case.
type SetBackError = core.SetBackError

// A FillingError says that the index does not have every document yet: it was dropped or begun beside documents that it has not,
// or rows of it were quarantined. Nothing is looked for until [Index.Complete].
type FillingError = core.FillingError

// A LengthError says What, a doc or a key, has another length than the index's [Shape] fixes: it Got so many
// bytes, and Want is how many it has to have.
type LengthError = core.LengthError

// A ShapeError says that the index is Stored with other lengths than the [Shape] it is asked for with.
type ShapeError = core.ShapeError

// A MovedError says that segments were replaced faster than they could be read, several
// times in a row. Ask again.
type MovedError = core.MovedError

// A HeldError says that another maintainer has the index for itself at the moment. Try later.
type HeldError = upkeep.HeldError
