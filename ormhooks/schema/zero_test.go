package schema_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/schema"
)

func TestAZeroSchemaProtectsNothingAndSaysSo(t *testing.T) {
	for _, s := range []*schema.Schema{nil, {}} {
		for name, use := range map[string]func(){
			"Tables":    func() { s.Tables() },
			"Table":     func() { s.Table("patients") },
			"Plan":      func() { s.Plan(reflect.TypeFor[int]()) },
			"Leakage":   func() { s.Leakage() },
			"Lock":      func() { s.Lock() },
			"CheckLock": func() { _ = s.CheckLock(nil) },
			"PinIndex":  func() { _, _ = s.PinIndex("patients", "email__eq", 1) },
		} {
			require.PanicsWithValue(t, "cellseal/ormhooks/schema: zero Schema; use New", use, name)
		}
	}
}

func TestASchemaOfNothing(t *testing.T) {
	s := must(t)
	require.Nil(t, s.Table("patients"))
	require.Empty(t, s.Leakage())
	require.NoError(t, s.CheckLock(s.Lock()))
}
