package reseal

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/reseal/internal/under"
)

// A Report says what Rows has done, or what Verify has found.
type Report struct {
	Table     string
	Rows      int // that were read
	Wrote     int // of which Rows has written
	Destroyed int // that are of a scope that was destroyed (keys/scopes): in no other count but Rows
	// Columns and Indexes are Verify's, in the order of the schema.
	Columns []ColumnReport
	Indexes []IndexReport
}

// A ColumnReport counts what is stored in a protected column. What is NULL is in no count.
type ColumnReport struct {
	Column string
	// Keys has how many stored values say that they are under which cell key, by its id. They were
	// not opened.
	Keys map[uint32]int
	// NoCell is how many are no cells at all: plaintext, or damaged.
	NoCell int
}

// An IndexReport counts what an index's column lacks. A unique index that moves to another key has
// two columns.
type IndexReport struct {
	Column string
	// NoTerm is how many rows hold a value and no term, or of a running sum no number. Values of which the index's transforms leave
	// nothing have none by design: Rows leaves these as they are.
	NoTerm int
}

// Under returns how many values say that they are under a cell key, in all columns: none before it
// is disabled.
func (r Report) Under(key uint32) (n int) {
	for _, c := range r.Columns {
		n += c.Keys[key]
	}
	return n
}

// Verify counts which cell keys a table's stored values are under, without opening any: what an
// operator looks at before a key is disabled. It reads the whole table in batches; rows that are
// written meanwhile are counted as they were or as they are. What key a term is under cannot be
// seen: after Rows has gone through, all are under the present one.
func Verify(ctx context.Context, db *sql.DB, table string) (Report, error) {
	s := sweep(db, table)
	report := Report{Table: table}
	if err := s.Begin(ctx); err != nil {
		return report, err
	}
	index := map[string]int{}
	err := s.Each(ctx, func(rows [][]driver.Value) error {
		report.Rows += len(rows)
		report.count(s.Reader, s.Reader.Readable(ctx, rows, &report.Destroyed), index)
		return nil
	})
	return report, err
}

// count counts rows. index has the places of index columns in the report.
func (r *Report) count(reader *under.Reader, rows [][]driver.Value, index map[string]int) {
	for column, lacks := range reader.Lacks() {
		if _, known := index[column]; !known {
			index[column] = len(r.Indexes)
			r.Indexes = append(r.Indexes, IndexReport{Column: column})
		}
		for _, stored := range rows {
			if lacks(stored) {
				r.Indexes[index[column]].NoTerm++
			}
		}
	}
	for i, c := range reader.Cells {
		if i == len(r.Columns) {
			r.Columns = append(r.Columns, ColumnReport{Column: c.Name, Keys: map[uint32]int{}})
		}
		at := &r.Columns[i]
		for _, stored := range rows {
			value := reader.Stored(c, stored)
			if value.Null() {
				continue
			}
			if id, err := codec.KeyID(c.Column, value); err == nil {
				at.Keys[id]++
			} else {
				at.NoCell++
			}
		}
	}
}
