package sqlcell

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/sqlcell/internal/below"
)

// manners are how the server reads quotes and how the driver delivers times, which settings of
// the server, of the role or of the DSN may change. They are asked of every new
// connection, before any statement: what is misread here could be taken for a string there.
type manners struct {
	mu    sync.Mutex
	known bool
}

// settle makes the connection's way to read quotes the door's, or refuses the connection
// if an earlier one had another.
func (c *connector) settle(ctx context.Context, conn below.Conn) error {
	o, times, err := c.ask(ctx, conn)
	if err != nil {
		return err
	}
	c.manners.mu.Lock()
	defer c.manners.mu.Unlock()
	if c.manners.known && c.door.Options != o {
		return errors.New("cellseal: this connection reads quotes in another way than those before it: set sql_mode or standard_conforming_strings alike for the whole pool, and open it anew")
	}
	if !c.manners.known {
		c.manners.known, c.door.Options, c.door.Times = true, o, times
	}
	return nil
}

func (c *connector) ask(ctx context.Context, conn below.Conn) (o sqltext.Options, times convert.Times, err error) {
	switch c.door.Dialect {
	case sqltext.PostgreSQL:
		set, err := settings(ctx, conn, "SELECT current_setting('standard_conforming_strings'), current_setting('client_encoding')")
		if err != nil {
			return o, times, err
		}
		o.BackslashEscapes, times.Zone = asText(set[0]) != "on", time.Local // as pgx and pq deliver timestamptz
		return o, times, encoding(asText(set[1]), "UTF8", "SQL_ASCII", "LATIN1")
	case sqltext.MySQL:
		set, err := settings(ctx, conn, "SELECT @@sql_mode, @@character_set_client, CAST('2000-01-02 03:04:05' AS DATETIME)")
		if err != nil {
			return o, times, err
		}
		mode := "," + strings.ToUpper(asText(set[0])) + ","
		if !strings.Contains(mode, ",STRICT_TRANS_TABLES,") && !strings.Contains(mode, ",STRICT_ALL_TABLES,") {
			return o, times, errors.New("cellseal: sql_mode is not strict: the server would cut cells that are too long, which destroys them: add STRICT_TRANS_TABLES to it")
		}
		o.BackslashEscapes = !strings.Contains(mode, ",NO_BACKSLASH_ESCAPES,")
		o.ANSIQuotes = strings.Contains(mode, ",ANSI_QUOTES,")
		if at, ok := set[2].(time.Time); ok { // parseTime, with loc
			times.Zone = at.Location()
		} else {
			times.Text = true
		}
		return o, times, encoding(asText(set[1]), "utf8mb4", "utf8mb3", "utf8", "ascii", "latin1")
	}
	return o, times, nil
}

// encoding refuses character sets in which a quote or a backslash may be half of a character.
func encoding(has string, fit ...string) error {
	for _, f := range fit {
		if strings.EqualFold(has, f) {
			return nil
		}
	}
	return fmt.Errorf("cellseal: the connection's character set is %s: want %s", has, fit[0])
}

// settings returns the one row that a query gives.
func settings(ctx context.Context, conn below.Conn, query string) ([]driver.Value, error) {
	result, err := conn.All(ctx, query, nil)
	if err == nil && len(result.Rows) != 1 {
		err = driver.ErrBadConn
	}
	if err != nil {
		return nil, err
	}
	return result.Rows[0], nil
}

func asText(v driver.Value) string {
	if b, ok := v.([]byte); ok {
		return string(b)
	}
	s, _ := v.(string)
	return s
}
