package template

import (
	"database/sql/driver"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

func TestFill(t *testing.T) {
	given := func() *plan.Slot {
		return &plan.Slot{Kind: plan.Given, Value: plan.Value{Kind: plan.FromParam, Param: 3}}
	}
	cell := &plan.Slot{Kind: plan.Cell, Column: &schema.Column{}}
	terms := &plan.Slot{Kind: plan.Terms}
	text := plan.Text{{SQL: "a "}, {Slot: cell}, {SQL: " "}, {Slot: given()}, {SQL: " "}, {Slot: terms}, {SQL: " "}, {Slot: given()}, {SQL: " "}, {Slot: cell},
		{SQL: " "}, {Slot: &plan.Slot{Kind: plan.Given, Value: plan.Value{Kind: plan.FromConst, Const: "it's"}}}}
	two := []Value{{Value: []byte("c")}, {Value: int64(5)}, {Terms: [][]byte{{1}, {2}}}}
	front := []driver.NamedValue{{Ordinal: 1, Value: "mode"}}
	for dialect, want := range map[sqltext.Dialect]struct {
		text string
		args []any
	}{
		sqltext.PostgreSQL: {"a $1::bytea $2 $3::bytea, $4::bytea $2 $1::bytea 'it''s'", []any{[]byte("c"), int64(5), []byte{1}, []byte{2}}},
		sqltext.SQLite:     {"a ?1 ?2 ?3, ?4 ?2 ?1 'it''s'", []any{[]byte("c"), int64(5), []byte{1}, []byte{2}}},
		sqltext.MySQL:      {"a ? ? ?, ? ? ? 'it''s'", []any{[]byte("c"), int64(5), []byte{1}, []byte{2}, int64(5), []byte("c")}},
	} {
		tm := New(dialect, text)
		require.Len(t, tm.Slots, 3, "one parameter is one value")
		got, args := tm.Fill(two, front)
		require.Equal(t, want.text, got)
		require.Equal(t, "mode", args[0].Value)
		for i, v := range want.args {
			require.Equal(t, v, args[i+1].Value)
			require.Equal(t, i+2, args[i+1].Ordinal)
		}
		again, args := tm.Fill([]Value{{}, {}, {Null: true}}, nil)
		require.Equal(t, want.text, again, "NULL takes the text as it is")
		require.Len(t, args, len(want.args))
		one, _ := tm.Fill([]Value{{}, {}, {Terms: [][]byte{{1}}}}, nil)
		require.NotEqual(t, want.text, one)
	}
}

func TestLiterals(t *testing.T) {
	for _, c := range []struct {
		v           driver.Value
		pg, my, lit string
	}{
		{nil, "NULL", "NULL", "NULL"},
		{int64(-7), "-7", "-7", "-7"},
		{plan.Number("1e400"), "1e400", "1e400", "1e400"},
		{[]byte{0, 255}, "decode('00ff', 'hex')", "x'00ff'", "x'00ff'"},
		{"it's", "'it''s'", "'it''s'", "'it''s'"},
		{`\'`, `E'\\'''`, "_utf8mb4 x'5c27'", `'\'''`},
	} {
		require.Equal(t, c.pg, literal(sqltext.PostgreSQL, c.v))
		require.Equal(t, c.my, literal(sqltext.MySQL, c.v))
		require.Equal(t, c.lit, literal(sqltext.SQLite, c.v))
	}
	array := New(sqltext.PostgreSQL, plan.Text{{SQL: "= ANY("}, {Slot: &plan.Slot{Kind: plan.Terms, Array: true}}, {SQL: ")"}})
	require.Equal(t, "= ANY(ARRAY[decode('01', 'hex'), NULL]::bytea[])", array.Inline([]Value{{Terms: [][]byte{{1}, nil}}}))
	require.Equal(t, "= ANY(ARRAY[NULL]::bytea[])", array.Inline(array.Nulls()))
	text, args := array.Fill([]Value{{Terms: [][]byte{{1}, nil}}}, nil)
	require.Equal(t, "= ANY($1::bytea[])", text)
	require.Equal(t, `{"\\x01",NULL}`, args[0].Value)
	_, args = array.Fill([]Value{{Terms: [][]byte{}}}, nil)
	require.Equal(t, "{}", args[0].Value)
}
