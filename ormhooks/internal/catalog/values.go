package catalog

import (
	"fmt"
	"strconv"
)

// Drivers deliver the catalogue's values as they please: names as string or []byte, flags
// as bool, int64 or text.

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []byte:
		return string(v)
	}
	return fmt.Sprint(v)
}

func yes(v any) bool {
	switch text(v) {
	case "true", "t", "1", "YES":
		return true
	}
	return false
}

func keyID(v any) (uint32, error) {
	id, err := strconv.ParseUint(text(v), 10, 32)
	if err != nil || id == 0 {
		return 0, fmt.Errorf("key_id is no key id")
	}
	return uint32(id), nil
}
