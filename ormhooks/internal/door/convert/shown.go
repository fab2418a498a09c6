package convert

import (
	"database/sql/driver"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/cellseal/cellseal/internal/gostruct"
	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Times is how the bare driver delivers times.
type Times struct {
	Zone *time.Location // UTC if nil
	Text bool           // as MySQL's text, without parseTime
}

func (t Times) shown(c *schema.Column, at time.Time) driver.Value {
	if t.Zone != nil {
		at = at.In(t.Zone)
	}
	if !t.Text {
		return at
	}
	layout := "2006-01-02 15:04:05"
	if _, limit := c.Declared(); limit.Kind == "timestamp" && limit.A > 0 {
		layout += "." + strings.Repeat("0", limit.A)
	} else if limit.Kind == "" && at.Nanosecond() > 0 {
		layout += ".000000"
	}
	return []byte(at.Format(layout))
}

// Shown returns an opened value as the bare driver delivers a column of its type, so that
// everything scans as it did.
func Shown(d sqltext.Dialect, times Times, c *schema.Column, opened any) (driver.Value, error) {
	switch v := opened.(type) {
	case nil:
		return nil, nil
	case Plaintext:
		return v.Stored, nil
	case string:
		if d == sqltext.MySQL {
			return []byte(v), nil
		}
		return opened, nil // and not v, which would be allocated anew
	case []byte:
		if typ, _ := c.Declared(); typ == value.JSON && d == sqltext.SQLite {
			return string(v), nil
		}
		return opened, nil
	case bool:
		if d != sqltext.PostgreSQL { // an integer: scans into a bool as well as into an int
			if v {
				return int64(1), nil
			}
			return int64(0), nil
		}
		return v, nil
	case uint64:
		if d == sqltext.MySQL {
			return v, nil // which only drivers may deliver, and this one does
		}
		if v > math.MaxInt64 {
			return text(d, strconv.FormatUint(v, 10)), nil
		}
		return int64(v), nil
	case float32:
		if d == sqltext.MySQL {
			return v, nil
		}
		return float64(v), nil
	case [16]byte:
		return text(d, gostruct.UUIDText(v)), nil
	case time.Time:
		return times.shown(c, v), nil
	case int64, float64:
		return v, nil
	}
	return nil, fmt.Errorf("a Go %T is no driver's value", opened)
}

// text is how the bare driver delivers text.
func text(d sqltext.Dialect, s string) driver.Value {
	if d == sqltext.MySQL {
		return []byte(s)
	}
	return s
}

// A Plaintext is a stored value that is let through although it is no cell.
type Plaintext struct{ Stored driver.Value }
