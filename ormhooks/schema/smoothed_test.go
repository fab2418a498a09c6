package schema_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

func TestSmoothedIndexes(t *testing.T) {
	for tag, want := range map[string]struct{ label, hidden string }{
		"smoothed":            {"i:value/smoothed", "value__sm"},
		"smoothed,trim,fold":  {"i:value/smoothed/trim.v1+fold.v1", "value__sm"},
		"smoothed,name=token": {"i:value/smoothed", "value__token"},
		"smoothed;exact,last(4),name=x,leaks=frequency": {"i:value/smoothed", "value__sm"},
	} {
		s := must(t, searched(tag))
		table := only(t, s)
		x := table.Indexes[0]
		require.True(t, x.Smoothed())
		require.False(t, x.IsListed())
		require.False(t, x.Short())
		require.EqualValues(t, want.label, x.Label(), tag)
		require.Equal(t, want.hidden, x.Hidden())
		require.Contains(t, hidden(table), want.hidden)
		require.Equal(t, schema.Leak{Table: table.Name, What: want.hidden, Leakage: search.SmoothedLeakage()}, s.Leakage()[1])
		require.Contains(t, string(s.Lock()), want.label)
		require.Equal(t, s.Lock(), must(t, *table).Lock(), "what was read is a declaration too")
	}
}

func TestSmoothedIndexesThatAreRefused(t *testing.T) {
	for tag, says := range map[string]string{
		"smoothed,unique":                "takes no unique",
		"smoothed,bits=24":               "takes no unique, bits or leaks",
		"smoothed,leaks=frequency":       "takes no unique, bits or leaks",
		"smoothed,first(3)":              "leave parts of values",
		"smoothed,scope=none":            "for a table with a scope",
		"smoothed;exact":                 "stands beside another",
		"exact,unique;smoothed":          "stands beside another",
		"smoothed;smoothed,fold,name=x":  "stands beside another",
		"smoothed;join=g,leaks=equality": "stands beside another",
		"smoothed,leaks=equality":        "which are of join",
	} {
		_, err := schema.New(searched(tag))
		require.ErrorContains(t, err, says, tag)
	}
	declare := func(column schema.Column, x schema.Index, bind schema.Binding) error {
		column.Name, column.Mode, x.Kind = "value", schema.ModeSeal, "smoothed"
		_, err := schema.New(schema.Table{
			Name: "t", Bind: bind, Columns: []*schema.Column{{Name: "id", Type: "int"}, {Name: "other", Type: "text", Mode: schema.ModeSeal}, &column}, Indexes: []*schema.Index{&x},
		})
		return err
	}
	value := []search.Column{{Name: "value"}}
	byID := schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}
	require.NoError(t, declare(schema.Column{Type: "int"}, schema.Index{Columns: value}, byID))
	require.NoError(t, declare(schema.Column{Type: "text"}, schema.Index{Columns: value}, schema.Binding{Kind: schema.BindRowKey}))
	require.ErrorContains(t, declare(schema.Column{Type: "text"}, schema.Index{Columns: value}, schema.Binding{Kind: schema.BindNothing}), "unbound")
	require.ErrorContains(t, declare(schema.Column{Type: "json"}, schema.Index{Columns: value}, byID), "holds json")
	require.ErrorContains(t, declare(schema.Column{Type: "text"}, schema.Index{Columns: append(value, search.Column{Name: "other"})}, byID), "over several columns")
	require.ErrorContains(t, declare(schema.Column{Type: "int"}, schema.Index{Columns: []search.Column{{Name: "value", Transforms: []search.Transform{search.Fold}}}}, byID), "transforms are for text")
}

// To call another index smoothed, or the same one something else, is a change that tokens do not survive.
func TestTheLockKnowsASmoothedIndex(t *testing.T) {
	folded := must(t, searched("smoothed,fold"))
	require.NoError(t, folded.CheckLock(folded.Lock()))
	require.Error(t, must(t, searched("smoothed")).CheckLock(folded.Lock()))
	require.Error(t, must(t, searched("exact,fold,name=sm")).CheckLock(folded.Lock()))
}
