package ormhooks_test

import (
	"database/sql"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
)

type address struct {
	Street string            `json:"street"`
	Since  time.Time         `json:"since"`
	Tags   []string          `json:"tags,omitempty"`
	More   map[string]any    `json:"more,omitempty"`
	Inner  *address          `json:"inner,omitempty"`
	Raw    json.RawMessage   `json:"raw,omitempty"`
	Table  map[string][]byte `json:"table,omitempty"`
}

var home = address{
	Street: canary, Since: time.Date(2020, 1, 2, 3, 4, 5, 6, time.UTC), Tags: []string{"", "ü"},
	More: map[string]any{"n": 1.5, "nil": nil}, Inner: &address{Street: "<&>"}, Raw: json.RawMessage(`[1,2]`),
	Table: map[string][]byte{"": {0xff}},
}

func TestJSONOfAnyTypeComesBackFromEveryDatabase(t *testing.T) {
	runCases(t,
		jsons("struct", address{}, home),
		jsons("slice", nil, []address{}, []address{home, {}}),
		jsons("map", nil, map[string]int{}, map[string]int{canary: 1, "": -1}),
		jsons("array", [2]string{"", canary}),
		jsons("string", "", canary, `"quoted"`),
		jsons("int", 0, -1),
		jsons("bool", false, true),
		jsons("any", any(nil), any("text"), any(1.5), any([]any{true, nil}), any(map[string]any{"a": "b"})),
		jsons("raw", json.RawMessage(`null`), json.RawMessage(`{"a":[1]}`)),
		jsonOrNull("*struct", nil, &home, &address{}),
		jsonOrNull("**struct", nil, ptr(&home)),
		jsonOrNull("*slice", nil, &[]string{}, &[]string{"a"}),
		jsonOrNull("*string", nil, ptr(""), ptr(canary)),
		jsonOrNull("Null[struct]", sql.Null[address]{}, sql.Null[address]{V: home, Valid: true}, sql.Null[address]{Valid: true}),
		jsonOrNull("Null[slice]", sql.Null[[]string]{}, sql.Null[[]string]{V: []string{"a"}, Valid: true}),
		jsonOrNull("NullString", sql.NullString{}, sql.NullString{Valid: true}, sql.NullString{String: canary, Valid: true}),
		jsonOrNull("*Null[struct]", nil, &sql.Null[address]{V: home, Valid: true}),
	)
}

// Under two pointers there are two ways to be nil, and a database has one NULL.
func TestJSONOfAnInnerNilPointerIsNull(t *testing.T) {
	var inner *address
	runCases(t,
		storedIn[jsonVault[**address]]("**struct", stored[**address]{&inner, nil, true}),
		storedIn[jsonVault[*sql.Null[address]]]("*Null", stored[*sql.Null[address]]{&sql.Null[address]{}, nil, true}),
		storedIn[jsonVault[sql.Null[*address]]]("Null[*]", stored[sql.Null[*address]]{sql.Null[*address]{Valid: true}, sql.Null[*address]{}, true}),
	)
}

// What cannot be marshalled is an error that does not quote the value.
func TestJSONThatCannotBeMarshalledIsRefused(t *testing.T) {
	d := newDoor(t, jsonVault[any]{})
	row := &jsonVault[any]{ID: 1}
	row.Sealed.Set(map[string]any{canary: func() {}})
	var column *ormhooks.ColumnError
	require.ErrorAs(t, d.sealErr(t, row), &column)
	require.Equal(t, "sealed", column.Column)
}

type talkative struct{ text string }

func (t talkative) MarshalJSON() ([]byte, error) {
	return nil, &json.UnsupportedValueError{Str: "cannot write " + t.text}
}

func TestAJSONMarshallersErrorIsNotPassedOn(t *testing.T) {
	d := newDoor(t, jsonVault[talkative]{})
	row := &jsonVault[talkative]{ID: 1}
	row.Sealed.Set(talkative{canary})
	d.sealErr(t, row)
}

// A cell whose JSON does not fit the field is an error without the value in it.
func TestJSONThatDoesNotFitIsRefused(t *testing.T) {
	d, other := newDoor(t, jsonVault[[]string]{}), newDoor(t, jsonVault[[]int]{})
	row := &jsonVault[[]string]{ID: 1}
	row.Sealed.Set([]string{canary})
	d.seal(t, row)
	back := &jsonVault[[]int]{ID: 1}
	value, err := row.Sealed.Value()
	require.NoError(t, err)
	require.NoError(t, back.Sealed.Scan(value))
	var cellErr *ormhooks.CellError
	require.ErrorAs(t, other.openErr(t, back), &cellErr)
	require.Equal(t, "sealed", cellErr.Column)
}
