package ddl_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// column returns a protected column as a schema has it.
func column(t testing.TB, c schema.Column, bind schema.BindKind) *schema.Column {
	c.Name = "v"
	if c.Mode == schema.ModeImprint && bind == schema.BindNothing {
		c.Consistent = true
	}
	s, err := schema.New(schema.Table{Name: "t", Bind: schema.Binding{Kind: bind}, Columns: []*schema.Column{&c}})
	require.NoError(t, err)
	return s.Table("t").Column("v")
}

func TestWidthIsWhatTheLongestValueTakes(t *testing.T) {
	d, err := celltest.Ring(t).Cells(t.Context(), keys.Table("t"), keys.Compartment("default"))
	require.NoError(t, err)
	bound, unbound := cell.NewRow(d, []byte("row")), cell.NewUnbound(d)
	longest := map[string]int{
		"bool": 1, "int": 8, "uint": 8, "float32": 4, "float64": 8, "time": 12, "timestamp(3)": 12, "uuid": 16,
		"varchar(1)": 4, "varchar(255)": 1020, "numeric(10,2)": len("-99999999.99") + 1, "numeric(2,2)": len("-0.99"),
	}
	for typ, n := range longest {
		for _, bind := range []schema.BindKind{schema.BindRowKey, schema.BindNothing} {
			row := bound
			if bind == schema.BindNothing {
				row = unbound
			}
			for _, c := range []schema.Column{
				{Mode: schema.ModeSeal, Type: typ}, {Mode: schema.ModeSeal, Type: typ, Text: true},
				{Mode: schema.ModeSeal, Type: typ, Pad: 16}, {Mode: schema.ModeSeal, Type: typ, Pad: 16, Text: true}, {Mode: schema.ModeToken, Type: typ},
			} {
				c := column(t, c, bind)
				stored, err := codec.Seal(c, row, []byte(strings.Repeat("x", n)))
				require.NoError(t, err)
				size := 0
				switch v := stored.Value.(type) {
				case []byte:
					size = len(v)
				case string:
					size = len(v)
				}
				require.Equal(t, size, ddl.Width(c), "%s %s, pad %d, text %v, %s", c.Mode, typ, c.Pad, c.Text, bind)
				require.Equal(t, ddl.Width(c), ddl.LeastWidth(c))
				if token, ok := stored.Hidden.([]byte); ok {
					require.Equal(t, len(token), ddl.Overhead(c))
				}
			}
		}
	}
}

func TestWidthOfWhatHasNoLongestValue(t *testing.T) {
	for _, typ := range []string{"text", "bytes", "json", "decimal"} {
		c := column(t, schema.Column{Mode: schema.ModeSeal, Type: typ}, schema.BindRowKey)
		require.Zero(t, ddl.Width(c))
		require.Equal(t, 70, ddl.LeastWidth(c))
		require.Equal(t, "LONGBLOB", ddl.Columns(&schema.Table{Name: "t", Columns: []*schema.Column{c}}, sqltext.MySQL)[0].Type)
	}
}

func TestWidthOfAnImprintCountsItsCharacters(t *testing.T) {
	digits := column(t, schema.Column{Mode: schema.ModeImprint, Type: "varchar(20)", Alphabet: cell.Digits}, schema.BindRowKey)
	require.Equal(t, 20, ddl.Width(digits))
	bytes := column(t, schema.Column{Mode: schema.ModeImprint, Type: "varchar(20)"}, schema.BindRowKey)
	require.Equal(t, 80, ddl.Width(bytes))
}

func TestTermsAreAsLongAsTheirIndexMakesThem(t *testing.T) {
	s, err := schema.New(user{})
	require.NoError(t, err)
	var sizes []int
	for _, x := range s.Table("users").Indexes {
		sizes = append(sizes, ddl.TermSize(x))
	}
	require.Equal(t, []int{32, 3}, sizes)
}
