package pgxcell

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// quoting is how the server reads quotes, which a setting of the server, of the role or of the
// DSN may change: what is misread here could be taken for a string there. A connection is
// looked at whenever it is used; of a pool, whose connections are configured alike, the first
// one, and each that reads the catalogue.
type quoting struct {
	mu    sync.Mutex
	known bool
}

// settled makes a connection's way to read quotes the door's, or returns an error if an earlier
// one had another.
func (g *gate) settled(conn *pgx.Conn) error {
	strings, encoding := conn.PgConn().ParameterStatus("standard_conforming_strings"), conn.PgConn().ParameterStatus("client_encoding")
	switch encoding { // in others a quote or a backslash may be half of a character
	case "UTF8", "SQL_ASCII", "LATIN1":
	default:
		return fmt.Errorf("cellseal: the connection's client_encoding is %q: want UTF8", encoding)
	}
	if strings == "" {
		return errors.New("cellseal: the server, or what stands before it, does not report standard_conforming_strings")
	}
	o := sqltext.Options{BackslashEscapes: strings != "on"}
	g.quoting.mu.Lock()
	defer g.quoting.mu.Unlock()
	if g.quoting.known && g.door.Options != o {
		return errors.New("cellseal: this connection reads quotes in another way than those before it: set standard_conforming_strings alike for the whole pool, and open it anew")
	}
	if !g.quoting.known {
		g.quoting.known, g.door.Options = true, o
	}
	return nil
}

// settle does so before a statement is looked at.
func (l *link) settle(ctx context.Context) error {
	if l.conn != nil {
		return l.settled(l.conn)
	}
	l.quoting.mu.Lock()
	known := l.quoting.known
	l.quoting.mu.Unlock()
	if known {
		return nil
	}
	return l.pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error { return l.settled(c.Conn()) })
}
