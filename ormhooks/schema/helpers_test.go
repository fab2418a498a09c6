package schema_test

import (
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// UUID is one as every UUID library has it, with a Valuer that yields text.
type UUID [16]byte

func (u UUID) Value() (driver.Value, error) { return hex.EncodeToString(u[:]), nil }
func (u *UUID) Scan(any) error              { return nil }

// A refusal is a declaration of a type Patient, and the one problem it has.
type refusal struct {
	name  string
	model func() any
	field string // that the error names
	says  string
}

// requireRefused checks that each declaration has its one problem and no other, said of
// its type and field, and that package ormhooks says the same.
func requireRefused(t *testing.T, cases []refusal) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := schema.New(c.model())
			found := problems(t, err)
			require.Len(t, found, 1, "%v", err)
			require.Equal(t, "Patient", found[0].Table)
			require.Equal(t, c.field, found[0].Field, "%v", err)
			require.Contains(t, found[0].Problem, c.says)
			require.ErrorContains(t, err, "cellseal: Patient")

			_, again := ormhooks.NewSchema(c.model())
			require.EqualError(t, again, err.Error())
		})
	}
}

// problems takes a joined error apart.
func problems(t *testing.T, err error) (all []*schema.Error) {
	t.Helper()
	require.Error(t, err)
	joined, ok := err.(interface{ Unwrap() []error })
	require.True(t, ok, "%T", err)
	for _, one := range joined.Unwrap() {
		var problem *schema.Error
		require.True(t, errors.As(one, &problem), "%T: %v", one, one)
		all = append(all, problem)
	}
	return all
}

// must declares models, of which nothing may be wrong.
func must(t testing.TB, models ...any) *schema.Schema {
	t.Helper()
	s, err := schema.New(models...)
	require.NoError(t, err)
	return s
}

// only returns the schema's only table.
func only(t testing.TB, s *schema.Schema) *schema.Table {
	t.Helper()
	tables := slices.Collect(s.Tables())
	require.Len(t, tables, 1)
	return tables[0]
}

// hidden returns the names of the library's own columns.
func hidden(table *schema.Table) (names []string) {
	for name := range table.Hidden() {
		names = append(names, name)
	}
	return names
}
