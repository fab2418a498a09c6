package catalog_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
)

func failing(context.Context, string, ...any) ([][]any, error) { return nil, errors.New("broken") }

func short(context.Context, string, ...any) ([][]any, error) { return [][]any{{1}}, nil }

// Drivers, and even one driver's two protocols, deliver one value in many forms.
func TestValuesAreReadHoweverTheDriverDeliversThem(t *testing.T) {
	for _, on := range []any{true, int64(1), uint64(1), "1", []byte("1"), "t", "true", "YES"} {
		for _, off := range []any{false, int64(0), "0", []byte("0"), "f", "false", "NO", nil} {
			c, err := catalog.Load(t.Context(), func(_ context.Context, query string, _ ...any) ([][]any, error) {
				switch {
				case strings.Contains(query, "cellseal_index"):
					return [][]any{{"t", []byte("a__eq"), "a__eq", []byte("17"), []byte("live")}}, nil
				case strings.Contains(query, "format_type"):
					return [][]any{
						{[]byte("public"), "t", off, on, []byte("a"), "TEXT", on, off, nil, "C", off, off},
						{"public", []byte("t"), off, on, "b", []byte("bytea"), off, on, []byte("7"), nil, on, on},
						{"public", "empty", off, on, nil, nil, nil, nil, nil, nil, off, off},
						{"public", "cellseal_index", off, on, nil, nil, nil, nil, nil, nil, off, off},
					}, nil
				}
				return [][]any{{"public", "t", int64(5), "a", off, off}, {"public", "t", int64(5), []byte("b"), off, off}, {"public", "t", int64(6), "b", on, on}, {"public", "gone", int64(7), "b", on, off}}, nil
			}, sqltext.PostgreSQL)
			require.NoError(t, err)
			require.Equal(t, &catalog.Table{
				Schema: "public", Name: "t", Visible: true, Unique: [][]string{{"a", "b"}, {catalog.PartOf, "b"}},
				Columns: []catalog.Column{{Name: "a", Type: "text", Nullable: true, Collation: "C"}, {Name: "b", Type: "bytea", Generated: true, Default: "7", Folds: true, Invisible: true}},
			}, c.Table("", "t"))
			require.Empty(t, c.Table("", "empty").Columns)
			require.Equal(t, []catalog.Pin{{Table: "t", Index: "a__eq", Column: "a__eq", Key: 17, State: catalog.Live}}, c.Pins)
		}
	}
}
