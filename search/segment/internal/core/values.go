package core

import (
	"context"
	"fmt"
	"strconv"
)

// Query runs a statement that gives rows of as many columns as there are in want: 'i' a
// number, 'b' bytes. A NULL number is 0, and NULL bytes are nil.
func Query(ctx context.Context, c Conn, want, text string, args ...any) ([]Row, error) {
	rows, err := c.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	out := make([]Row, len(rows))
	for i, r := range rows {
		if len(r) != len(want) {
			return nil, fmt.Errorf("cellseal/segment: %d columns where %d were asked for", len(r), len(want))
		}
		for j, v := range r {
			ok := false
			if want[j] == 'i' {
				out[i].N[j], ok = number(v)
			} else {
				out[i].B, ok = raw(v)
			}
			if !ok {
				return nil, fmt.Errorf("cellseal/segment: column %d came as %T", j+1, v)
			}
		}
	}
	return out, nil
}

// A Row has at most four numbers and one value of bytes.
type Row struct {
	N [4]int64
	B []byte
}

func number(v any) (int64, bool) {
	switch v := v.(type) {
	case nil:
		return 0, true
	case int64:
		return v, true
	case []byte:
		n, err := strconv.ParseInt(string(v), 10, 64)
		return n, err == nil
	case string:
		n, err := strconv.ParseInt(v, 10, 64)
		return n, err == nil
	}
	return 0, false
}

func raw(v any) ([]byte, bool) {
	switch v := v.(type) {
	case nil:
		return nil, true
	case []byte:
		return v, true
	case string:
		return []byte(v), true
	}
	return nil, false
}
