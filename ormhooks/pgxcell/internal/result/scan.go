package result

import (
	"fmt"
	"reflect"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// A scanner does with a row's values what pgx does with those of its own rows, which
// cannot be given other values.
type scanner struct {
	types     *pgtype.Map
	fields    []pgconn.FieldDescription
	sealed    []bool // which are protected
	values    [][]byte
	plans     []pgtype.ScanPlan
	scanTypes []reflect.Type
}

// FieldDescriptions implements pgx.Rows.
func (s *scanner) FieldDescriptions() []pgconn.FieldDescription { return s.fields }

// RawValues implements pgx.Rows.
func (s *scanner) RawValues() [][]byte { return s.values }

// TypeMap implements pgx.Rows.
func (s *scanner) TypeMap() *pgtype.Map { return s.types }

func (s *scanner) scan(dest []any) error {
	if len(s.fields) != len(s.values) {
		return fmt.Errorf("number of field descriptions must equal number of values, got %d and %d", len(s.fields), len(s.values))
	}
	if len(s.fields) != len(dest) {
		return fmt.Errorf("number of field descriptions must equal number of destinations, got %d and %d", len(s.fields), len(dest))
	}
	if s.plans == nil {
		s.plans, s.scanTypes = make([]pgtype.ScanPlan, len(dest)), make([]reflect.Type, len(dest))
	}
	for i, d := range dest {
		if d == nil {
			continue
		}
		f := &s.fields[i]
		if t := reflect.TypeOf(d); s.scanTypes[i] != t {
			s.plans[i], s.scanTypes[i] = s.types.PlanScan(f.DataTypeOID, f.Format, d), t
		}
		if err := s.plans[i].Scan(s.values[i], d); err != nil {
			if s.sealed[i] {
				err = quiet{fmt.Sprintf("it does not scan into a Go %T", d), err}
			}
			return pgx.ScanArgError{ColumnIndex: i, FieldName: f.Name, Err: err}
		}
	}
	return nil
}

func (s *scanner) decoded() ([]any, error) {
	all := make([]any, len(s.fields))
	for i := range s.fields {
		f, v := &s.fields[i], s.values[i]
		if v == nil {
			continue
		}
		t, known := s.types.TypeForOID(f.DataTypeOID)
		switch {
		case known:
			var err error
			if all[i], err = t.Codec.DecodeValue(s.types, f.DataTypeOID, f.Format, v); err != nil && s.sealed[i] {
				err = quiet{"cellseal: column " + f.Name + " is no " + t.Name, err}
			}
			if err != nil {
				return nil, err
			}
		case f.Format == pgx.TextFormatCode:
			all[i] = string(v)
		default:
			all[i] = append([]byte{}, v...)
		}
	}
	return all, nil
}

// quiet says of an error what it may: pgx quotes values that do not fit.
type quiet struct {
	text string
	err  error
}

func (q quiet) Error() string { return q.text }
func (q quiet) Unwrap() error { return q.err }

// A Row is the first of the rows.
type Row struct{ Rows pgx.Rows }

// Scan implements pgx.Row.
func (r Row) Scan(dest ...any) error {
	if err := r.Rows.Err(); err != nil {
		return err
	}
	for _, d := range dest {
		if _, ok := d.(*pgtype.DriverBytes); ok { // they would be gone on return
			r.Rows.Close()
			return fmt.Errorf("cannot scan into *pgtype.DriverBytes from QueryRow")
		}
	}
	if !r.Rows.Next() {
		if err := r.Rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	err := r.Rows.Scan(dest...)
	r.Rows.Close()
	if closed := r.Rows.Err(); err == nil {
		err = closed
	}
	return err
}
