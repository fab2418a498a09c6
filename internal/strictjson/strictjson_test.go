package strictjson

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type file struct {
	Version int    `json:"version"`
	Key     []byte `json:"key"`
	Nested  struct {
		Name string `json:"name"`
	} `json:"nested"`
	Raw  json.RawMessage `json:"raw"`
	List []struct {
		Name string `json:"name"`
	} `json:"list"`
}

func TestDecode(t *testing.T) {
	const canary = "c2VjcmV0c2VjcmV0"
	for name, c := range map[string]struct {
		data string
		ok   bool
	}{
		"whole":                     {`{"version":1,"key":"` + canary + `","nested":{"name":"n"}}`, true},
		"with space around":         {" \t\r\n{\"version\":1}\n ", true},
		"fields left out":           {`{}`, true},
		"null":                      {`null`, true},
		"empty":                     {``, false},
		"only space":                {` `, false},
		"cut short":                 {`{"version":1,"key":"` + canary, false},
		"unknown field":             {`{"version":1,"` + canary + `":2}`, false},
		"unknown field below":       {`{"nested":{"` + canary + `":2}}`, false},
		"a value behind it":         {`{"version":1} "` + canary + `"`, false},
		"an object behind it":       {`{}{}`, false},
		"null behind it":            {`{} null`, false},
		"garbage behind it":         {`{}` + canary, false},
		"a brace behind it":         {`{}}`, false},
		"a NUL behind it":           {"{}\x00", false},
		"another type":              {`{"version":"` + canary + `"}`, false},
		"another base64":            {`{"key":"` + canary + `_-"}`, false},
		"an array":                  {`["` + canary + `"]`, false},
		"not JSON":                  {canary, false},
		"a number out of its range": {`{"version":1e99}`, false},
		"a field twice":             {`{"version":1,"version":1}`, false},
		"a field twice below":       {`{"nested":{"name":"` + canary + `","name":"b"}}`, false},
		"twice, once escaped":       {`{"version":1,"\u0076ersion":2}`, false},
		"another case":              {`{"Version":1}`, false},
		"another case below":        {`{"nested":{"NAME":"n"}}`, false},
		"a field twice in raw JSON": {`{"raw":{"a":[{"b":1,"b":2}]}}`, false},
		"raw JSON":                  {`{"raw":{"A":[{"b":1,"B":2}]}}`, true},
		"a list of objects":         {`{"list":[{"name":"a"},{"name":"b"}]}`, true},
		"another case in a list":    {`{"list":[{"name":"a"},{"Name":"b"}]}`, false},
		"deep":                      {`{"raw":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			var f file
			err := Decode([]byte(c.data), 50_000, &f)
			if c.ok {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, "malformed JSON, unknown fields or trailing data", "and nothing of the data")
		})
	}
}

func TestDecodeReadsWhatStandsThere(t *testing.T) {
	var f file
	require.NoError(t, Decode([]byte(`{"version":3,"key":"AQI=","nested":{"name":"n"}}`), 1000, &f))
	want := file{Version: 3, Key: []byte{1, 2}}
	want.Nested.Name = "n"
	require.Equal(t, want, f)
}

// The bound is on what is handed in, before any of it is looked at.
func TestDecodeBoundsTheSize(t *testing.T) {
	data := []byte(`{"version":1}`)
	require.NoError(t, Decode(data, len(data), new(file)))
	require.EqualError(t, Decode(data, len(data)-1, new(file)), "13 bytes, at most 12 are read")
	require.EqualError(t, Decode([]byte(strings.Repeat(" ", 2000)), 1000, new(file)), "2000 bytes, at most 1000 are read")
}

// A policy is written by hand: whoever mistyped wants to know where.
func TestErrorSaysTheLine(t *testing.T) {
	data := []byte("{\n\"version\": 1,\n\"nested\": {\n\"nane\": \"x\"\n}}")
	var e *Error
	require.ErrorAs(t, Decode(data, 100, new(file)), &e)
	require.Equal(t, 4, e.Line(data))
	data = []byte("{\n\"version\": 1\n\"key\": \"\"}")
	require.ErrorAs(t, Decode(data, 100, new(file)), &e)
	require.Equal(t, 3, e.Line(data))
}
