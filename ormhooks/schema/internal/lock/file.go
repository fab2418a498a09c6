// Package lock is the format of cell.lock, and what a difference between two of
// them means for what is stored already.
package lock

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/cellseal/cellseal/internal/strictjson"
)

// A File is cell.lock: what stored cells and terms depend on, and what they show. It
// is meant to be read in a review. All names in it are logical, so that a table or
// column can be renamed in the database. Whatever is added here is compared too.
type File struct {
	Version int               `json:"cell.lock"`
	Columns map[string]Column `json:"columns"` // by table.column
	Indexes map[string]Index  `json:"indexes"` // by table.columns__name, columns joined with +
}

// A Column is a protected column.
type Column struct {
	Mode        string `json:"mode"`
	Type        string `json:"type"`            // with its size: numeric(10,2)
	Scope       string `json:"scope,omitempty"` // its kind, and the column and type of its id
	Compartment string `json:"compartment"`
	Bind        string `json:"bind"` // columns with their types, "row_key" or Unbound
	Alphabet    string `json:"alphabet,omitempty"`
	Keep        bool   `json:"keep,omitempty"`
	Text        bool   `json:"text,omitempty"`
	Pad         int    `json:"pad,omitempty"`
	Null        bool   `json:"null,omitempty"`
	Shows       string `json:"shows"`
}

// An Index is a search index.
type Index struct {
	Label  string `json:"label"` // in the key tree: columns, kind, transforms
	Types  string `json:"types"` // of its columns, joined with +
	Scope  string `json:"scope,omitempty"`
	Bits   int    `json:"bits,omitempty"`
	Doc    int    `json:"doc,omitempty"`    // bytes of a row's identity in a listed index's entries
	Scale  int    `json:"scale,omitempty"`  // digits behind the point of what a running sum adds up
	Unique string `json:"unique,omitempty"` // Full, or Partial if terms can be equal outside the constraint
	Group  string `json:"group,omitempty"`  // the columns of a join group, as table.column joined with " + "
	Shows  string `json:"shows"`
}

// Values of fields that mean something here.
const (
	Unbound = "unbound"
	Full    = "full"
	Partial = "partial"
)

const version = 1

// New returns a File without entries.
func New() File { return File{version, map[string]Column{}, map[string]Index{}} }

// Marshal writes f.
func (f File) Marshal() []byte {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // alphabets are to be readable
	e.SetIndent("", "  ")
	if err := e.Encode(f); err != nil {
		panic("cellseal: " + err.Error()) // strings, numbers and maps always marshal
	}
	return []byte(b.String())
}

// Parse is the inverse of Marshal.
func Parse(data []byte) (f File, err error) {
	var head struct {
		Version int `json:"cell.lock"`
	}
	if json.Unmarshal(data, &head) == nil && head.Version != version {
		return f, fmt.Errorf("it has version %d, and this version of the library reads %d", head.Version, version)
	}
	if err := strictjson.Decode(data, 16<<20, &f); err != nil {
		return f, fmt.Errorf("%w: restore it from the repository", err)
	}
	return f, nil
}
