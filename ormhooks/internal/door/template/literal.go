package template

import (
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// literal writes a value so that it means the same under every setting for escapes.
func literal(d sqltext.Dialect, v driver.Value) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case bool:
		if v {
			return "TRUE"
		}
		return "FALSE"
	case plan.Number:
		return string(v)
	case []byte:
		if d == sqltext.PostgreSQL {
			return "decode('" + hex.EncodeToString(v) + "', 'hex')"
		}
		return "x'" + hex.EncodeToString(v) + "'"
	case string:
		return quoted(d, v)
	}
	panic(fmt.Sprintf("cellseal/ormhooks: a literal of type %T", v))
}

func quoted(d sqltext.Dialect, s string) string {
	text := "'" + strings.ReplaceAll(s, "'", "''") + "'"
	switch {
	case d == sqltext.SQLite || !strings.Contains(s, `\`):
		return text
	case d == sqltext.PostgreSQL:
		return "E" + strings.ReplaceAll(text, `\`, `\\`)
	}
	return "_utf8mb4 x'" + hex.EncodeToString([]byte(s)) + "'"
}
