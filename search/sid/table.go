package sid

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/search"
)

// Conn is a connection, a transaction or a pool of the role that the table belongs to. Values of rows
// are int64, []byte, string or nil, as drivers give them; segment.SQLTx makes one of a *sql.Tx.
type Conn interface {
	Exec(ctx context.Context, query string, args ...any) (affected int64, err error)
	Query(ctx context.Context, query string, args ...any) (rows [][]any, err error)
}

const noDialect = "cellseal/sid: name the dialect: search.PostgreSQL, MySQL or SQLite"

// DDL returns the statements that make the schema, if one is named, and the table, and let the named
// role use it and do no more: to be run by an administrator, once for all indexes of the table. In
// MySQL role is a role, or an account as user@host. "" grants nothing. It panics on a role in SQLite,
// which has none: a file of its own and the rights to that are what there is.
func (x *Index) DDL(role string) []string {
	s := x.state()
	table := s.table()
	schema := quote(s.o.Dialect, s.o.Schema)
	var list []string
	switch s.o.Dialect {
	case search.PostgreSQL:
		if s.o.Schema != "" {
			list = append(list, "CREATE SCHEMA IF NOT EXISTS "+schema)
		}
		list = append(list, "CREATE TABLE IF NOT EXISTS "+table+" (token BYTEA NOT NULL, sid BYTEA NOT NULL, PRIMARY KEY (token, sid))")
		if role != "" && s.o.Schema != "" {
			list = append(list, "GRANT USAGE ON SCHEMA "+schema+" TO "+quote(s.o.Dialect, role))
		}
	case search.MySQL:
		if s.o.Schema != "" {
			list = append(list, "CREATE DATABASE IF NOT EXISTS "+schema)
		}
		list = append(list, "CREATE TABLE IF NOT EXISTS "+table+" (token BINARY(16) NOT NULL, sid VARBINARY(24) NOT NULL, PRIMARY KEY (token, sid))")
	default:
		if role != "" {
			panic("cellseal/sid: SQLite has no roles: keep the table in a file of its own")
		}
		return []string{"CREATE TABLE IF NOT EXISTS " + table + " (token BLOB NOT NULL, sid BLOB NOT NULL, PRIMARY KEY (token, sid)) WITHOUT ROWID"}
	}
	if role == "" {
		return list
	}
	grantee := quote(s.o.Dialect, role)
	if user, host, account := cutLast(role, "@"); account && s.o.Dialect == search.MySQL {
		grantee = quote(s.o.Dialect, user) + "@" + quote(s.o.Dialect, host)
	}
	return append(list, "GRANT SELECT, INSERT, DELETE ON "+table+" TO "+grantee)
}

func cutLast(s, sep string) (before, after string, found bool) {
	at := strings.LastIndex(s, sep)
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+len(sep):], true
}

func (s *indexState) table() string {
	if s.o.Dialect == 0 {
		panic(noDialect)
	}
	if s.o.Schema == "" {
		return quote(s.o.Dialect, s.o.Table)
	}
	return quote(s.o.Dialect, s.o.Schema) + "." + quote(s.o.Dialect, s.o.Table)
}

func quote(d search.Dialect, name string) string {
	mark := `"`
	if d == search.MySQL {
		mark = "`"
	}
	if strings.ContainsRune(name, 0) {
		panic("cellseal/sid: a name that holds a NUL")
	}
	return mark + strings.ReplaceAll(name, mark, mark+mark) + mark
}

// batch is how many entries one statement carries.
const batch = 400

// Insert stores entries, in the order of their tokens and so in none that tells anything. What is
// there already stays there once.
func (x *Index) Insert(ctx context.Context, c Conn, entries ...Entry) error {
	s := x.state()
	before, after := "INSERT INTO "+s.table()+" (token, sid) VALUES ", " ON CONFLICT DO NOTHING"
	if s.o.Dialect == search.MySQL {
		before, after = "INSERT IGNORE INTO "+s.table()+" (token, sid) VALUES ", ""
	}
	sorted := slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return e.Token == nil })
	slices.SortFunc(sorted, func(a, b Entry) int {
		return cmp.Or(bytes.Compare(a.Token, b.Token), bytes.Compare(a.SID, b.SID))
	})
	for part := range slices.Chunk(sorted, batch) {
		var list []string
		var args []any
		for _, e := range part {
			list = append(list, "("+s.mark(len(args)+1)+", "+s.mark(len(args)+2)+")")
			args = append(args, e.Token, e.SID)
		}
		if _, err := c.Exec(ctx, before+strings.Join(list, ", ")+after, args...); err != nil {
			return fmt.Errorf("cellseal/sid: inserting entries: %w", err)
		}
	}
	return nil
}

// Remove deletes the entry of a value and a row, under whichever key it is. Nothing needs to be read
// for it.
func (x *Index) Remove(ctx context.Context, c Conn, row []byte, value any) error {
	s := x.state()
	entries, err := x.Entries(row, value)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if _, err := c.Exec(ctx, "DELETE FROM "+s.table()+" WHERE token = "+s.mark(1)+" AND sid = "+s.mark(2), e.Token, e.SID); err != nil {
			return fmt.Errorf("cellseal/sid: removing an entry: %w", err)
		}
	}
	return nil
}

// Find returns the ids of the rows that hold the value, sorted and none twice. A row may be gone or
// changed by now: read it, decrypt and compare.
func (x *Index) Find(ctx context.Context, c Conn, value any) ([][]byte, error) {
	s := x.state()
	tokens, err := x.Match(value)
	if err != nil {
		return nil, err
	}
	var ids [][]byte
	for _, token := range tokens {
		found, err := c.Query(ctx, "SELECT sid FROM "+s.table()+" WHERE token = "+s.mark(1), token)
		if err != nil {
			return nil, fmt.Errorf("cellseal/sid: finding entries: %w", err)
		}
		for _, r := range found {
			sid, ok := r[0].([]byte)
			if !ok {
				return nil, ErrEntry
			}
			id, err := x.Row(Entry{token, sid})
			if err != nil {
				return nil, err
			}
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, bytes.Compare)
	return slices.CompactFunc(ids, bytes.Equal), nil
}

func (s *indexState) mark(n int) string {
	if s.o.Dialect == search.PostgreSQL {
		return "$" + strconv.Itoa(n)
	}
	return "?"
}
