// Package strictjson decodes the project's own files and refuses what
// encoding/json would let pass in silence: size, unknown fields, trailing data.
package strictjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Decode reads one JSON value of at most max bytes into v. Its errors quote
// nothing of the data, which may hold secrets.
func Decode(data []byte, max int, v any) error {
	if len(data) > max {
		return fmt.Errorf("%d bytes, at most %d are read", len(data), max)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(v) != nil || d.Decode(new(json.RawMessage)) != io.EOF {
		return fmt.Errorf("malformed JSON, unknown fields or trailing data")
	}
	return nil
}
