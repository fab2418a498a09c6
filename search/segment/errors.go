package segment

import (
	"github.com/cellseal/cellseal/search/segment/internal/core"
	"github.com/cellseal/cellseal/search/segment/internal/upkeep"
)

// A CorruptError says that something stored is missing or is not what was written: somebody else wrote to
// the tables, or the database lost something. It names the Table, the Index without its scope, and the
// Problem. Verify tells all of it; dropping the index and filling it again repairs it.
type CorruptError = core.CorruptError

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
