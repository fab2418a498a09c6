// Package strictjson decodes the project's own files and messages and refuses what
// encoding/json would let pass in silence: size, unknown fields, fields that stand there
// twice or under another spelling of upper and lower case, trailing data.
package strictjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// An Error says where data stops to be what was asked for. It quotes nothing of it,
// for it may hold secrets.
type Error struct {
	Offset int64 // in bytes, just behind what is wrong
}

func (*Error) Error() string { return "malformed JSON, unknown fields or trailing data" }

// Line returns the line of data, from 1, on which the error is.
func (e *Error) Line(data []byte) int {
	return 1 + bytes.Count(data[:min(int(e.Offset), len(data))], []byte("\n"))
}

// Decode reads one JSON value of at most max bytes into v. What is not of v's type and
// fields is an [*Error].
func Decode(data []byte, max int, v any) error {
	if len(data) > max {
		return fmt.Errorf("%d bytes, at most %d are read", len(data), max)
	}
	if err := fields(data, v); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(v) != nil || d.Decode(new(json.RawMessage)) != io.EOF {
		return &Error{Offset: d.InputOffset()}
	}
	return nil
}
