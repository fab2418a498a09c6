package ddl

import (
	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/search/segment"
)

// ListTables are the library's own tables in which all listed indexes of a database are kept.
var ListTables = []string{"cellseal_segments", "cellseal_parts", "cellseal_pages", "cellseal_pending"}

// CreateLists returns the statements that make them, each harmless if it is run again.
func CreateLists(d sqltext.Dialect) []string { return segment.NewStore(d, nil).DDL() }
